"""`/verwaltung/einrichtung/posteingang/`: the address for reports by mail, and the mailbox that is fetched for it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from geo.mailboxes import Mailbox, mailbox_of, set_intake
from geo.models import Municipality
from moderation.setup import steps
from moderation.setup.access import administrators_only
from moderation.setup.forms import tell
from moderation.setup.logged import logged, mail_of
from moderation.setup.seen import Seen
from moderation.setup.views import status_of
from net.guard import NetError
from net.imap import Box
from net.sealed import Unreadable, unseal_password

PROBE_SECONDS = 8.0


class MailboxForm(Seen, forms.Form):
    """The address, and the mailbox in parts."""

    WAYS = (
        ("", gettext_lazy("A mail server brings them here, or there is none")),
        ("imaps", gettext_lazy("They are fetched from a mailbox with TLS (mostly port 993)")),
        ("imap+tls", gettext_lazy("They are fetched from a mailbox with STARTTLS (mostly port 143)")),
    )
    address = forms.EmailField(
        label=gettext_lazy("Address for reports by mail"),
        required=False,
        help_text=gettext_lazy(
            "What citizens write there becomes a report they finish, or an answer to your question. Your mail server "
            "must take addresses with a + in front of the @ as well. Empty: no reports by mail."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    scheme = forms.ChoiceField(
        label=gettext_lazy("Which way do the mails come in?"), choices=WAYS, required=False, widget=forms.RadioSelect
    )
    host = forms.CharField(label=gettext_lazy("Machine"), required=False, max_length=150)
    port = forms.IntegerField(label=gettext_lazy("Port"), required=False, min_value=1, max_value=65535, localize=False)
    user = forms.CharField(label=gettext_lazy("User"), required=False, max_length=100)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=100,
        strip=False,
        help_text=gettext_lazy("Stays as it is when you leave this empty. It is kept encrypted and never shown."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    folder = forms.CharField(
        label=gettext_lazy("Folder"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("What was taken in is moved to the folder “Verarbeitet” beside it."),
    )

    def __init__(self, data: object, town: Municipality) -> None:
        box = mailbox_of(town)
        begin = {"address": town.intake_address, "scheme": box.scheme, "host": box.host, "port": box.port}
        super().__init__(data, initial={**begin, "user": box.user, "folder": box.folder}, label_suffix="")  # type: ignore[arg-type]

    @property
    def mailbox(self) -> Mailbox:
        """What was typed of the mailbox."""
        typed = self.cleaned_data
        return Mailbox(typed["scheme"], typed["host"], typed["port"], typed["user"], typed["password"], typed["folder"])


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def show(request: HttpRequest, town: Municipality) -> HttpResponse:
    """Set it, and on demand go all the way to the mailbox at once."""
    form = MailboxForm(request.POST if request.method == "POST" else None, town)
    if form.is_valid():
        try:
            with logged(request, town, "mailbox", mail_of(town, ["intake_address"], "intake_imap")):
                saved = set_intake(municipality=town, address=form.cleaned_data["address"], mailbox=form.mailbox)
        except ValidationError as error:
            tell(form, error)
        else:
            if "probe" in request.POST and saved.intake_imap:
                _probe(request, saved)
            else:
                messages.success(request, _("Saved."))
            return redirect("setup_intake")
    context = {**steps.context(town), "town": town, "form": form}
    return render(request, "moderation/setup/intake.html", context, status=status_of(form))


def _probe(request: HttpRequest, town: Municipality) -> None:
    """Log in and look into the folder; nothing is taken out of it."""
    try:
        with Box(unseal_password(town.intake_imap), timeout=PROBE_SECONDS, total=2 * PROBE_SECONDS) as box:
            count = box.count
    except (NetError, Unreadable) as error:
        messages.error(request, _("Saved, but the mailbox cannot be read: %(why)s") % {"why": error.log_text})
        return
    text = ngettext(
        "Saved. The mailbox can be read; %(n)d mail lies there.",
        "Saved. The mailbox can be read; %(n)d mails lie there.",
        count,
    )
    messages.success(request, text % {"n": count})

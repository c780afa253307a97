"""`/barriere-melden/`: what cannot be read or used on these pages becomes a case that is never public.

Directive (EU) 2016/2102 wants this way on every site of a public body; it works on one page, without a place and,
where reports without an address are allowed, without one.
"""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.change import Act, By
from cases.errors import Invalid, KeyReused
from cases.models import Case
from geo.models import Municipality
from geo.proof.asking import refusal
from geo.proof.policy import Purpose
from reports.asking import here
from reports.flow_forms import EmailForm
from reports.public_forms import TOO_LONG, HoneypotForm, tell
from reports.services import Person, submit
from reports.standard.catalogue import put_category
from reports.throttle import may_send

CATEGORY = "barriere-melden"
WORDS_MAX = 1500
SHORT_MAX = 200


class BarrierForm(EmailForm, HoneypotForm):
    """What does not work, where, with which aid."""

    text = forms.CharField(
        label=gettext_lazy("What does not work?"),
        help_text=gettext_lazy("For instance: a text cannot be read aloud, a button cannot be reached by keyboard."),
        max_length=WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Please write in a few words what does not work."), **TOO_LONG},
    )
    page = forms.CharField(
        label=gettext_lazy("On which page?"),
        help_text=gettext_lazy("Its address or its title."),
        required=False,
        max_length=SHORT_MAX,
    )
    aid = forms.CharField(
        label=gettext_lazy("What do you use?"),
        help_text=gettext_lazy("Device, browser, screen reader, enlargement: it helps us to find the fault."),
        required=False,
        max_length=SHORT_MAX,
    )
    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("text", "page", "aid", "email")

    def __init__(self, *args: object, anonymous: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["email"].required = not anonymous
        self.fields["email"].help_text = _("So that we can answer. It is never published.")

    @property
    def words(self) -> str:
        """Everything as one text, as the desk reads it."""
        typed = self.cleaned_data
        more = [(_("Page"), typed["page"]), (_("Used"), typed["aid"])]
        lines = [f"{name}: {value}" for name, value in more if value]
        return "\n\n".join([typed["text"], "\n".join(lines)]).strip()


def report_barrier(*, municipality: Municipality, words: str, email: str, act: Act, language: str) -> Case:
    """Hand it in. Whatever a municipality has switched off in its tree, this category is there."""
    case, _new = submit(
        municipality=municipality,
        category=put_category(municipality, CATEGORY),
        text=words,
        by=By.citizen(),
        act=act,
        person=Person(email=email),
        language=language,
    )
    return case


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The form; then the receipt, as after every report."""
    municipality = here(request)
    data = request.POST if request.method == "POST" else None
    begin = {"client_key": uuid.uuid4(), "page": request.GET.get("seite", "")[:SHORT_MAX]}
    form = BarrierForm(data, initial=begin, anonymous=municipality.allow_anonymous, label_suffix="")
    if form.is_valid() and (case := _sent(request, municipality, form)) is not None:
        return redirect("report_receipt", case.secret)
    return render(request, "reports/barrier.html", {"form": form}, status=422 if form.is_bound else 200)


def _sent(request: HttpRequest, municipality: Municipality, form: BarrierForm) -> Case | None:
    typed = form.cleaned_data
    if words := refusal(request, Purpose.BARRIER):
        form.add_error(None, words)
        return None
    if not may_send(address=request.META.get("REMOTE_ADDR", ""), email=typed["email"]):
        form.add_error(None, _("That was often within a short time. Please try again in an hour."))
        return None
    try:
        return report_barrier(
            municipality=municipality,
            words=form.words,
            email=typed["email"],
            act=Act(client_key=typed.get("client_key") or uuid.uuid4()),
            language=get_language() or "de",
        )
    except Invalid as invalid:
        tell(form, invalid)
    except KeyReused:  # back, other words, sent again
        form.data = {**form.data.dict(), "client_key": str(uuid.uuid4())}  # type: ignore[attr-defined]
        form.add_error(None, _("You have sent this form before. If this is something else, please send it once more."))
    return None

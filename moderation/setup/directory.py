"""`/verwaltung/einrichtung/anmeldung/`: staff log in with the accounts of the town hall (OpenID Connect)."""

from __future__ import annotations

from typing import Any, Final

from allauth.socialaccount.models import SocialAccount
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.directory.admitting import unlink
from accounts.directory.keeping import FIELDS, ROLES_GIVEN, Rule, set_directory
from accounts.directory.probing import probe
from accounts.models import ROLES, Directory, Unit
from accounts.policy import WHOLE_MUNICIPALITY, Role
from accounts.units import in_order, indented
from geo.models import Municipality
from geo.throttle import allowed
from moderation.access import staff
from moderation.setup.access import administrators_only
from moderation.setup.forms import tell
from moderation.setup.seen import Seen
from moderation.setup.views import page

EMPTY: Final = 4
"""Lines for new groups."""
PROBES_PER_HOUR: Final = 60


class DirectoryForm(Seen, forms.Form):
    """The directory, and a line per group."""

    active = forms.BooleanField(
        label=gettext_lazy("Staff may log in with it"),
        required=False,
        help_text=gettext_lazy("The login with e-mail and password stays for those who have one."),
    )
    issuer = forms.CharField(
        label=gettext_lazy("Address of the directory (issuer)"),
        max_length=300,
        help_text=gettext_lazy("Such as https://anmeldung.stadt.example/realms/rathaus"),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    client_id = forms.CharField(label=gettext_lazy("Client ID"), max_length=200)
    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        required=False,
        max_length=300,
        strip=False,
        help_text=gettext_lazy("Stays as it is when you leave this empty. It is kept encrypted and never shown."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    groups_claim = forms.CharField(
        label=gettext_lazy("Name of the claim with the groups"),
        max_length=100,
        help_text=gettext_lazy("Mostly “groups”; with dots where it lies deeper, such as realm_access.roles."),
    )
    strong_acr = forms.CharField(
        label=gettext_lazy("Levels (acr) that mean a second factor"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Separated by blanks. Whoever comes with one of them, or with “mfa” among the methods (amr), is not asked "
            "for a second factor again. Empty: only “mfa” counts."
        ),
    )

    def __init__(self, data: object, *, row: Directory, units: list[Unit]) -> None:
        self.units = {str(unit.pk): unit for unit in units}
        kept = list(row.groups.select_related("unit")) if row.pk else []
        begin: dict[str, Any] = {name: getattr(row, name) for name in FIELDS}
        super().__init__(data, initial=begin, label_suffix="")  # type: ignore[arg-type]
        roles = [("", _("no role")), *((role, name) for role, name in ROLES if role in ROLES_GIVEN)]
        places = [("", _("the whole house")), *((pk, indented(unit)) for pk, unit in self.units.items())]
        count = len(kept) + EMPTY
        if isinstance(data, dict) or data is not None:
            sent = [name for name in data if name.startswith("group-")]  # type: ignore[attr-defined]
            count = max(count, min(len(sent), 80))
        self.lines = range(count)
        for line in self.lines:
            one = kept[line] if line < len(kept) else None
            self.fields[f"group-{line}"] = forms.CharField(
                label=f"{_('Group')} {line + 1}", required=False, max_length=250, initial=one.group if one else ""
            )
            self.fields[f"role-{line}"] = forms.ChoiceField(
                label=f"{_('Role')} {line + 1}", required=False, choices=roles, initial=one.role if one else ""
            )
            self.fields[f"unit-{line}"] = forms.ChoiceField(
                label=f"{_('Unit')} {line + 1}",
                required=False,
                choices=places,
                initial=str(one.unit_id or "") if one else "",
            )

    def rows(self) -> list[dict[str, Any]]:
        """What the template shows: three bound fields per line."""
        return [{name: self[f"{name}-{line}"] for name in ("group", "role", "unit")} for line in self.lines]

    def clean(self) -> dict[str, Any]:
        """A group has a role."""
        data = super().clean()
        for line in self.lines:
            if data.get(f"group-{line}") and not data.get(f"role-{line}"):
                self.add_error(f"role-{line}", _("Which role does this group give?"))
        return data

    def rules(self) -> list[Rule]:
        """The lines that name a group."""
        found = []
        for line in self.lines:
            group, role = self.cleaned_data.get(f"group-{line}"), self.cleaned_data.get(f"role-{line}")
            if group and role:
                unit = None if Role(role) in WHOLE_MUNICIPALITY else self.units.get(self.cleaned_data[f"unit-{line}"])
                found.append(Rule(group, Role(role), unit))
        return found


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def show(request: HttpRequest, town: Municipality) -> HttpResponse:
    """Set it, and on demand go to the directory at once."""
    row = Directory.objects.filter(municipality=town).first() or Directory(municipality=town)
    units = in_order(Unit.objects.filter(municipality=town, active=True))
    form = DirectoryForm(request.POST if request.method == "POST" else None, row=row, units=units)
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in FIELDS}
        try:
            saved = set_directory(
                municipality=town,
                by=staff(request),
                rules=form.rules(),
                client_secret=form.cleaned_data["client_secret"],
                **facts,
            )
        except ValidationError as error:
            tell(form, error)
        else:
            if "probe" in request.POST:
                _probe(request, saved)
            else:
                messages.success(request, _("Saved."))
            return redirect("setup_directory")
    people = SocialAccount.objects.filter(provider=row.key).select_related("user").order_by("user__name", "pk")
    back = town.base_url() + reverse("directory_callback")
    return page(request, town, "directory", form, back=back, connected=list(people) if row.pk else [])


def _probe(request: HttpRequest, row: Directory) -> None:
    """Ask the directory, and say what it said."""
    if not allowed("directory-probe", str(staff(request).pk), limit=PROBES_PER_HOUR, seconds=3600):
        messages.error(request, _("That was often within a short time. Please try again in an hour."))
    elif wrong := probe(row):
        messages.error(request, _("Saved, but the test failed. %(why)s") % {"why": wrong})
    else:
        messages.success(
            request, _("Saved. The directory answers, and it accepts client ID and secret. Now log in with it once.")
        )


@require_POST
@administrators_only
def let_go(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """Undo the connection of an account with a person of the directory."""
    row = get_object_or_404(Directory, municipality=town)
    link = get_object_or_404(SocialAccount.objects.select_related("user"), pk=pk, provider=row.key)
    unlink(directory=row, user=link.user, by=staff(request))
    messages.success(request, _("The connection of %(name)s is undone.") % {"name": link.user.name})
    return redirect("setup_directory")

"""`/verwaltung/planung/telefone/`: the phones of the crews somebody plans for: handed out, watched, revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import segno
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import phones
from accounts.models import Membership, Phone, Unit, User
from accounts.policy import Role
from accounts.units import indented
from dispatch import lists
from dispatch.models import Presence
from geo.models import Municipality
from moderation.access import staff, staff_only
from moderation.planning.views import town_of
from moderation.setup.forms import tell

CODES: Final = "crew_codes"
"""Of the session: codes that were made and may still be shown, by id of the phone."""


class PhoneForm(forms.Form):
    """A crew's phone to be."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("As it stands in the history of a case, such as “Kolonne 2” or “Bauhof, Wagen 4”."),
    )
    team = forms.ChoiceField(label=gettext_lazy("Team"))

    def __init__(self, *args: Any, teams: list[Unit], **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        self.teams = teams
        team = self.fields["team"]
        assert isinstance(team, forms.ChoiceField)
        team.choices = [(str(one.pk), indented(one)) for one in teams]

    def clean_team(self) -> Unit:
        """The team itself."""
        return next(one for one in self.teams if str(one.pk) == self.cleaned_data["team"])


@dataclass(frozen=True)
class Row:
    """A phone in the list."""

    phone: Phone
    unit: Unit | None
    presence: Presence | None
    at: datetime

    @property
    def state(self) -> str:
        """revoked | locked | enrolled | waiting | over (its code is too old)."""
        if self.phone.revoked_at is not None:
            return "revoked"
        if self.phone.secret is not None:
            return "locked" if self.phone.wrong >= phones.TRIES else "enrolled"
        return "waiting" if self.phone.code_until is not None and self.phone.code_until > self.at else "over"


def teams_led(user: User, town: Municipality) -> list[Unit]:
    """The teams whose phones somebody hands out; 404 where there is none."""
    found = [team for team in lists.teams_of(town) if phones.may_lead(user, team)]
    if not found:
        raise Http404
    return found


def _rows(user: User, town: Municipality, teams: list[Unit]) -> list[Row]:
    led = {team.pk for team in teams}
    found = list(Phone.objects.filter(municipality=town).select_related("user").order_by("revoked_at", "user__name"))
    people = [phone.user_id for phone in found]
    roles = Membership.objects.filter(user__in=people, role=Role.FIELD.value).select_related("unit")
    units = {role.user_id: role.unit for role in roles}
    seen = {row.user_id: row for row in Presence.objects.filter(user__in=people)}
    now = timezone.now()
    rows = [Row(phone, units.get(phone.user_id), seen.get(phone.user_id), now) for phone in found]
    return [row for row in rows if row.unit is not None and (row.unit.pk in led or phones.may_lead(user, row.unit))]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def listed(request: HttpRequest) -> HttpResponse:
    """All phones, and a new one."""
    user, town = staff(request), town_of(request)
    teams = teams_led(user, town)
    form = PhoneForm(request.POST if request.method == "POST" else None, teams=teams)
    if form.is_valid():
        try:
            phone, code = phones.make(
                unit=form.cleaned_data["team"], name=form.cleaned_data["name"], by=user, at=timezone.now()
            )
        except ValidationError as error:
            tell(form, error)
        else:
            return _shown(request, phone, code)
    facts = {"rows": _rows(user, town, teams), "form": form}
    return render(request, "moderation/planning/phones.html", facts, status=422 if form.errors else 200)


@require_safe
@staff_only
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The QR code of a phone that is not enrolled yet, to whoever made it."""
    phone = _led(request, pk)
    kept = request.session.get(CODES, {}).get(str(pk), "")
    if not kept or phones.waiting(kept, at=timezone.now()) is None:
        messages.info(request, _("This code was used or is too old. Make a new one where it is still needed."))
        return redirect("desk_phones")
    address = town_of(request).base_url() + reverse("field_enrol", args=[kept])
    picture = segno.make(address, error="m").svg_data_uri(border=2)
    facts = {"phone": phone, "unit": phones.unit_of(phone), "picture": picture, "address": address}
    return render(request, "moderation/planning/phone_code.html", facts)


@require_POST
@staff_only
def deed(request: HttpRequest, pk: int) -> HttpResponse:
    """`tun`: "neu" makes another code, "sperren" revokes the phone."""
    phone, user, now = _led(request, pk), staff(request), timezone.now()
    if request.POST.get("tun") == "neu":
        if phone.revoked_at is not None:
            messages.error(request, _("This phone is revoked. Please make a new one."))
            return redirect("desk_phones")
        return _shown(request, phone, phones.renew(phone=phone, by=user, at=now))
    if request.POST.get("tun") == "sperren":
        phones.revoke(phone=phone, by=user, at=now)
        messages.success(request, _("“%(name)s” is revoked and out at once.") % {"name": phone.user.name})
    return redirect("desk_phones")


def _shown(request: HttpRequest, phone: Phone, made: str) -> HttpResponse:
    request.session[CODES] = {**request.session.get(CODES, {}), str(phone.pk): made}
    return redirect("desk_phone_code", phone.pk)


def _led(request: HttpRequest, pk: int) -> Phone:
    phone = Phone.objects.filter(pk=pk, municipality=town_of(request)).select_related("user").first()
    unit = phones.unit_of(phone) if phone is not None else None
    if phone is None or unit is None or not phones.may_lead(staff(request), unit):
        raise Http404
    return phone

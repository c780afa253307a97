"""`/verwaltung/einrichtung/personen/konto/…`: one person's roles, second factor, open cases; closing the account."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.absence import colleagues
from accounts.invitations import invite, roles_for
from accounts.models import ROLES, Membership, Unit, User
from accounts.people import deactivate, factors, reactivate, reset_factors, works_only_here
from accounts.policy import WHOLE_MUNICIPALITY, Role
from accounts.units import in_order, indented
from cases.change import By
from cases.errors import Refused
from cases.models import Case
from cases.services import assign
from geo.models import Municipality
from moderation.access import staff
from moderation.setup.access import administrators_only
from moderation.setup.forms import WHAT_ROLES_DO, tell
from moderation.setup.views import page
from notifications.invitations import send_factor_reset, send_invitation

SHOWN: Final = 20
AT_ONCE: Final = 500
"""Cases that are given away in one go."""
UNITS: Final = "stelle"


class RoleForm(forms.Form):
    """One more role."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[], widget=forms.RadioSelect)
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"),
        required=False,
        help_text=gettext_lazy("Needed for clerks and field workers: they see what their unit settles."),
    )

    def __init__(self, data: Any, *, units: list[Unit], roles: list[Role]) -> None:
        super().__init__(data, label_suffix="")
        self.units = {str(unit.pk): unit for unit in units}
        which, where = self.fields["role"], self.fields["unit"]
        assert isinstance(which, forms.ChoiceField)
        assert isinstance(where, forms.ChoiceField)
        which.choices = [(role, f"{name}: {WHAT_ROLES_DO[Role(role)]}") for role, name in ROLES if Role(role) in roles]
        where.choices = [("", _("the whole house")), *((pk, indented(unit)) for pk, unit in self.units.items())]

    def facts(self) -> dict[str, Any]:
        """Role and unit for `accounts.invitations.invite`."""
        role = Role(self.cleaned_data["role"])
        unit = None if role in WHOLE_MUNICIPALITY else self.units.get(self.cleaned_data["unit"])
        return {"role": role, "unit": unit}


def _person(town: Municipality, pk: int) -> User:
    return get_object_or_404(User.objects.filter(memberships__municipality=town).distinct(), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def show(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """The person's page; POST gives one more role."""
    by, person = staff(request), _person(town, pk)
    units = in_order(Unit.objects.filter(municipality=town, active=True))
    form = RoleForm(request.POST if request.method == "POST" else None, units=units, roles=roles_for(by, town))
    if form.is_valid():
        try:
            invited = invite(email=person.email, name=person.name, municipality=town, by=by, **form.facts())
        except ValidationError as error:
            tell(form, error)
        else:
            if invited.new:
                send_invitation(invited=invited, by=by.name)
            messages.success(request, _("%(name)s has this role now.") % {"name": person.name})
            return redirect("setup_account", pk)
    roles = Membership.objects.filter(user=person, municipality=town).select_related("unit").order_by("pk")
    cases = _open_cases(person, town)
    context = {
        "person": person,
        "roles": roles,
        "only_here": works_only_here(person, town),
        "self": person.pk == by.pk,
        "kinds": factors([person]).get(person.pk, set()),
        "case_count": cases.count(),
        "cases": cases.select_related("topic")[:SHOWN],
        "takers": [one for one in colleagues(by) if one.pk != person.pk and one.is_active],
        "at_once": AT_ONCE,
    }
    return page(request, town, "account", form, parent="people", **context)


def _open_cases(person: User, town: Municipality) -> Any:
    return Case.objects.filter(municipality=town, assignee=person).active().order_by("due_at", "pk")


@require_POST
@administrators_only
def switch(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """Close the account or open it again."""
    by, person = staff(request), _person(town, pk)
    opened = request.POST.get("active") == "1"
    verb, words = (
        (reactivate, _("%(name)s can log in again.")) if opened else (deactivate, _("%(name)s is logged out."))
    )
    try:
        verb(user=person, municipality=town, by=by, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, words % {"name": person.name})
    return redirect("setup_account", pk)


@require_POST
@administrators_only
def factor(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """Take away the second factor that somebody has lost; they are told by mail."""
    by, person = staff(request), _person(town, pk)
    try:
        with transaction.atomic():
            reset_factors(user=person, municipality=town, by=by, at=timezone.now())
            send_factor_reset(user=person, municipality=town, by=by.name)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(name)s logs in with the password and sets it up anew.") % {"name": person.name})
    return redirect("setup_account", pk)


@require_POST
@administrators_only
def give(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """Give the person's open cases to a colleague, or back to their units; each by its verb, all or none."""
    by, person = staff(request), _person(town, pk)
    to = request.POST.get("to", "")
    taker = next((one for one in colleagues(by) if str(one.pk) == to and one.pk != person.pk), None)
    if to != UNITS and taker is None:
        messages.error(request, _("Please choose who takes them."))
        return redirect("setup_account", pk)
    if not _open_cases(person, town).filter(pk__in=Case.objects.visible_to(by).values("pk")).exists():
        raise PermissionDenied
    try:
        count = _given(person, town, taker, by)
    except Refused:
        messages.error(request, _("Not all of them can go there. Please give them away in the work list."))
    else:
        messages.success(request, _("%(n)d cases are given away.") % {"n": count})
    return redirect("setup_account", pk)


@transaction.atomic
def _given(person: User, town: Municipality, taker: User | None, by: User) -> int:
    rows = list(_open_cases(person, town).select_related("unit", "municipality")[:AT_ONCE])
    for case in rows:
        assign(case=case, by=By.staff(by), unit=case.unit, assignee=taker)
    return len(rows)

"""Units, categories and people of the set-up."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.invitations import again, dismiss, invite, roles_for
from accounts.models import Membership, Unit, User
from accounts.people import factors
from accounts.units import in_order, save_unit, switch_unit
from geo.models import Municipality
from geo.throttle import allowed
from moderation.access import staff
from moderation.setup import steps
from moderation.setup.access import administrators_only
from moderation.setup.forms import CatalogueForm, InviteForm, UnitForm, tell
from moderation.setup.logged import logged_catalogue
from moderation.setup.views import page
from notifications.invitations import send_invitation
from reports import settling

INVITATIONS_PER_HOUR = 60


# Units --------------------------------------------------------------------------------------------------------------
@require_safe
@administrators_only
def units(request: HttpRequest, town: Municipality) -> HttpResponse:
    """The units, those in use first."""
    rows = Unit.objects.filter(municipality=town)
    used, unused = in_order(rows.filter(active=True)), in_order(rows.filter(active=False))
    return page(request, town, "units", units=[*used, *unused])


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def unit(request: HttpRequest, town: Municipality, pk: int | None = None) -> HttpResponse:
    """Make a unit or change one."""
    row = get_object_or_404(Unit, pk=pk, municipality=town) if pk is not None else None
    form = UnitForm(request.POST if request.method == "POST" else None, instance=row, town=town, label_suffix="")
    if form.is_valid():
        try:
            save_unit(municipality=town, unit=row, by=staff(request), **form.facts())
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("“%(unit)s” is saved.") % {"unit": form.cleaned_data["name"]})
            return redirect("setup_units")
    return page(request, town, "unit", form, unit=row)


@require_POST
@administrators_only
def switch(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """Take a unit out of use, or back."""
    row = get_object_or_404(Unit, pk=pk, municipality=town)
    try:
        switch_unit(unit=row, active=request.POST.get("active") == "1", by=staff(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("setup_units")


# Categories ---------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def categories(request: HttpRequest, town: Municipality) -> HttpResponse:
    """All categories on one page: on or off, and who settles them."""
    form = CatalogueForm(
        request.POST if request.method == "POST" else None,
        groups=settling.groups(town),
        units=settling.units(town),
        rest=settling.default_unit(town),
        label_suffix="",
    )
    if form.is_valid():
        try:
            with logged_catalogue(request, town):
                settling.set_catalogue(municipality=town, **form.chosen())
        except ValidationError as error:
            tell(form, error)
        else:
            return steps.finish(request, town, "categories")
    return page(request, town, "categories", form)


# People -------------------------------------------------------------------------------------------------------------
def _members(town: Municipality, words: str = "") -> list[tuple[User, list[Membership]]]:
    """People with their roles, by name, without the phones of crews; with `words` those whose name, address or unit
    holds them."""
    found: dict[User, list[Membership]] = {}
    rows = Membership.objects.filter(municipality=town, user__phone=None, user__api_key=None)
    if words:
        meant = Q(user__name__icontains=words) | Q(user__email__icontains=words) | Q(unit__name__icontains=words)
        rows = rows.filter(user__in=rows.filter(meant).values("user"))
    for row in rows.select_related("user", "unit").order_by("pk"):
        found.setdefault(row.user, []).append(row)
    return sorted(found.items(), key=lambda pair: (pair[0].name.lower(), pair[0].pk))


@require_safe
@administrators_only
def people(request: HttpRequest, town: Municipality) -> HttpResponse:
    """Who works here; who was invited and has not come yet. `q` searches names, addresses and units."""
    words = " ".join(request.GET.get("q", "").split())[:80]
    members = _members(town, words)
    kinds = factors([user for user, _roles in members])
    rows = [(user, roles, kinds.get(user.pk, set())) for user, roles in members]
    return page(request, town, "people", members=rows, words=words)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def person(request: HttpRequest, town: Municipality) -> HttpResponse:
    """Invite somebody; whoever works elsewhere on the platform already gets a role and a mail, no new password."""
    own = in_order(one for one in settling.units(town) if one.municipality_id == town.pk)
    roles = roles_for(staff(request), town)
    form = InviteForm(request.POST if request.method == "POST" else None, units=own, roles=roles, label_suffix="")
    if form.is_valid():
        by = staff(request)
        if not allowed("invite", str(by.pk), limit=INVITATIONS_PER_HOUR, seconds=3600):
            form.add_error(None, _("That was often within a short time. Please try again in an hour."))
            return page(request, town, "person", form)
        try:
            invited = invite(municipality=town, by=by, **form.facts())
        except ValidationError as error:
            tell(form, error)
        else:
            if invited.new or invited.waiting:
                send_invitation(invited=invited, by=by.name)
            messages.success(request, _("%(email)s is invited.") % {"email": invited.user.email})
            return redirect("setup_people")
    return page(request, town, "person", form)


@require_POST
@administrators_only
def remind(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """Send the invitation once more."""
    people = Membership.objects.filter(user__phone=None, user__api_key=None).select_related("user", "municipality")
    row = get_object_or_404(people, pk=pk, municipality=town)
    by = staff(request)
    if allowed("invite", str(by.pk), limit=INVITATIONS_PER_HOUR, seconds=3600) and (invited := again(row)).waiting:
        send_invitation(invited=invited, by=by.name)
        messages.success(request, _("%(email)s is invited once more.") % {"email": row.user.email})
    return redirect("setup_people")


@require_POST
@administrators_only
def leave(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """Take a role away."""
    row = get_object_or_404(Membership.objects.select_related("user", "municipality"), pk=pk, municipality=town)
    try:
        dismiss(membership=row, by=staff(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(name)s has this role no more.") % {"name": row.user.name})
    return redirect("setup_people")

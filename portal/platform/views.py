"""`/verwaltung/plattform/`: the operator looks after all municipalities, a county administrator after the county's.

Nothing of a case is shown: only whether a municipality is open, when something last came in, and what needs somebody.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Membership, User
from accounts.platform import appoint, looked_after, may_appoint, set_open
from accounts.policy import GRANTS, Permission, Role
from accounts.services import is_operator
from geo.models import Municipality
from geo.throttle import allowed
from notifications.invitations import send_invitation
from portal.models import Departure
from portal.platform import leaving
from portal.platform.state import states

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, User, P], HttpResponse]
INVITATIONS_PER_HOUR = 60
ADMINISTERING = [role.value for role, permissions in GRANTS.items() if Permission.ADMINISTER in permissions]


def from_above(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """For the operator and county administrators; anonymous people log in first, others get 403. Never cached."""

    @wraps(view)
    def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return cast(HttpResponse, redirect_to_login(request.get_full_path()))
        user: User = request.user
        if not looked_after(user).exists() and not is_operator(user):
            raise PermissionDenied
        response = view(request, user, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return checked


class AppointForm(forms.Form):
    """Who is to administer a municipality."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("The invitation goes there, with a link to choose a password."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


@require_safe
@from_above
def overview(request: HttpRequest, user: User) -> HttpResponse:
    """All municipalities somebody looks after, those that need something first."""
    rows = states(list(looked_after(user)))
    context: dict[str, Any] = {"rows": sorted(rows, key=lambda row: row.calm), "operator": is_operator(user)}
    if is_operator(user):
        context["gone"] = Departure.objects.exclude(deleted_at=None)[:50]
    return render(request, "portal/platform/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@from_above
def town(request: HttpRequest, user: User, slug: str) -> HttpResponse:
    """One municipality: its state, who administers it, and (POST) inviting the first administrator."""
    row = get_object_or_404(looked_after(user), slug=slug)
    role = may_appoint(user, row)
    if request.method == "POST" and role is None:
        raise PermissionDenied
    form = AppointForm(request.POST if request.method == "POST" else None, label_suffix="") if role else None
    if form is not None and form.is_valid():
        if not allowed("invite", str(user.pk), limit=INVITATIONS_PER_HOUR, seconds=3600):
            form.add_error(None, _("That was often within a short time. Please try again in an hour."))
        elif _appoint(form, row, user):
            messages.success(request, _("%(email)s is invited.") % {"email": form.cleaned_data["email"]})
            return redirect("platform_town", slug)
    status = 422 if form is not None and form.errors else 200
    return render(request, "portal/platform/town.html", _context(row, user, form, role), status=status)


def _context(row: Municipality, user: User, form: forms.Form | None, role: Role | None) -> dict[str, Any]:
    people = Membership.objects.filter(municipality=row, role__in=ADMINISTERING, user__is_active=True)
    return {
        "state": states([row])[0],
        "town": row,
        "people": people.select_related("user").order_by("user__name", "pk"),
        "form": form,
        "role": dict(Membership._meta.get_field("role").flatchoices).get(role.value) if role else "",
        "operator": is_operator(user),
        "departure": leaving.departure_of(row),
        "wait": leaving.WAIT.days,
    }


def _appoint(form: forms.Form, row: Municipality, user: User) -> bool:
    typed = form.cleaned_data
    try:
        invited = appoint(email=typed["email"], name=typed["name"], municipality=row, by=user)
    except ValidationError as error:
        for name, told in error.message_dict.items():
            form.add_error(name if name in form.fields else None, list(told))
        return False
    if invited.new or invited.waiting:
        send_invitation(invited=invited, by=user.name)
    return True


@require_POST
@from_above
def switch(request: HttpRequest, user: User, slug: str) -> HttpResponse:
    """Open or close; only the operator may."""
    row = get_object_or_404(looked_after(user), slug=slug)
    opened = request.POST.get("open") == "1"
    if opened and leaving.departure_of(row) is not None:
        messages.error(request, _("It is leaving. Take that back first."))
        return redirect("platform_town", slug)
    try:
        set_open(municipality=row, opened=opened, by=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        words = _("%(town)s is open.") if opened else _("%(town)s is closed.")
        messages.success(request, words % {"town": row.title})
    return redirect("platform_town", slug)


@require_POST
@from_above
def leave(request: HttpRequest, user: User, slug: str) -> HttpResponse:
    """Begin a departure, with the short name typed; only the operator may."""
    row = get_object_or_404(looked_after(user), slug=slug)
    try:
        leaving.ask(town=row, confirmed=request.POST.get("name", ""), by=user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(town)s is leaving. Its public pages are closed.") % {"town": row.title})
    return redirect("platform_town", slug)


@require_POST
@from_above
def stay(request: HttpRequest, user: User, slug: str) -> HttpResponse:
    """Take a departure back; only the operator may."""
    row = get_object_or_404(looked_after(user), slug=slug)
    leaving.cancel(town=row, by=user, at=timezone.now())
    messages.success(request, _("%(town)s stays, and is open.") % {"town": row.title})
    return redirect("platform_town", slug)

"""Who is away, and who stands in for them.

The cases of somebody who is away appear with the deputy as well, who acts with the rights of their own role, as if
the case had been handed to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Absence, Membership, User
from accounts.policy import GRANTS, Permission
from accounts.services import reach
from outbox.events import emit

LONGEST: Final = timedelta(days=366)
NOTED: Final = "absence.noted"
"""Event: {absence}: the deputy is told."""


@transaction.atomic
def away(*, user: User, deputy: User, from_on: date, until_on: date, today: date) -> Absence:
    """Note that somebody is away from one day to another (both included), and who stands in for them.

    Raises ValidationError ({field: messages}): days in the past or the wrong way round, a deputy who works nowhere with
    them or is away themselves, days that are noted already.
    """
    errors: dict[str, list[str]] = {}
    if until_on < from_on:
        errors["until_on"] = [_("The last day comes before the first.")]
    elif until_on < today:
        errors["until_on"] = [_("These days are over.")]
    elif until_on - from_on > LONGEST:
        errors["until_on"] = [_("At most a year at once. Please check the year.")]
    if deputy.pk == user.pk:
        errors["deputy"] = [_("Somebody else must stand in.")]
    elif deputy.pk not in {one.pk for one in colleagues(user)}:
        errors["deputy"] = [_("This person does not work with them.")]
    if not errors:
        then = Q(from_on__lte=until_on, until_on__gte=from_on)
        if Absence.objects.filter(then, user=user).exists():
            errors["from_on"] = [_("Some of these days are noted already.")]
        elif Absence.objects.filter(then, user=deputy).exists():
            errors["deputy"] = [_("This person is away on some of these days as well.")]
    if errors:
        raise ValidationError(errors)
    row = Absence.objects.create(user=user, deputy=deputy, from_on=from_on, until_on=until_on)
    emit(NOTED, absence=row.pk)
    return row


def back(*, absence: Absence) -> None:
    """Somebody is back earlier, or it was a mistake."""
    absence.delete()


def coming(user: User, today: date) -> list[Absence]:
    """The absences of somebody that are not over, in order."""
    return list(Absence.objects.filter(user=user, until_on__gte=today).select_related("deputy"))


def away_on(people: Iterable[int], on: date) -> dict[int, Absence]:
    """By id who of `people` is away on a day, with the deputy; one query."""
    rows = Absence.objects.filter(user_id__in=list(people), from_on__lte=on, until_on__gte=on)
    return {row.user_id: row for row in rows.select_related("deputy")}


def colleagues(user: User) -> list[User]:
    """Who may stand in for somebody: people who see cases in a municipality where they do, by name."""
    seeing = [role.value for role, permissions in GRANTS.items() if Permission.SEE in permissions]
    towns = Membership.objects.filter(user=user, role__in=seeing).values("municipality")
    rows = User.objects.filter(
        is_active=True, phone=None, api_key=None, memberships__municipality__in=towns, memberships__role__in=seeing
    ).exclude(pk=user.pk)
    return list(rows.distinct().order_by("name", "pk"))


def looked_after(user: User) -> list[User]:
    """Whose absence somebody may note besides their own: of all who work in a municipality where they assign every
    case (the complaint management), by name."""
    towns = reach(user, Permission.ASSIGN).municipalities
    rows = User.objects.filter(is_active=True, phone=None, api_key=None, memberships__municipality__in=towns)
    return list(rows.exclude(pk=user.pk).distinct().order_by("name", "pk"))


def stands_in_for(user: User | Any, on: date) -> list[int]:
    """Ids of the people `user` stands in for on a day; read once per user object (a request) and day."""
    if not isinstance(user, User) or user.pk is None:
        return []
    cached: dict[date, list[int]] = user.__dict__.setdefault("_stands_in_for", {})
    if on not in cached:
        rows = Absence.objects.filter(deputy=user, from_on__lte=on, until_on__gte=on)
        cached[on] = list(rows.order_by("user_id").values_list("user_id", flat=True).distinct())
    return cached[on]


def deputised(user: User | Any) -> set[int]:
    """Whose cases are on somebody's desk today: their own id, and those of the people they stand in for."""
    own = {user.pk} if isinstance(user, User) else set()
    return own | set(stands_in_for(user, timezone.localdate()))

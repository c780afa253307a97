"""What a person may do where: answers from accounts.policy and the memberships."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from accounts.models import Membership, Unit, User
from accounts.policy import GRANTS, WHOLE_MUNICIPALITY, Permission, Role
from geo.area_file import COUNTY_DIGITS
from geo.models import Municipality


@dataclass(frozen=True)
class Reach:
    """How far a person's rights reach within one permission: whole municipalities and single units."""

    municipalities: frozenset[int] = field(default_factory=frozenset)
    units: frozenset[int] = field(default_factory=frozenset)

    def __bool__(self) -> bool:
        return bool(self.municipalities or self.units)


def memberships(user: User | AnonymousUser | None) -> list[Membership]:
    """The memberships of a user, read once per user object (a request), [] for anonymous or inactive people."""
    if not isinstance(user, User) or not user.is_active:
        return []
    cached: list[Membership] | None = getattr(user, "_memberships", None)
    if cached is None:
        cached = list(user.memberships.select_related("municipality", "unit").prefetch_related("unit__teams"))
        user._memberships = cached  # type: ignore[attr-defined]
    return cached


def reach(user: User | AnonymousUser | None, permission: Permission) -> Reach:
    """Where `user` has `permission`: as manager, editor or administrator in the whole municipality, else per unit.

    Who works for a unit works for its teams too; who works for a team, for that team alone.

    A county's staff do not reach into its municipalities: each is its own controller (Art. 4 (7) DSGVO).
    """
    whole: set[int] = set()
    units: set[int] = set()
    for membership in memberships(user):
        role = Role(membership.role)
        if permission not in GRANTS[role]:
            continue
        if membership.unit_id is None or role in WHOLE_MUNICIPALITY:
            whole.add(membership.municipality_id)
        else:
            units.add(membership.unit_id)
            if membership.unit is not None:
                units.update(team.pk for team in membership.unit.teams.all())
    return Reach(frozenset(whole), frozenset(units))


def may(
    user: User | AnonymousUser | None, permission: Permission, *, municipality_id: int, unit: Unit | None = None
) -> bool:
    """Whether `user` has `permission` for something of this municipality that `unit` is to settle.

    Rights come from the municipality itself, from the unit, or from the unit's own municipality (a county's
    complaint management sees what was handed to a county unit).
    """
    found = reach(user, permission)
    if municipality_id in found.municipalities:
        return True
    return unit is not None and (unit.pk in found.units or unit.municipality_id in found.municipalities)


def home_of(user: User | None) -> Municipality | None:
    """The municipality a person works for (their oldest role), else the default one: whose look and address links and
    mails to them carry, whatever host a request came in by."""
    found = (
        Membership.objects.filter(user=user).select_related("municipality__parent__parent").order_by("pk").first()
        if user is not None
        else None
    )
    return found.municipality if found is not None else Municipality.objects.default()


def is_staff_of(user: User | AnonymousUser | None, municipality: Municipality) -> bool:
    """Whether `user` has any role in `municipality`."""
    return any(membership.municipality_id == municipality.pk for membership in memberships(user))


def sees_cases_of(user: User, municipality_id: int) -> bool:
    """Whether somebody has a role in a municipality, or in a unit of it, with which they see cases."""
    return any(
        membership.municipality_id == municipality_id and Permission.SEE in GRANTS[Role(membership.role)]
        for membership in memberships(user)
    )


def is_county(municipality: Municipality) -> bool:
    """Whether others inherit from it, or may come to: by its key, or because there are some."""
    return len(municipality.ags) == COUNTY_DIGITS or municipality.children.exists()


def is_operator(user: User | AnonymousUser | None) -> bool:
    """Whether `user` runs the platform. As such they see no case and nobody's contact data."""
    return isinstance(user, User) and user.is_active and user.is_superuser


@transaction.atomic
def grant(*, user: User, municipality: Municipality, role: Role, unit: Unit | None = None) -> Membership:
    """Give a role; the same again changes nothing. A unit must belong to the municipality, and only a county has
    county administrators. The operator's role is no membership."""
    if role is Role.OPERATOR or (role is Role.COUNTY and not is_county(municipality)):
        raise ValueError("This role does not exist in this municipality.")
    if unit is not None and unit.municipality_id != municipality.pk:
        raise ValueError("The unit belongs to another municipality.")
    membership, _created = Membership.objects.get_or_create(
        user=user, municipality=municipality, unit=unit, role=role.value
    )
    if hasattr(user, "_memberships"):
        del user._memberships
    return membership

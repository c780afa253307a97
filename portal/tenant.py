"""Opens a municipality that works: boundary, categories, stages, a unit that gets everything, an administrator."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.invitations import Invited, invite
from accounts.models import Unit
from accounts.policy import Role
from accounts.units import save_unit
from cases.models import Responsibility, Topic
from geo.area_file import COUNTY_DIGITS, Area
from geo.founding import Founded, Refused, Wish, adopt, found
from geo.models import Municipality
from notifications.invitations import send_invitation
from reports.standard.catalogue import inherits, put_catalogue


@dataclass
class Opened:
    """What was done: `rows` of the catalogue that were made, the unit for everything, the invitation if one is open."""

    founded: Founded
    rows: int
    unit: Unit | None
    invited: Invited | None
    adopted: list[Municipality]

    @property
    def changed(self) -> bool:
        """Whether anything was."""
        founded = self.founded
        new = self.invited is not None and self.invited.new
        return bool(founded.created or founded.boundary_changed or self.rows or self.unit or new or self.adopted)


@transaction.atomic
def open_municipality(*, wish: Wish, area: Area, admin: str = "", adopting: bool = False) -> Opened:
    """Everything in one transaction; a second call makes only what is missing. Raises Refused with what is wrong."""
    founded = found(wish=wish, area=area)
    town = founded.municipality
    adopted = founded.orphans if adopting else []
    adopt(county=town, children=adopted)
    invited = _administrator(town, admin)
    return Opened(founded, _catalogue(town), _unit(town, admin), invited, adopted)


def _catalogue(town: Municipality) -> int:
    """The standard tree, unless there is one already or a county to inherit from."""
    if Topic.objects.filter(municipality=town).exists() or inherits(town):
        return 0
    return put_catalogue(town)


def _unit(town: Municipality, admin: str) -> Unit | None:
    """One unit that settles everything, as long as there is none; None if there was nothing to do."""
    if Unit.objects.filter(municipality=town).exists():
        return None
    county = len(town.ags) == COUNTY_DIGITS
    unit = save_unit(
        municipality=town,
        name="Kreisverwaltung" if county else "Rathaus",
        public_name="die Kreisverwaltung" if county else "das Rathaus",
        email=town.contact_email or admin,
    )
    Responsibility.objects.create(municipality=town, unit=unit)
    return unit


def _administrator(town: Municipality, email: str) -> Invited | None:
    """The first administrator, invited by mail once; None without an address."""
    if not email:
        return None
    try:
        invited = invite(email=email, name="", municipality=town, role=Role.ADMIN)
    except ValidationError as error:
        raise Refused(f"--admin: {' '.join(error.messages)}") from error
    if invited.new:
        send_invitation(invited=invited)
    return invited

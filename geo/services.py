"""Verbs and questions about places: whose a point is, what lies there, what is found by typing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.contrib.gis.geos import Point
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from geo import geocoder
from geo.models import Address, District, Municipality
from geo.nearest import nearest_house
from geo.search import Hit, search
from geo.spatial import at_point, metres_between

__all__ = [
    "Hit",
    "Place",
    "district_of",
    "inside",
    "locate",
    "nearest_address",
    "owner_of",
    "search",
    "with_outside",
]

#: Up to here a house number describes a place by itself, in metres.
AT_THE_DOOR = 60.0
#: Further away "near …" no longer helps anybody to find it, in metres.
IN_SIGHT = 300.0
#: Further away an address describes nothing, in metres.
TOO_FAR = 1000.0
#: A district without a boundary reaches this far around its addresses, in metres.
DISTRICT_REACH = 500.0


@dataclass(frozen=True, slots=True)
class Place:
    """What is known about a point. `municipality` is None outside of the platform; `distance` in metres."""

    municipality: Municipality | None
    district: District | None
    address: str | None
    distance: float | None

    @property
    def text(self) -> str:
        """The place in words: the address, or near which address it is; "" if there is none in sight."""
        if not self.address or self.distance is None or self.distance > IN_SIGHT:
            return ""
        if self.distance <= AT_THE_DOOR:
            return self.address
        metres = round(self.distance, -1)
        words: str = _("near %(address)s (%(metres)d m)") % {"address": self.address, "metres": metres}
        return words.replace(" m)", "\u00a0m)")


def owner_of(point: Point | None) -> Municipality | None:
    """The municipality a point (WGS84) belongs to, the deepest one; None outside of all.

    It may be another one than that of the page: then say whose it is.
    """
    return Municipality.objects.owning(point)


def inside(municipality: Municipality, point: Point, *, owner: Municipality | None = None) -> bool:
    """Whether the point belongs to the municipality or one below it; always, while it has no boundary.

    Who knows the `owner` already saves asking for it.
    """
    if owner is not None and municipality.pk in owner.chain_ids():
        return True
    if not Municipality.objects.filter(pk=municipality.pk).exclude(boundary=None).exists():
        return True
    owner = owner or owner_of(point)
    return owner is not None and municipality.pk in owner.chain_ids()


def nearest_address(
    municipality: Municipality, point: Point, *, within: float = TOO_FAR
) -> tuple[Address, float] | None:
    """The nearest house of the municipality with its distance in metres, at most `within` away; else None.

    Of the house only name, place and district are loaded.
    """
    found = nearest_house(municipality.pk, point.x, point.y, within=within)
    if found is None:
        return None
    # from_db wants its values in the order of the model's fields.
    house = Address.from_db(
        None, ["id", "place", "district_id", "label"], [found.pk, found.place, found.district, found.label]
    )
    house.district = None
    if found.district is not None:
        names = ["id", "municipality_id", "name", "slug"]
        house.district = District.from_db(
            None, names, [found.district, found.district_of, found.district_name, found.district_slug]
        )
    return house, found.metres


def district_of(municipality: Municipality, point: Point) -> District | None:
    """The district whose boundary covers the point; without boundaries that of the nearest address."""
    districts = District.objects.filter(municipality=municipality)
    found = _covering(districts, point)
    if found is not None or not districts.exists():
        return found
    return _district_near(nearest_address(municipality, point, within=DISTRICT_REACH))


def _covering(districts: QuerySet[District], point: Point) -> District | None:
    return at_point(districts, "boundary", point).defer("boundary").order_by("id").first()


def _district_near(near: tuple[Address, float] | None) -> District | None:
    return near[0].district if near is not None and near[1] <= DISTRICT_REACH else None


def locate(point: Point, *, owner: Municipality | None = None, within: float = TOO_FAR) -> Place:
    """Municipality, district and nearest address of a point (WGS84); ValidationError for nonsense.

    Who knows the `owner` already saves asking for it; `within` as for `nearest_address`. Two queries then, as a rule.
    """
    owner = owner or owner_of(point)
    if owner is None:
        return Place(None, None, None, None)
    near = nearest_address(owner, point, within=within)
    address, distance = (address_text(near[0]), near[1]) if near else (None, None)
    districts = District.objects.filter(municipality=owner)
    district = _covering(districts, point) or _district_near(near)
    if district is None and near is None and within < DISTRICT_REACH and districts.exists():
        district = _district_near(nearest_address(owner, point, within=DISTRICT_REACH))
    return Place(owner, district, address, distance)


def with_outside(place: Place, point: Point) -> Place:
    """The place with the address of the outside geocoder, where one is set up and knows a nearer one.

    For whoever asks about a point, never for what is stored with a report: no outside call while one is sent.
    """
    if place.municipality is None or (place.distance is not None and place.distance <= AT_THE_DOOR):
        return place
    hit = geocoder.reverse(point)
    if hit is None or hit.point is None:
        return place
    metres = metres_between(point.x, point.y, hit.point.x, hit.point.y)
    if metres > TOO_FAR or (place.distance is not None and place.distance <= metres):
        return place
    return replace(place, address=f"{hit.label}, {hit.place}" if hit.place else hit.label, distance=metres)


def address_text(address: Address) -> str:
    """An address in one line: “Mühlenstraße 12, Marienfeld”."""
    part = address.district.name if address.district else address.place
    return f"{address.label}, {part}" if part else address.label

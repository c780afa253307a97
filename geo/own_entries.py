"""Entries of the gazetteer that no file wrote: one per street and part of town, one per district.

So a street is found without a house number, and a name that stands in two villages twice, each with its place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple, cast

from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.utils.text import slugify

from geo.folding import fold
from geo.models import Address, District, Municipality, Street
from geo.policy import KIND_ADDRESS, KIND_DISTRICT, KIND_STREET
from geo.spatial import METRES_PER_DEGREE, metres_between

#: The source of these entries.
OWN = "="
#: Houses of one name further apart than this, in different parts of town, stand in different streets, in metres.
APART = 1000.0


class _House(NamedTuple):
    """What is needed of a house."""

    street_id: int
    point: Point | None
    postcode: str
    place: str
    district_id: int | None


def same_point(one: Point | None, other: Point | None) -> bool:
    """The same place to a tenth of a metre."""
    if one is None or other is None:
        return one is other
    reach = 0.1 / METRES_PER_DEGREE
    return abs(one.x - other.x) < reach and abs(one.y - other.y) < reach


def halfway(line: MultiLineString) -> Point:
    """The point half way along the longest part of a street."""
    parts = cast(list[LineString], list(line))
    middle = max(parts, key=lambda part: part.length).interpolate_normalized(0.5)
    return Point(middle.x, middle.y, srid=4326)


class _Group(NamedTuple):
    """Houses of one part of town with their middle."""

    key: str
    lon: float
    lat: float
    houses: list[_House]

    def away(self, lon: float, lat: float) -> float:
        """Metres to a place."""
        return metres_between(self.lon, self.lat, lon, lat)


def _mean(houses: list[_House]) -> tuple[float, float]:
    points = [house.point for house in houses if house.point is not None]
    return sum(point.x for point in points) / len(points), sum(point.y for point in points) / len(points)


def _groups(houses: Iterable[_House]) -> list[_Group]:
    """The houses of a street by part of town, the largest first; parts close to each other are one."""
    parts: defaultdict[tuple[int, str], list[_House]] = defaultdict(list)
    for house in houses:
        if house.point is not None:
            parts[house.district_id or 0, house.place].append(house)
    found: list[_Group] = []
    for (district, place), some in sorted(parts.items(), key=lambda part: (-len(part[1]), part[0])):
        lon, lat = _mean(some)
        near = next((group for group in found if group.away(lon, lat) < APART), None)
        if near is not None:
            near.houses.extend(some)
        else:
            found.append(_Group(f"{district}-{slugify(place)}"[:60], lon, lat, some))
    return found


def _entry_of(street: Street, group: _Group | None, *, several: bool, demo: bool) -> Address:
    """The entry of a street, at the house nearest to the middle of its houses, else half way along its line."""
    entry = Address(
        municipality_id=street.municipality_id,
        kind=KIND_STREET,
        street=street,
        place=street.place,
        label=street.name,
        folded=street.folded,
        source=OWN,
        external_id=f"s{street.id}" + (f":{group.key}" if group and several else ""),
        demo=demo or street.demo,
    )
    if group is not None:
        lon, lat = _mean(group.houses)
        middle = min(group.houses, key=lambda house: (house.point.x - lon) ** 2 + (house.point.y - lat) ** 2)  # type: ignore[union-attr]
        codes = {house.postcode for house in group.houses}
        entry.point = middle.point
        entry.postcode = codes.pop() if len(codes) == 1 else ""
        entry.place = entry.place or middle.place
        entry.district_id = middle.district_id
    elif street.line is not None and len(street.line):
        entry.point = halfway(street.line)
    return entry


def _street_entries(municipality: Municipality, demo: bool) -> Iterator[Address]:
    """Entries for every street and part of town that no file has an entry for."""
    written: defaultdict[int, list[Point | None]] = defaultdict(list)
    by_file = Address.objects.filter(municipality=municipality, kind=KIND_STREET).exclude(source=OWN)
    for street_id, point in by_file.values_list("street_id", "point"):
        if street_id:
            written[street_id].append(point)
    houses = Address.objects.filter(municipality=municipality, kind=KIND_ADDRESS, street__isnull=False)
    rows = houses.order_by("street_id", "id").values_list("street_id", "point", "postcode", "place", "district_id")
    groups = {
        street_id: _groups(some)
        for street_id, some in groupby((_House(*row) for row in rows.iterator()), key=lambda house: house.street_id)
    }
    for street in Street.objects.filter(municipality=municipality).order_by("id"):
        found, there = groups.get(street.id, []), written.get(street.id, [])
        if not there:
            if not found:
                yield _entry_of(street, None, several=False, demo=demo)
            for group in found:
                yield _entry_of(street, group, several=len(found) > 1, demo=demo)
        elif len(found) > 1:
            for group in found:
                if not any(point is None or group.away(point.x, point.y) < APART for point in there):
                    yield _entry_of(street, group, several=True, demo=demo)


def _district_entries(municipality: Municipality, demo: bool) -> Iterator[Address]:
    """Entries for districts that no file has an entry for: within the boundary, else at the middle of the houses."""
    by_file = Address.objects.filter(municipality=municipality, kind=KIND_DISTRICT).exclude(source=OWN)
    written = set(by_file.values_list("district_id", flat=True))
    for district in District.objects.filter(municipality=municipality).exclude(id__in=written - {None}).order_by("id"):
        point: Point | None = district.boundary.point_on_surface if district.boundary is not None else None
        if point is None:
            houses = district.addresses.filter(kind=KIND_ADDRESS).exclude(point=None).order_by("id")
            places = list(houses.values_list("point", flat=True))
            if not places:
                continue
            east = sum(place.x for place in places if place) / len(places)
            north = sum(place.y for place in places if place) / len(places)
            point = min(filter(None, places), key=lambda place: (place.x - east) ** 2 + (place.y - north) ** 2)
        yield Address(
            municipality=municipality,
            kind=KIND_DISTRICT,
            district=district,
            label=district.name,
            folded=fold(district.name),
            point=point,
            source=OWN,
            external_id=f"d{district.id}",
            demo=demo,
        )


def write_own_entries(municipality: Municipality, *, demo: bool = False) -> int:
    """Make, change and remove these entries so that they fit the gazetteer; how many are new."""
    stored = {entry.external_id: entry for entry in Address.objects.filter(municipality=municipality, source=OWN)}
    names = ["label", "folded", "postcode", "place", "district_id"]
    fresh: list[Address] = []
    changed: list[Address] = []
    for entry in (*_street_entries(municipality, demo), *_district_entries(municipality, demo)):
        before = stored.pop(entry.external_id, None)
        if before is None:
            fresh.append(entry)
            continue
        same = all(getattr(before, name) == getattr(entry, name) for name in names)
        if not same or not same_point(before.point, entry.point):
            entry.id = before.id
            changed.append(entry)
    Address.objects.bulk_create(fresh, batch_size=1000)
    if changed:
        Address.objects.bulk_update(changed, [*(name.removesuffix("_id") for name in names), "point"], batch_size=200)
    Address.objects.filter(id__in=[entry.id for entry in stored.values()]).delete()
    return len(fresh)

"""The municipality's own gazetteer: rows in; streets, houses, districts and points of interest out.

Running the same rows again changes nothing: a row is known by its id in the source, else by what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from django.contrib.gis.geos import LineString, MultiLineString, MultiPolygon, Point
from django.db import transaction
from django.utils.text import slugify

from geo.folding import fold, fold_number
from geo.models import Address, District, Municipality, Street
from geo.policy import KIND_ADDRESS, KIND_DISTRICT, KIND_STREET
from geo.signals import gazetteer_changed
from geo.spatial import METRES_PER_DEGREE
from geo.spatial_index import refresh_statistics

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a gazetteer in WGS84; `name` is for points of interest and districts."""

    kind: str = KIND_ADDRESS
    street: str = ""
    house_number: str = ""
    postcode: str = ""
    place: str = ""
    district: str = ""
    name: str = ""
    point: Point | None = None
    line: MultiLineString | None = None
    boundary: MultiPolygon | None = None
    external_id: str = ""


@dataclass(slots=True)
class Counts:
    """What an import did."""

    created: int = 0
    changed: int = 0
    same: int = 0
    bad: list[str] = field(default_factory=list)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    walk = iter(rows)
    while batch := list(islice(walk, BATCH)):
        yield batch


def _same_point(one: Point | None, other: Point | None) -> bool:
    """The same place to a tenth of a metre."""
    if one is None or other is None:
        return one is other
    reach = 0.1 / METRES_PER_DEGREE
    return abs(one.x - other.x) < reach and abs(one.y - other.y) < reach


def _middle(row: Row) -> Point | None:
    """Where the entry stands on the map: its point, half way along its line, or within its area."""
    if row.point is not None:
        return row.point
    if row.line is not None and len(row.line):
        return halfway(row.line)
    if row.boundary is not None:
        return row.boundary.point_on_surface
    return None


def halfway(line: MultiLineString) -> Point:
    """The point half way along the longest part of a street."""
    parts = cast(list[LineString], list(line))
    middle = max(parts, key=lambda part: part.length).interpolate_normalized(0.5)
    return Point(middle.x, middle.y, srid=4326)


class _Import:
    """One run over one municipality; keeps the streets and districts it has met."""

    def __init__(self, municipality: Municipality, source: str, demo: bool) -> None:
        self.municipality = municipality
        self.source = source
        self.demo = demo
        self.counts = Counts()
        self.streets = {(s.folded, s.place): s for s in Street.objects.filter(municipality=municipality)}
        self.districts = {d.slug: d for d in District.objects.filter(municipality=municipality)}

    def district(self, name: str, boundary: MultiPolygon | None = None) -> District | None:
        slug = slugify(fold(name))[:100]
        if not slug:
            return None
        found = self.districts.get(slug)
        if found is None:
            found = District.objects.create(
                municipality=self.municipality, name=name.strip(), slug=slug, boundary=boundary
            )
            self.districts[slug] = found
        elif boundary is not None and (found.boundary is None or not found.boundary.equals_exact(boundary)):
            found.boundary = boundary
            found.save(update_fields=["boundary"])
        return found

    def street(self, row: Row) -> Street | None:
        folded = fold(row.street)
        if not folded:
            return None
        found = self.streets.get((folded, row.place)) or self.streets.get((folded, ""))
        if found is None:
            found = Street.objects.create(
                municipality=self.municipality,
                name=row.street.strip(),
                folded=folded,
                line=row.line,
                demo=self.demo,
            )
            self.streets[(folded, "")] = found
        elif row.line is not None and (found.line is None or not found.line.equals_exact(row.line)):
            found.line = row.line
            found.save(update_fields=["line"])
        return found

    def entry(self, row: Row) -> Address | None:
        """The entry a row stands for, not saved; None with a reason in `counts.bad`."""
        street = self.street(row) if row.street else None
        district = self.district(row.district) if row.district else None
        number = row.house_number.strip()
        if row.kind == KIND_ADDRESS:
            if street is None or not number:
                name = row.street or row.name or row.external_id
                self.counts.bad.append(f"{name!r}: street or number missing")
                return None
            label = f"{street.name} {number}"
        elif row.kind == KIND_STREET:
            label = street.name if street else ""
        else:
            label = row.name.strip()
        if row.kind == KIND_DISTRICT:
            district = self.district(row.name, row.boundary)
        if not fold(label):
            self.counts.bad.append(f"{row.external_id!r}: name missing")
            return None
        return Address(
            municipality=self.municipality,
            kind=row.kind,
            street=street,
            house_number=number,
            postcode=row.postcode.strip(),
            place=row.place.strip(),
            district=district,
            label=label[:250],
            folded=fold(label)[:300],
            point=_middle(row),
            source=self.source,
            external_id=row.external_id,
            demo=self.demo,
        )

    def key(self, entry: Address) -> tuple[object, ...]:
        if entry.external_id:
            return (entry.external_id,)
        number = fold_number(entry.house_number)
        return entry.kind, entry.street_id, number or entry.folded, entry.postcode, entry.place

    def store(self, batch: list[Row]) -> None:
        entries = [entry for row in batch if (entry := self.entry(row))]
        folded = {entry.folded for entry in entries}
        known = {}
        stored = Address.objects.filter(municipality=self.municipality, source=self.source)
        for old in stored.filter(folded__in=folded):
            known[self.key(old)] = old
        ids = [entry.external_id for entry in entries if entry.external_id]
        for old in stored.filter(external_id__in=ids):
            known[self.key(old)] = old
        fresh: dict[tuple[object, ...], Address] = {}
        changed: dict[int, Address] = {}
        names = ["kind", "street_id", "house_number", "postcode", "place", "district_id", "label", "demo"]
        for entry in entries:
            key = self.key(entry)
            before = known.get(key)
            if before is None:
                fresh[key] = entry
                continue
            same = all(getattr(before, name) == getattr(entry, name) for name in names)
            if same and _same_point(before.point, entry.point):
                self.counts.same += 1
            else:
                entry.id = before.id
                changed[before.id] = entry
        Address.objects.bulk_create(fresh.values(), batch_size=BATCH)
        fields = [name.removesuffix("_id") for name in names]
        if changed:
            Address.objects.bulk_update(changed.values(), [*fields, "folded", "point"], batch_size=200)
        self.counts.created += len(fresh)
        self.counts.changed += len(changed)

    def street_entries(self) -> None:
        """One entry per street that has none, at the house nearest to the middle of its houses."""
        have = set(
            Address.objects.filter(municipality=self.municipality, kind=KIND_STREET).values_list("street_id", flat=True)
        )
        missing = [street for street in self.streets.values() if street.id not in have]
        fresh = []
        for street in missing:
            houses = list(street.addresses.exclude(point=None).select_related("district"))
            entry = Address(
                municipality=self.municipality,
                kind=KIND_STREET,
                street=street,
                place=street.place,
                label=street.name,
                folded=street.folded,
                source=self.source,
                demo=self.demo,
            )
            places = [house.point for house in houses if house.point is not None]
            if places:
                east = sum(place.x for place in places) / len(places)
                north = sum(place.y for place in places) / len(places)
                order = [(place.x - east) ** 2 + (place.y - north) ** 2 for place in places]
                middle = houses[order.index(min(order))]
                entry.point = middle.point
                codes = {house.postcode for house in houses}
                entry.postcode = codes.pop() if len(codes) == 1 else ""
                entry.place = entry.place or middle.place
                entry.district = middle.district
            elif street.line is not None:
                entry.point = halfway(street.line)
            fresh.append(entry)
        Address.objects.bulk_create(fresh, batch_size=BATCH)
        self.counts.created += len(fresh)


def import_rows(*, municipality: Municipality, rows: Iterable[Row], source: str, demo: bool = False) -> Counts:
    """Add or refresh the rows of one source; nothing is deleted. Each batch of 1,000 is one transaction.

    Streets and districts named by a row are made when missing; every street gets an entry of its own, so that
    it is found without a house number. Rows without a name are counted in `bad` with the reason.
    """
    run = _Import(municipality, source, demo)
    for batch in _batches(rows):
        with transaction.atomic():
            run.store(batch)
    with transaction.atomic():
        run.street_entries()
    if run.counts.created + run.counts.changed >= BATCH:
        refresh_statistics()
    gazetteer_changed.send(sender=Address, municipality=municipality)
    return run.counts

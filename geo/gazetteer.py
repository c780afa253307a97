"""The municipality's own gazetteer: rows in; streets, houses, districts and points of interest out.

Running the same rows again changes nothing: a row is known by its id in the source, else by what it says. A complete
run also removes what its source no longer names (`Vanished`); entries of other sources are never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

import shapely
from django.contrib.gis.geos import MultiPolygon, Point
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.text import slugify
from shapely.geometry.base import BaseGeometry

from geo.folding import fold, fold_number
from geo.models import Address, District, Municipality, Street
from geo.names import touch
from geo.own_entries import OWN, halfway, same_point, write_own_entries
from geo.policy import KIND_ADDRESS, KIND_DISTRICT, KIND_STREET
from geo.rows import BadFile
from geo.rows import Row as Row
from geo.signals import GROUND_CHANGED, gazetteer_changed
from geo.spatial_index import refresh_statistics
from outbox.events import emit

BATCH = 1000
#: Characters that our columns take.
LONGEST = {
    "street": 150, "house_number": 20, "postcode": 10, "place": 100, "district": 100, "name": 200, "external_id": 100,
}  # fmt: skip


class Vanished(StrEnum):
    """What becomes of entries that their source no longer names."""

    KEEP = "keep"
    #: They go, unless these are more than a fifth of the source: then the file is probably not whole, and all stay.
    REMOVE = "remove"
    REMOVE_ANY = "remove-any"


#: The share of a source that may vanish in one run, and a number that always may.
MOST_GONE, ALWAYS_GONE = 0.2, 20


@dataclass(slots=True)
class Counts:
    """What an import did; `kept` are vanished entries that stay because they are too many, `placeless` those that the
    file gives no place on the map."""

    created: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0
    kept: int = 0
    placeless: int = 0
    bad: list[str] = field(default_factory=list)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    walk = iter(rows)
    while batch := list(islice(walk, BATCH)):
        yield batch


def _middle(row: Row) -> Point | None:
    """Where the entry stands on the map: its point, half way along its line, or within its area."""
    if row.point is not None:
        return row.point
    if row.line is not None and len(row.line):
        return halfway(row.line)
    if row.boundary is not None:
        return row.boundary.point_on_surface
    return None


def _frame(municipality: Municipality) -> BaseGeometry | None:
    """The box of a municipality with half its size around it; None without a boundary."""
    if municipality.boundary is None:
        return None
    west, south, east, north = municipality.boundary.extent
    wide, high = (east - west) / 2, (north - south) / 2
    return shapely.box(west - wide, south - high, east + wide, north + high)


def _named(row: Row) -> str:
    """A row as a list of what is wrong names it."""
    name = " ".join(f"{row.street or row.name} {row.house_number}".split())
    return repr((name or row.external_id)[:80])


class _Import:
    """One run over one municipality; keeps the streets and districts it has met."""

    def __init__(self, municipality: Municipality, source: str, demo: bool) -> None:
        self.municipality = municipality
        self.source = source
        self.demo = demo
        self.counts = Counts()
        self.seen: set[int] = set()
        self.met: set[tuple[object, ...]] = set()
        self.streets = {(s.folded, s.place): s for s in Street.objects.filter(municipality=municipality)}
        self.districts = {d.slug: d for d in District.objects.filter(municipality=municipality)}
        self.areas: list[tuple[District, BaseGeometry]] = []
        self.new_areas = False
        self.frame = _frame(municipality)
        for one in self.districts.values():
            self.area(one)
        self.new_areas = False

    def area(self, district: District) -> None:
        """Remember the boundary of a district."""
        self.areas = [pair for pair in self.areas if pair[0].id != district.id]
        self.new_areas = True
        if district.boundary is not None:
            shape = shapely.from_wkb(bytes(district.boundary.wkb))
            shapely.prepare(shape)
            self.areas.append((district, shape))

    def district_at(self, point: Point | None) -> District | None:
        """The district whose boundary covers the point, the smallest one."""
        if point is None or not self.areas:
            return None
        found = [pair for pair in self.areas if shapely.intersects_xy(pair[1], point.x, point.y)]
        return min(found, key=lambda pair: (pair[1].area, pair[0].id))[0] if found else None

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
            self.area(found)
        elif boundary is not None and (found.boundary is None or not found.boundary.equals_exact(boundary)):
            found.boundary = boundary
            found.save(update_fields=["boundary"])
            self.area(found)
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
        if reason := self.unfit(row):
            self.counts.bad.append(f"{_named(row)}: {reason}")
            return None
        street = self.street(row) if row.street else None
        district = self.district(row.district) if row.district else None
        number = row.house_number.strip()
        if row.kind == KIND_ADDRESS:
            if street is None or not number:
                self.counts.bad.append(f"{_named(row)}: street or number missing")
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
        point = _middle(row)
        return Address(
            municipality=self.municipality,
            kind=row.kind,
            street=street,
            house_number=number,
            postcode=row.postcode.strip(),
            place=row.place.strip(),
            district=district or self.district_at(point),
            label=label[:250],
            folded=fold(label)[:300],
            point=point,
            source=self.source,
            external_id=row.external_id,
            demo=self.demo,
        )

    def unfit(self, row: Row) -> str:
        """Why a row cannot be an entry here, "" if it can."""
        for name, most in LONGEST.items():
            if len(getattr(row, name).strip()) > most:
                return f"{name.replace('_', ' ')} has more than {most} characters"
        if self.far(row):
            return f"lies far from {self.municipality.title}"
        return ""

    def far(self, row: Row) -> bool:
        """Whether all of it lies away from the municipality by more than half its width."""
        shape = row.point or row.line or row.boundary
        return self.frame is not None and shape is not None and not self.frame.intersects(shapely.box(*shape.extent))

    def look_at_first(self, batch: list[Row]) -> None:
        """Raise BadFile where most of the places are somewhere else: nothing of such a file is taken."""
        placed = [row for row in batch if row.point or row.line or row.boundary]
        away = sum(self.far(row) for row in placed)
        if away * 2 > len(placed):
            raise BadFile(
                f"{away} of the first {len(placed)} places lie far from {self.municipality.title}. Are east and north"
                " exchanged, is --srid another one, or is it the file of another municipality?"
            )

    def key(self, entry: Address) -> tuple[object, ...]:
        if entry.external_id:
            return (entry.external_id,)
        number = fold_number(entry.house_number)
        return entry.kind, entry.street_id, number or entry.folded, entry.postcode, entry.place

    def store(self, batch: list[Row]) -> None:
        entries = [entry for row in batch if (entry := self.entry(row))]
        self.counts.placeless += sum(entry.point is None for entry in entries)
        folded = {entry.folded for entry in entries}
        known = {}
        stored = Address.objects.filter(municipality=self.municipality, source=self.source)
        for old in stored.filter(folded__in=folded):
            known[self.key(old)] = old
        ids = [entry.external_id for entry in entries if entry.external_id]
        for old in stored.filter(external_id__in=ids):
            known[self.key(old)] = old
        fresh: list[Address] = []
        changed: list[Address] = []
        names = ["kind", "street_id", "house_number", "postcode", "place", "district_id", "label", "demo"]
        for entry in entries:
            key = self.key(entry)
            if key in self.met:
                self.counts.bad.append(f"{entry.label}: named twice")
                continue
            self.met.add(key)
            before = known.get(key)
            if before is None:
                fresh.append(entry)
                continue
            self.seen.add(before.id)
            same = all(getattr(before, name) == getattr(entry, name) for name in names)
            if same and same_point(before.point, entry.point):
                self.counts.same += 1
            else:
                entry.id = before.id
                changed.append(entry)
        self.seen.update(entry.id for entry in Address.objects.bulk_create(fresh, batch_size=BATCH))
        fields = [name.removesuffix("_id") for name in names]
        if changed:
            Address.objects.bulk_update(changed, [*fields, "folded", "point"], batch_size=200)
        self.counts.created += len(fresh)
        self.counts.changed += len(changed)

    def fill_districts(self) -> None:
        """Give entries without a district the one around them, where a boundary came after them."""
        if not self.new_areas:
            return
        without = Address.objects.filter(municipality=self.municipality, district=None).exclude(point=None)
        filled = []
        for entry in without.only("point").order_by("id"):
            entry.district = self.district_at(entry.point)
            if entry.district is not None:
                filled.append(entry)
        Address.objects.bulk_update(filled, ["district"], batch_size=BATCH // 2)

    def remove_vanished(self, rule: Vanished) -> None:
        """Entries of this source that no row named go, and streets that nothing names any more."""
        stored = set(
            Address.objects.filter(municipality=self.municipality, source=self.source).values_list("id", flat=True)
        )
        gone = sorted(stored - self.seen)
        if rule == Vanished.REMOVE and len(gone) > max(ALWAYS_GONE, MOST_GONE * len(stored)):
            self.counts.kept = len(gone)
            return
        for begin in range(0, len(gone), BATCH):
            Address.objects.filter(id__in=gone[begin : begin + BATCH]).delete()
        self.counts.removed += len(gone)
        named = Address.objects.filter(street=OuterRef("pk")).exclude(source=OWN)
        Street.objects.filter(~Exists(named), municipality=self.municipality).delete()


def import_rows(
    *,
    municipality: Municipality,
    rows: Iterable[Row],
    source: str,
    demo: bool = False,
    vanished: Vanished = Vanished.KEEP,
    dry_run: bool = False,
) -> Counts:
    """Add or refresh the rows of one source. Each batch of 1,000 is one transaction; with `dry_run` everything is one
    transaction that is rolled back, and the counts say what would have been done.

    Streets and districts named by a row are made when missing; every street and district gets an entry of its own, so
    that it is found without a house number, and a street whose name stands in several parts of town one in each. Rows
    without a name, named twice, or far from the municipality are in `bad` with the reason. Districts are never removed:
    cases name them. Raises BadFile where most of the places lie elsewhere. The event GROUND_CHANGED tells of it.
    """
    if dry_run:
        with transaction.atomic():
            counts = _run(municipality, rows, source, demo, vanished)
            transaction.set_rollback(True)
        return counts
    counts = _run(municipality, rows, source, demo, vanished)
    if counts.created + counts.changed + counts.removed >= BATCH:
        refresh_statistics()
    gazetteer_changed.send(sender=Address, municipality=municipality)
    return counts


def _run(municipality: Municipality, rows: Iterable[Row], source: str, demo: bool, vanished: Vanished) -> Counts:
    run = _Import(municipality, source, demo)
    for number, batch in enumerate(_batches(rows)):
        with transaction.atomic():
            if not number:
                run.look_at_first(batch)
            run.store(batch)
    with transaction.atomic():
        if vanished != Vanished.KEEP:
            run.remove_vanished(vanished)
        run.fill_districts()
        run.counts.created += write_own_entries(municipality, demo=demo)
        touch([municipality.pk])
        if run.counts.created + run.counts.changed + run.counts.removed or run.new_areas:
            emit(GROUND_CHANGED, municipality=municipality.pk, districts=run.new_areas)
    return run.counts

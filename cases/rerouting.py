"""Where cases lie after boundaries or areas changed: district and responsible unit of many at once.

Places are judged in batches by the set-based functions (`geo.many`, `cases.routing_many`), so a million cases are
walked in minutes; written is only what differs, a batch in a transaction, so whatever stops it, the next run goes on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from cases.models import Case, Entry, Topic
from cases.policy import ACTIVE, Actor, Deed, State
from cases.routing_many import Routes
from geo.many import Grounds, Owners
from geo.models import Municipality
from geo.spatial import East, North

BATCH: Final = 5_000
EXAMPLES: Final = 10


class _Row(NamedTuple):
    """A case as far as this needs it."""

    pk: int
    municipality: int
    topic: int
    unit: int | None
    district: int | None
    state: str
    version: int
    number: str | None
    lon: float
    lat: float


@dataclass(slots=True)
class Outcome:
    """What a run found and did."""

    looked_at: int = 0
    districts: int = 0
    """Cases, open or closed, that lie in another district now."""
    moved: int = 0
    """Open cases that another unit has now."""
    kept: int = 0
    """Open cases of another unit that stay, since somebody chose their unit or it accepted them."""
    elsewhere: int = 0
    """Open cases whose place belongs to another municipality now. They stay: handing one over is a decision."""
    examples: list[str] = field(default_factory=list)
    """Numbers of the first few of these."""


@dataclass(slots=True)
class _Changes:
    """What is to be written for one batch: id of a case → its new district or unit."""

    districts: dict[int, int | None] = field(default_factory=dict)
    units: dict[int, int] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)


def reroute_all(
    *,
    municipality: Municipality,
    at: datetime,
    units: bool = True,
    everything: bool = False,
    dry_run: bool = False,
    seen: Callable[[int], object] = lambda _count: None,
) -> Outcome:
    """Judge all cases of a municipality and of those below it anew: district of all, unit of the open ones (`units`).

    A unit that somebody chose by hand, or that accepted the case, keeps it unless `everything`; what nobody is
    responsible for stays where it is. Units are not written to for each case; the history of each tells of the change.
    `seen` is called with the number of cases looked at. `dry_run` counts and writes nothing.
    """
    run = _Run(municipality, at=at, units=units, everything=everything, dry_run=dry_run)
    for batch in run.batches():
        run.judge(batch)
        seen(len(batch))
    return run.outcome


class _Run:
    """One walk; keeps boundaries and tables of responsibility prepared."""

    def __init__(
        self, municipality: Municipality, *, at: datetime, units: bool, everything: bool, dry_run: bool
    ) -> None:
        self.at, self.with_units, self.everything, self.dry_run = at, units, everything, dry_run
        ids = municipality.family_ids()
        family = Municipality.objects.filter(pk__in=ids).select_related("parent__parent")
        self.family = {one.pk: one for one in family.defer("boundary", "parent__boundary", "parent__parent__boundary")}
        self.bounded = set(family.exclude(boundary=None).values_list("pk", flat=True))
        self.topics: dict[int, Topic] = {}
        self.owners, self.grounds, self.routes = Owners(), Grounds(), Routes()
        self.outcome = Outcome()

    def batches(self) -> Iterator[list[_Row]]:
        """Cases with a place, by id."""
        last = 0
        rows = Case.objects.real().filter(municipality__in=list(self.family), point__isnull=False).order_by("pk")
        columns = rows.values_list(
            "pk", "municipality_id", "topic_id", "unit_id", "district_id", "state", "version", "number",
            East("point"), North("point"),
        )  # fmt: skip
        while batch := [_Row(*row) for row in columns.filter(pk__gt=last)[:BATCH]]:
            yield batch
            last = batch[-1].pk

    def judge(self, batch: list[_Row]) -> None:
        """Compare a batch with what holds now, and write what differs."""
        self.outcome.looked_at += len(batch)
        self._load_topics(batch)
        self._note_elsewhere(batch)
        changes = _Changes()
        of_town: defaultdict[int, list[_Row]] = defaultdict(list)
        for row in batch:
            of_town[row.municipality].append(row)
        for town, rows in of_town.items():
            xs, ys = _places(rows)
            for row, district in zip(rows, self.grounds.districts(self.family[town], xs, ys), strict=True):
                if district != row.district:
                    changes.districts[row.pk] = district
                    changes.versions[row.pk] = row.version
            if self.with_units:
                self._judge_units(town, rows, changes)
        if changes.units and not self.everything:
            for pk in self._chosen(list(changes.units)):
                del changes.units[pk]
                self.outcome.kept += 1
        if self.dry_run:
            self.outcome.districts += len(changes.districts)
            self.outcome.moved += len(changes.units)
        else:
            self._write(changes)

    def _judge_units(self, town: int, rows: list[_Row], changes: _Changes) -> None:
        of_topic: defaultdict[int, list[_Row]] = defaultdict(list)
        for row in rows:
            if State(row.state) in ACTIVE:
                of_topic[row.topic].append(row)
        for topic, some in of_topic.items():
            named = self.routes.units(self.family[town], self.topics[topic], *_places(some))
            for row, unit in zip(some, named, strict=True):
                if unit is not None and unit != row.unit:
                    changes.units[row.pk] = unit
                    changes.versions[row.pk] = row.version

    def _load_topics(self, batch: list[_Row]) -> None:
        if missing := {row.topic for row in batch} - self.topics.keys():
            self.topics |= Topic.objects.select_related("parent").in_bulk(missing)

    def _note_elsewhere(self, batch: list[_Row]) -> None:
        owners = self.owners.of(*_places(batch)).tolist()
        for row, owner in zip(batch, owners, strict=True):
            if owner != row.municipality and row.municipality in self.bounded and State(row.state) in ACTIVE:
                self.outcome.elsewhere += 1
                if len(self.outcome.examples) < EXAMPLES:
                    self.outcome.examples.append(row.number or str(row.pk))

    def _chosen(self, ids: list[int]) -> set[int]:
        """Of these cases those whose unit somebody chose, or that accepted them."""
        by_hand = Entry.objects.filter(case=OuterRef("pk"), deed=Deed.ASSIGNED.value, actor=Actor.STAFF.value)
        found: set[int] = set()
        for begin in range(0, len(ids), 1000):
            some = Case.objects.filter(pk__in=ids[begin : begin + 1000]).filter(unit__isnull=False)
            found |= set(some.filter(Exists(by_hand)).values_list("pk", flat=True))
            found |= set(some.filter(accepted_at__isnull=False).values_list("pk", flat=True))
        return found

    def _write(self, changes: _Changes) -> None:
        """Set districts and units of the cases that nobody changed meanwhile; the others come with the next run."""
        ids = sorted(changes.versions)
        for begin in range(0, len(ids), 1000):
            with transaction.atomic():
                rows = Case.objects.select_for_update().filter(pk__in=ids[begin : begin + 1000]).order_by("pk")
                still = {
                    pk: (version, unit)
                    for pk, version, unit in rows.values_list("pk", "version", "unit_id")
                    if version == changes.versions[pk]
                }
                self._write_districts(changes, still)
                self._write_units(changes, still)

    def _write_districts(self, changes: _Changes, still: Mapping[int, tuple[int, int | None]]) -> None:
        groups: defaultdict[int | None, list[int]] = defaultdict(list)
        for pk in still:
            if pk in changes.districts:
                groups[changes.districts[pk]].append(pk)
        for district, ids in groups.items():
            self.outcome.districts += Case.objects.filter(pk__in=ids).update(district_id=district)

    def _write_units(self, changes: _Changes, still: Mapping[int, tuple[int, int | None]]) -> None:
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for pk in still:
            if pk in changes.units:
                groups[changes.units[pk]].append(pk)
        for unit, ids in groups.items():
            # As routing.give does it for one.
            self.outcome.moved += Case.objects.filter(pk__in=ids).update(
                unit_id=unit, assignee=None, assigned_at=self.at, accepted_at=None, changed_at=self.at,
                version=F("version") + 1,
            )  # fmt: skip
        Entry.objects.bulk_create(
            [
                Entry(
                    case_id=pk,
                    deed=Deed.ASSIGNED.value,
                    at=self.at,
                    actor=Actor.SYSTEM.value,
                    data={"from": still[pk][1], "unit": unit, "assignee": None, "rerouted": True},
                    version=still[pk][0] + 1,
                )
                for unit, ids in groups.items()
                for pk in ids
            ],
            batch_size=500,
        )


def _places(rows: list[_Row]) -> tuple[np.ndarray, np.ndarray]:
    return (
        np.array([row.lon for row in rows], dtype=np.float64),
        np.array([row.lat for row in rows], dtype=np.float64),
    )

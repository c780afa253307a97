"""Where a case goes and by when: responsibility, inheritance of rows, deadlines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import holidays
from django.contrib.gis.geos import Point
from django.db.models import Q
from django.utils import timezone

from accounts.models import Unit, User
from cases.models import Case, Responsibility, Stage, TextBlock, Topic
from cases.policy import Means, State
from geo.models import Municipality
from outbox.kept import kept

BERLIN = ZoneInfo("Europe/Berlin")
Row = TypeVar("Row", Topic, Stage, TextBlock)


def inherited(rows: Iterable[Row], municipality: Municipality) -> list[Row]:
    """Of rows of a municipality and its parents, per slug the nearest one; inactive ones hide what they override."""
    return [row for row in nearest_of(rows, municipality) if row.active]


def nearest_of(rows: Iterable[Row], municipality: Municipality) -> list[Row]:
    """Per slug the nearest one, also those out of use: what somebody who sets it up sees."""
    order = {one.pk: index for index, one in enumerate(municipality.chain())}
    nearest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: order[row.municipality_id], reverse=True):
        nearest[row.slug] = row
    return sorted(nearest.values(), key=lambda row: (row.position, row.slug))


def topics(municipality: Municipality) -> list[Topic]:
    """The topics that hold in a municipality, in order."""
    return inherited(Topic.objects.filter(municipality__in=municipality.chain()), municipality)


def stages(municipality: Municipality, state: State | None = None) -> list[Stage]:
    """The stages that hold in a municipality (of one state), in order."""
    rows = Stage.objects.filter(municipality__in=municipality.chain())
    return [row for row in inherited(rows, municipality) if state is None or row.state == state.value]


def first_stage(municipality: Municipality, state: State) -> Stage | None:
    """The stage in which a case of a state begins, None where none is set up. Kept, see outbox.kept."""
    key = ("first stage", state.value, *municipality.chain_ids())
    return kept(key, lambda: next(iter(stages(municipality, state)), None))


def stage_that_means(municipality: Municipality, means: Means, *states: State) -> Stage | None:
    """The first stage that stands for `means` (of these states), None where nobody set one up."""
    found = [row for row in stages(municipality) if row.means == means.value]
    return next((row for row in found if not states or row.state in states), None)


def text_blocks(municipality: Municipality, *, topic: Topic | None = None) -> list[TextBlock]:
    """The text blocks that hold in a municipality, for any topic, this one or its group, in order."""
    rows = TextBlock.objects.filter(municipality__in=municipality.chain()).select_related("topic")
    of_topic = set(lineage(topic)) if topic is not None else set()
    return [row for row in inherited(rows, municipality) if row.topic is None or row.topic.slug in of_topic]


def lineage(topic: Topic) -> list[str]:
    """A topic and its group, by their slugs: so that a row for the county's topic holds for a town's own version."""
    return [topic.slug] + ([topic.parent.slug] if topic.parent else [])


class Weight(NamedTuple):
    """What decides between several rows of the table of responsibility: the lightest wins, compared field by field."""

    everywhere: bool
    """A row without an area loses against one with an area."""
    size: float
    """Of several areas the smallest wins."""
    generality: int
    """The category before its group, the group before any."""
    distance: int
    """The municipality's own row before its county's."""
    age: int
    """Else the row that was made first."""


@dataclass(frozen=True)
class Judged:
    """A row of the table, and what comes of it for one topic and place."""

    row: Responsibility
    weight: Weight
    fits: bool
    """Its area holds the place and its unit is in use."""
    lost_by: str = ""
    """The field of Weight in which it is heavier than the row that wins; "" for the winner and what does not fit."""


def weight(row: Responsibility, *, of_topic: Sequence[str], chain: Sequence[int]) -> Weight:
    """How a row weighs for a topic (its `lineage`) in a municipality (the ids of its chain)."""
    return Weight(
        everywhere=row.area is None,
        size=row.area.area if row.area is not None else 0.0,
        generality=of_topic.index(row.topic.slug) if row.topic is not None else len(of_topic),
        distance=chain.index(row.municipality_id),
        age=row.pk,
    )


def responsibilities(municipality: Municipality, topic: Topic | None = None) -> list[Responsibility]:
    """All rows that may decide in a municipality (about a topic): its own and its county's."""
    rows = Responsibility.objects.filter(municipality__in=municipality.chain())
    if topic is not None:
        rows = rows.filter(Q(topic=None) | Q(topic__slug__in=lineage(topic)))
    return list(rows.select_related("unit", "topic__parent").order_by("pk"))


def _measured(rows: list[Responsibility]) -> list[Responsibility]:
    """The same rows; what GEOS works out of an area once and notes in it is noted before threads share it."""
    for row in rows:
        if row.area is not None:
            row.area.extent  # noqa: B018
    return rows


def judged(
    rows: Iterable[Responsibility], *, municipality: Municipality, topic: Topic, point: Point | None
) -> list[Judged]:
    """The rows about a topic, the one that wins first, then those that lose against it, then those that do not fit.

    This is the rule itself: `responsibility_for` is the first of it, and the set-up shows all of it with the reasons.
    """
    of_topic, chain = lineage(topic), municipality.chain_ids()
    found = []
    for row in rows:
        if row.topic is None or row.topic.slug in of_topic:
            inside = row.area is None or (point is not None and row.area.covers(point))
            found.append(Judged(row, weight(row, of_topic=of_topic, chain=chain), inside and row.unit.active))
    found.sort(key=lambda one: (not one.fits, one.weight))
    return [found[0], *(_lost(one, found[0]) for one in found[1:])] if found else []


def _lost(one: Judged, winner: Judged) -> Judged:
    if not one.fits:
        return one
    pairs = zip(Weight._fields, one.weight, winner.weight, strict=True)
    return replace(one, lost_by=next(name for name, mine, theirs in pairs if mine != theirs))


def responsibility_for(*, municipality: Municipality, topic: Topic, point: Point | None) -> Responsibility | None:
    """The row that decides who settles it; the order stands in Weight. The rows are kept, see outbox.kept."""
    key = ("responsibilities", *municipality.chain_ids(), *lineage(topic))
    rows = kept(key, lambda: _measured(responsibilities(municipality, topic)))
    found = judged(rows, municipality=municipality, topic=topic, point=point)
    return found[0].row if found and found[0].fits else None


def unit_for(*, municipality: Municipality, topic: Topic, point: Point | None) -> Unit | None:
    """The unit that settles it; None for confidential topics, which the complaint management hands on itself."""
    if topic.confidential:
        return None
    row = responsibility_for(municipality=municipality, topic=topic, point=point)
    return row.unit if row else None


def give(case: Case, unit: Unit | None, assignee: User | None = None, *, at: datetime) -> None:
    """Set unit and person of a locked case: since when it lies there, and that nobody there has accepted it yet."""
    moved = unit != case.unit or (unit is None and (assignee is None or assignee != case.assignee))
    case.unit, case.assignee = unit, assignee
    if moved:
        case.assigned_at = at if unit is not None or assignee is not None else None
        case.accepted_at = None


def reroute(case: Case, named_before: Unit | None, *, at: datetime) -> None:
    """Give a case of another category or place to the unit that is responsible now.

    A unit that somebody chose by hand keeps it as long as the table names the same unit as before: then the change
    says nothing about who settles it. Where the table names another one, that one gets it.
    """
    named = unit_for(municipality=case.municipality, topic=case.topic, point=case.point)
    if named is not None and named != case.unit and (named != named_before or case.unit is None):
        give(case, named, at=at)
    elif case.confidential:
        give(case, None, case.assignee, at=at)


@lru_cache(maxsize=256)
def _public_holidays(state: str, year: int) -> frozenset[date]:
    """The public holidays of a state in a year; working them out takes longer than a query."""
    return frozenset(holidays.country_holidays("DE", subdiv=state, years=year))


def is_working_day(municipality: Municipality, day: datetime) -> bool:
    """Whether the town hall works: its weekdays, minus public holidays of the state, minus further closed days."""
    local = day.astimezone(BERLIN).date()
    if local.weekday() not in municipality.working_days:
        return False
    if municipality.state_key and local in _public_holidays(municipality.subdivision, local.year):
        return False
    return not {local.isoformat(), local.strftime("%m-%d")} & set(municipality.closed_days)


def due(municipality: Municipality, start: datetime, working_days: int) -> datetime:
    """The end (18:00, Berlin) of the n-th working day after `start`."""
    day, left = start, working_days
    while left > 0:
        day += timedelta(days=1)
        if is_working_day(municipality, day):
            left -= 1
    return timezone.make_aware(datetime.combine(day.astimezone(BERLIN).date(), time(18)), BERLIN)


def lain(municipality: Municipality, at: datetime, working_days: int) -> datetime:
    """The moment before which something must have come to have lain for so many whole working days at `at`, the day of
    `at` and the day on which it came not counted."""
    day, left = at.astimezone(BERLIN).date(), working_days
    while left > 0:
        day -= timedelta(days=1)
        left -= is_working_day(municipality, timezone.make_aware(datetime.combine(day, time(12)), BERLIN))
    return timezone.make_aware(datetime.combine(day, time.min), BERLIN)


def resumed(municipality: Municipality, due_at: datetime, stopped: datetime, resumed_at: datetime) -> datetime:
    """`due_at` pushed back by the working days that the clock stood still."""
    day, waited = stopped, 0
    while day.date() < resumed_at.date():
        day += timedelta(days=1)
        waited += is_working_day(municipality, day)
    return due(municipality, due_at, waited) if waited else due_at

"""Where a case goes and by when: responsibility, inheritance of rows, deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

import holidays
from django.contrib.gis.geos import Point
from django.db.models import Q
from django.utils import timezone

from accounts.models import Unit, User
from cases.models import Case, Responsibility, Stage, TextBlock, Topic
from cases.policy import Means, State
from geo.models import Municipality

BERLIN = ZoneInfo("Europe/Berlin")
Row = TypeVar("Row", Topic, Stage, TextBlock)


def inherited(rows: Iterable[Row], municipality: Municipality) -> list[Row]:
    """Of rows of a municipality and its parents, per slug the nearest one; inactive ones hide what they override."""
    order = {one.pk: index for index, one in enumerate(municipality.chain())}
    nearest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: order[row.municipality_id], reverse=True):
        nearest[row.slug] = row
    found = [row for row in nearest.values() if getattr(row, "active", True)]
    return sorted(found, key=lambda row: (row.position, row.slug))


def topics(municipality: Municipality) -> list[Topic]:
    """The topics that hold in a municipality, in order."""
    return inherited(Topic.objects.filter(municipality__in=municipality.chain()), municipality)


def stages(municipality: Municipality, state: State | None = None) -> list[Stage]:
    """The stages that hold in a municipality (of one state), in order."""
    rows = Stage.objects.filter(municipality__in=municipality.chain())
    return [row for row in inherited(rows, municipality) if state is None or row.state == state.value]


def stage_that_means(municipality: Municipality, means: Means, *states: State) -> Stage | None:
    """The first stage that stands for `means` (of these states), None where nobody set one up."""
    found = [row for row in stages(municipality) if row.means == means.value]
    return next((row for row in found if not states or row.state in states), None)


def text_blocks(municipality: Municipality, *, topic: Topic | None = None) -> list[TextBlock]:
    """The text blocks that hold in a municipality, for any topic or this one, in order."""
    rows = TextBlock.objects.filter(municipality__in=municipality.chain())
    return [row for row in inherited(rows, municipality) if row.topic_id in {None, topic.pk if topic else None}]


def responsibility_for(*, municipality: Municipality, topic: Topic, point: Point | None) -> Responsibility | None:
    """The row that decides who settles it: an area wins over none (the smallest of several), then topic over group
    over any, then the municipality's own row over the county's."""
    order = {one.pk: index for index, one in enumerate(municipality.chain())}
    lineage = [topic.slug] + ([topic.parent.slug] if topic.parent else [])
    rows = Responsibility.objects.filter(
        Q(topic=None) | Q(topic__slug__in=lineage), municipality__in=municipality.chain(), unit__active=True
    ).select_related("unit", "topic")

    def rank(row: Responsibility) -> tuple[int, float, int, int] | None:
        if row.area is not None and (point is None or not row.area.covers(point)):
            return None
        specific = lineage.index(row.topic.slug) if row.topic is not None else len(lineage)
        return (
            0 if row.area is not None else 1,
            row.area.area if row.area else 0.0,
            specific,
            order[row.municipality_id],
        )

    ranked = [(found, row.pk, row) for row in rows if (found := rank(row)) is not None]
    return min(ranked)[2] if ranked else None


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

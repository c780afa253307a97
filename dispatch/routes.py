"""The tour that is proposed for a team's day: what is urgent first, from the depot and back to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import Unit
from cases.numbers import is_late
from dispatch import lists, tours
from dispatch.models import Job


@dataclass(frozen=True)
class Route:
    """A tour over what is left of a day."""

    cases: list[int]
    """Ids of cases in the proposed order; what has no place comes last among the urgent ones, and among the others."""
    entered: float
    """Metres of the order as it stands, as the crow flies, from the depot and back where the team has one."""
    proposed: float
    """Metres of the proposed order; never more than `entered`."""


def is_urgent(job: Job, at: datetime) -> bool:
    """Whether a job goes before the others, wherever it stands in the order: it is dangerous or overdue, and open."""
    case = job.case
    return not case.facts.closed and (case.topic.category.danger or is_late(case, at))


def urgent_first(jobs: Iterable[Job], at: datetime) -> list[Job]:
    """The order that people see: what is urgent on top, each part as it was put in order."""
    return sorted(jobs, key=lambda job: not is_urgent(job, at))


def proposed(*, team: Unit, day: date, at: datetime, jobs: Sequence[Job] | None = None) -> Route:
    """A good tour over the open jobs of a team's day, never longer than the order that people see.

    What is urgent stays before the rest. `jobs` are those of `lists.of_day`, where they were read already.
    """
    listed = lists.of_day(team=team, day=day, at=at) if jobs is None else jobs
    left = [job for job in urgent_first(listed, at) if not job.case.facts.closed]
    parts = [[job for job in left if is_urgent(job, at)], [job for job in left if not is_urgent(job, at)]]
    depot = team.depot
    way: list[Job] = []
    begin = depot
    for number, part in enumerate(parts):
        last = number == 1 or not any(job.case.point for job in parts[1])
        placed = [job for job in part if job.case.point]
        order = tours.propose([_place(job) for job in placed], begin, depot if last else None)
        way += [placed[one] for one in order] + [job for job in part if not job.case.point]
        begin = _place(placed[order[-1]]) if placed else begin
    entered, metres = _metres(left, depot), _metres(way, depot)
    if metres >= entered:
        return Route([job.case_id for job in left], entered, entered)
    return Route([job.case_id for job in way], entered, metres)


def _place(job: Job) -> tours.LonLat:
    point = job.case.point
    assert point is not None
    return (point.x, point.y)


def _metres(jobs: Iterable[Job], depot: tours.LonLat | None) -> float:
    points = [_place(job) for job in jobs if job.case.point]
    return tours.length(points, range(len(points)), depot, depot)

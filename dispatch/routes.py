"""What is urgent on a team's day, and the tour that is proposed for it, from the depot and back to it."""

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
    """Ids of cases in the proposed order; what has no place comes last."""
    entered: float
    """Metres of the order as it was entered, as the crow flies, from the depot and back where the team has one."""
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
    """A good tour over the open jobs of a team's day by distance alone, never longer than the order as it was entered.

    What is urgent is shown on top whatever the order; its place in the tour is where it costs least. `jobs` are those
    of `lists.of_day`, where they were read already.
    """
    listed = lists.of_day(team=team, day=day, at=at) if jobs is None else jobs
    left = [job for job in listed if not job.case.facts.closed]
    placed = [job for job in left if job.case.point]
    points, depot = [_place(job) for job in placed], team.depot
    order = tours.propose(points, depot, depot)
    cases = [placed[one].case_id for one in order] + [job.case_id for job in left if not job.case.point]
    entered = tours.length(points, range(len(points)), depot, depot)
    return Route(cases, entered, tours.length(points, order, depot, depot))


def _place(job: Job) -> tours.LonLat:
    point = job.case.point
    assert point is not None
    return (point.x, point.y)

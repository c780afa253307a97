"""Reading the day lists: what a team has to do on a day, how much it has, and what nobody has planned yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.models import Unit
from accounts.units import in_order
from cases.models import Case, Entry
from cases.policy import ACTIVE, Deed
from dispatch.models import Job
from geo.models import Municipality

RELATED = ("case__topic__category", "case__stage", "case__report", "case__municipality", "case__district", "team")
_LIES = Q(case__unit=F("team"))
"""The case still lies with the team: given elsewhere, it is on no list, until it is planned anew."""
_SHAPES = ("case__municipality__boundary", "case__district__boundary")


def teams_of(municipality: Municipality) -> list[Unit]:
    """Whom somebody can plan for: the inner units in use, each with its teams behind it."""
    return in_order(Unit.objects.filter(municipality=municipality, active=True, external=False))


def is_listed(case: Case) -> bool:
    """Whether a case is on the list of the team it lies with; no query where `job` was fetched along."""
    job: Job | None = getattr(case, "job", None)
    return job is not None and job.team_id == case.unit_id


def of_day(*, team: Unit, day: date, at: datetime) -> list[Job]:
    """The jobs of a team on a day, in order; one query.

    Today's list also has what earlier days left, and what of it was done today; a past day has what was planned for it
    and is not on a later list, or was done on it.
    """
    return of_teams(teams=[team], day=day, at=at)[team.pk]


def of_teams(*, teams: Iterable[Unit], day: date, at: datetime) -> dict[int, list[Job]]:
    """The jobs of several teams on a day as `of_day` has them, by team; one query for all."""
    found: dict[int, list[Job]] = {team.pk: [] for team in teams}
    begin = timezone.make_aware(datetime.combine(day, time.min))
    done_then = Q(day__lt=day, case__closed_at__gte=begin, case__closed_at__lt=begin + timedelta(days=1))
    wanted = Q(day=day) | done_then
    if day == localdate(at):
        wanted |= Q(day__lt=day, case__state__in=ACTIVE)
    rows = Job.objects.filter(wanted, _LIES, team__in=list(found)).select_related(*RELATED).defer(*_SHAPES)
    for job in rows.order_by("position", "pk"):
        found[job.team_id].append(job)
    return found


def rolled_over(job: Job, *, on: date) -> bool:
    """Whether a job is left from an earlier day than the list's."""
    return job.day < on and not job.case.facts.closed


def load(*, teams: Iterable[Unit], days: Collection[date], at: datetime) -> dict[tuple[int, date], int]:
    """How many jobs each team still has on each of the days, by (team, day); what was left counts today. One query."""
    today, found = localdate(at), Counter[tuple[int, date]]()
    rows = Job.objects.filter(_LIES, team__in=list(teams), day__lte=max(days), case__state__in=ACTIVE)
    for team, day in rows.values_list("team_id", "day"):
        found[team, max(day, today)] += 1
    return {key: number for key, number in found.items() if key[1] in days}


def unplanned(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Of these cases those that need something and stand on no list; `came_back` says that a team could not do it.

    What is dangerous comes first, then those, then by priority and due date.
    """
    back = Entry.objects.filter(case=OuterRef("pk"), deed=Deed.UNPLANNED.value).exclude(text="")
    listed = Job.objects.filter(case=OuterRef("pk"), team=OuterRef("unit"))
    return (
        cases.filter(~Exists(listed), state__in=ACTIVE)
        .annotate(came_back=Exists(back))
        .order_by("-topic__category__danger", "-came_back", "-priority", F("due_at").asc(nulls_last=True), "pk")
    )


def lay_with(case: Case, units: Collection[int]) -> bool:
    """Whether a case was ever on a list of one of these teams, wherever it lies now."""
    planned = Entry.objects.filter(case=case, deed=Deed.PLANNED.value, data__team__in=list(units))
    return Job.objects.filter(case=case, team__in=units).exists() or planned.exists()

"""Verbs of the day lists: plan, take off, put in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.policy import Permission
from accounts.services import may
from cases import routing
from cases.change import Act, By, change, permits
from cases.errors import Denied, Invalid, NoSuchEdge
from cases.models import Case, Entry
from cases.planning import resubmit
from cases.policy import ACTIVE, Deed, State
from cases.services import checked_text
from dispatch import lists
from dispatch.models import Job

AHEAD = timedelta(days=366)
"""Further away nobody plans; most likely the year is mistyped."""


def plan(*, case: Case, team: Unit, day: date, by: By, act: Act | None = None) -> Entry:
    """Put a case on the list of a team for a day, at its end; from another list it moves. The case is the team's then,
    accepted, and no longer put aside.

    Raises Invalid for a day that has passed or is more than a year away, for a team that is no inner unit in use of
    this municipality, and where it is planned so already; NoSuchEdge for a closed case.
    """
    asked = {"team": team.pk, "day": day.isoformat()}
    with change(case=case, by=by, deed=Deed.PLANNED, permission=Permission.ASSIGN, asked=asked, act=act) as step:
        if step.replayed:
            return step.entry
        row, entry = step.case, step.entry
        if State(row.state) not in ACTIVE:
            raise NoSuchEdge
        today = localdate(entry.at)
        if not today <= day <= today + AHEAD:
            raise Invalid({"day": [_("Please choose today or a later day, at most one year ahead.")]})
        if not team.active or team.external or team.municipality_id != row.municipality_id:
            raise Invalid({"team": [_("This team cannot be planned for.")]})
        before = Job.objects.filter(case=row).first()
        if before is not None and (before.team_id, before.day) == (team.pk, day) and row.unit_id == team.pk:
            raise Invalid({"day": [_("It is planned so already.")]})
        entry.data = {
            **asked,
            "team_before": before.team_id if before else None,
            "day_before": before.day.isoformat() if before else None,
            "unit_before": row.unit_id,
        }
        if row.unit_id != team.pk:
            routing.give(row, team, at=entry.at)
        row.accepted_at, row.resubmit_on = row.accepted_at or entry.at, None
        last = Job.objects.filter(team=team, day__lte=day, case__state__in=ACTIVE).aggregate(last=Max("position"))
        facts = {"team": team, "day": day, "position": (last["last"] or 0) + 1}
        facts |= {"planned_at": entry.at, "planned_by": by.user}
        Job.objects.update_or_create(case=row, defaults=facts)
    return step.entry


def unplan(*, case: Case, by: By, text: str = "", act: Act | None = None) -> Entry:
    """Take a case off its list; it stays with its team. With a reason, which colleagues read, the team could not do it.

    Raises NoSuchEdge where it is on none, or is settled; Invalid without a reason from somebody who does not plan.
    """
    text = checked_text(text, required=False)
    with change(
        case=case, by=by, deed=Deed.UNPLANNED, permission=Permission.MOVE, asked={"text": text}, act=act
    ) as step:
        if not step.replayed:
            job = Job.objects.filter(case=step.case).first()
            if job is None or State(step.case.state) not in ACTIVE:
                raise NoSuchEdge
            if not text and by.user is not None and not permits(step.case, by.user, Permission.ASSIGN):
                raise Invalid({"text": [_("Please say why it was not possible.")]})
            step.entry.text, step.entry.data = text, {"team": job.team_id, "day": job.day.isoformat()}
            job.delete()
    return step.entry


@transaction.atomic
def put_off(*, case: Case, on: date, by: By, text: str = "", act: Act | None = None) -> Entry:
    """Put a case aside until a day (`cases.planning.resubmit`); on that day it is on its team's list again.

    Raises what that raises.
    """
    entry = resubmit(case=case, on=on, by=by, text=text, act=act)
    Job.objects.filter(case=case, day__lt=on).update(day=on)
    return entry


@transaction.atomic
def arrange(*, team: Unit, day: date, order: Sequence[int], seen: Sequence[int], by: User, at: datetime) -> None:
    """Put the jobs of a list in order: `order` are ids of cases; those it does not name stay behind, as they are.

    `seen` is the order the person saw. Raises Denied without the right, Invalid where the list has changed meanwhile.
    """
    if not may(by, Permission.MOVE, municipality_id=team.municipality_id, unit=team):
        raise Denied
    Unit.objects.select_for_update().filter(pk=team.pk).first()
    jobs = lists.of_day(team=team, day=day, at=at)
    now = [job.case_id for job in jobs]
    if list(seen) != now:
        raise Invalid({"": [_("The list has changed meanwhile. Please look at it again.")]})
    place = {case: index for index, case in enumerate(order)}
    for position, job in enumerate(sorted(jobs, key=lambda job: place.get(job.case_id, len(place))), 1):
        job.position = position
    Job.objects.bulk_update(jobs, ["position"])

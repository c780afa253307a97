"""The days of the yards: what their crews have on their lists, so that the field view and the planning have work."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Unit, User
from cases.change import Act, By
from cases.models import Case
from cases.policy import State
from dispatch.models import Job
from dispatch.services import plan
from geo.models import Municipality
from portal.demo.data import towns
from portal.demo.hush import hush

DAYS = {-1: 3, 0: 8, 1: 4}
"""How many jobs are planned for which day, counted from today: what is left of yesterday rolls over."""
AT = time(15, 30)
"""When the lead plans."""


def put_days(now: datetime) -> None:
    """Jobs of the yard of each town on its lists, and where its tours begin; once, where it never had a list."""
    for row in towns():
        yard = Unit.objects.filter(municipality__slug=row["slug"], slug="bauhof").first()
        if yard is None or Job.objects.filter(team=yard).exists():
            continue
        with transaction.atomic(), hush():
            yard.depot_lon, yard.depot_lat = row["centre"]
            yard.save(update_fields=["depot_lon", "depot_lat"])
            _plan(yard, User.objects.get(email=f"manager@{row['slug']}.example"), now)


def _plan(yard: Unit, lead: User, now: datetime) -> None:
    """The lead planned the day before yesterday for yesterday, and yesterday for the rest."""
    waiting = iter(_waiting(yard.municipality, now))
    today = timezone.localtime(now).date()
    for ahead, number in DAYS.items():
        day = today + timedelta(days=ahead)
        planned = timezone.make_aware(datetime.combine(min(day, today) - timedelta(days=1), AT))
        for index, case in zip(range(number), waiting, strict=False):
            plan(case=case, team=yard, day=day, by=By.staff(lead), act=Act(at=planned + timedelta(minutes=index)))


def _waiting(town: Municipality, now: datetime) -> list[Case]:
    """Cases of a town's own units that are in the works and have a place, as they came in."""
    rows = Case.objects.filter(
        municipality=town,
        state=State.OPEN.value,
        unit__external=False,
        unit__municipality=town,
        point__isnull=False,
        state_since__lt=now - timedelta(days=3),
    )
    return list(rows.order_by("submitted_at", "pk"))

"""Few numbers for the start page, kept for a minute: what happened lately, and this month in figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F
from django.utils import timezone

from cases.models import Case
from cases.policy import State
from geo.models import Municipality
from reports.policy import KIND
from reports.search import shown
from reports.showing import PublicReport

SECONDS = 60


@dataclass(frozen=True)
class Month:
    """The present month of a municipality, public reports only."""

    reported: int
    settled: int
    days: float | None
    """Mean days from the report until it was settled; None when nothing was."""


def lately(municipality: Municipality, count: int) -> list[PublicReport]:
    """The reports whose state changed last. Which ones is kept for a minute; whether they are public is asked anew."""
    key = f"reports:lately:{municipality.pk}:{count}"
    ids: list[int] | None = cache.get(key)
    if not ids:
        found = Case.objects.public().filter(kind=KIND, municipality__in=municipality.family_ids())
        ids = list(found.order_by("-state_since", "-pk").values_list("pk", flat=True)[:count])
        cache.set(key, ids, SECONDS)
    return shown(ids)


def this_month(municipality: Municipality) -> Month:
    """Reported, settled, and how long it took, since the first of the month (Berlin)."""
    key = f"reports:month:{municipality.pk}"
    kept: Month | None = cache.get(key)
    if kept is None:
        kept = _count(municipality)
        cache.set(key, kept, SECONDS)
    return kept


def _count(municipality: Municipality) -> Month:
    first = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = Case.objects.public().filter(kind=KIND, municipality__in=municipality.family_ids())
    taken = ExpressionWrapper(F("closed_at") - F("submitted_at"), DurationField())
    settled = found.filter(state=State.DONE.value, closed_at__gte=first).aggregate(n=Count("pk"), mean=Avg(taken))
    mean: timedelta | None = settled["mean"]
    return Month(
        reported=found.filter(submitted_at__gte=first).count(),
        settled=settled["n"],
        days=mean.total_seconds() / 86_400 if mean is not None else None,
    )

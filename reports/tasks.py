"""What the scheduler runs for reports."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from outbox.tasks import Periodic
from reports import ideas
from reports.counts.folding import fold

FOLD_SECONDS = 5.0
"""How often the map's deltas are folded. Who reads adds what waits: this is about what reading costs, not about age."""


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def look_at_ideas() -> None:
    """Tells of ideas that found their supporters, closes those that did not in time."""
    ideas.look(at=timezone.now())


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def fold_map_counts() -> None:
    """Adds what changed on the map to its kept counts."""
    fold(seconds=FOLD_SECONDS)


SCHEDULE = [
    Periodic(fold_map_counts, FOLD_SECONDS, expires=FOLD_SECONDS),
    Periodic(look_at_ideas, crontab(minute=47), expires=1800.0),
]
"""Run by the scheduler; times of day are Europe/Berlin."""

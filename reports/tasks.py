"""What the scheduler runs for reports."""

from celery import shared_task
from celery.schedules import crontab
from django.db import connection
from django.utils import timezone

from outbox.tasks import Periodic
from reports import ideas
from reports.counts.folding import fold
from reports.words import checking

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


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def clean_words() -> None:
    """Leaves nothing of deleted words in SQLite's trigrams; PostgreSQL's vacuum does its part by itself."""
    checking.cleansed(connection)


SCHEDULE = [
    Periodic(fold_map_counts, FOLD_SECONDS, expires=FOLD_SECONDS),
    Periodic(look_at_ideas, crontab(minute=47), expires=1800.0),
    Periodic(clean_words, crontab(hour=3, minute=53), expires=3600.0),
]
"""Run by the scheduler; times of day are Europe/Berlin."""

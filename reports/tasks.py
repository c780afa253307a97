"""What the scheduler runs for reports."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from outbox.tasks import Periodic
from reports import ideas


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def look_at_ideas() -> None:
    """Tells of ideas that found their supporters, closes those that did not in time."""
    ideas.look(at=timezone.now())


SCHEDULE = [Periodic(look_at_ideas, crontab(minute=47), expires=1800.0)]
"""Run by the scheduler; times of day are Europe/Berlin."""

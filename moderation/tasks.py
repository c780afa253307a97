"""What Celery runs for the desk."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from moderation.bulk.services import forget, run_items
from outbox.bell import ring
from outbox.tasks import RUN_SECONDS, Periodic


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def drain_bulks() -> None:
    """Does due cases of bulks for some seconds and rings again if there are more."""
    if run_items(seconds=RUN_SECONDS).more:
        ring(drain_bulks)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def forget_bulks() -> None:
    """Deletes what was done to many cases long ago."""
    forget(at=timezone.now())


SCHEDULE = [Periodic(forget_bulks, crontab(hour=3, minute=53), expires=3600.0)]

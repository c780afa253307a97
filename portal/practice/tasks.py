"""What the scheduler runs: practice cases that nobody cleaned up go by themselves."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from outbox.tasks import Periodic
from portal.practice.services import sweep


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def sweep_practice() -> None:
    """Deletes old practice cases."""
    sweep(at=timezone.now())


SCHEDULE = [Periodic(sweep_practice, crontab(hour=3, minute=37), expires=3600.0)]

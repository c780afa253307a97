"""What Celery runs: sending, and forgetting."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from notifications.digests import gather
from notifications.retention import delete_blanked
from notifications.sending import run_deliveries
from notifications.services import forget_old
from outbox.bell import ring
from outbox.tasks import RUN_SECONDS, Periodic


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def drain_deliveries() -> None:
    """Sends due mails for some seconds and rings again if there are more."""
    if run_deliveries(seconds=RUN_SECONDS).more:
        ring(drain_deliveries)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def forget_old_deliveries() -> None:
    """Blanks addresses and words of mails that are past their time, and deletes what was blanked long ago."""
    now = timezone.now()
    forget_old(at=now)
    delete_blanked(at=now)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def gather_digests() -> None:
    """Looks whether a morning has come for the units that want one mail a day."""
    gather(at=timezone.now())


SCHEDULE = [
    Periodic(gather_digests, crontab(minute="*/10"), expires=600.0),
    Periodic(forget_old_deliveries, crontab(hour=3, minute=41), expires=3600.0),
]

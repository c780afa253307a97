"""What the scheduler runs: fetching mailboxes, and forgetting."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from intake import polling, retention
from outbox.tasks import Periodic

POLL_SECONDS = 60.0


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def poll_mailboxes() -> None:
    """Fetches what lies in the mailboxes of the municipalities."""
    polling.poll_all(at=timezone.now())


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def forget_mails() -> None:
    """Deletes mails as they came, then sender and words, then the row; each after its time."""
    retention.forget_old(at=timezone.now())


SCHEDULE = [
    Periodic(poll_mailboxes, POLL_SECONDS, expires=POLL_SECONDS),
    Periodic(forget_mails, crontab(hour=3, minute=47), expires=3600.0),
]

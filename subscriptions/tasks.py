"""What Celery runs: putting mails together, gathering days and weeks, forgetting."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from outbox.bell import ring
from outbox.tasks import RUN_SECONDS, Periodic
from subscriptions.mailing import gather, run_mailings
from subscriptions.services import forget


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def drain_mailings() -> None:
    """Puts due mails together for some seconds and rings again if there are more."""
    if run_mailings(seconds=RUN_SECONDS).more:
        ring(drain_mailings)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def gather_mailings() -> None:
    """Looks whether an evening or a Monday has come, and whether a mail was missed."""
    if gather(at=timezone.now()):
        ring(drain_mailings)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def forget_subscriptions() -> None:
    """Deletes what nobody confirmed in time."""
    forget(at=timezone.now())


SCHEDULE = [
    Periodic(gather_mailings, crontab(minute="*/5"), expires=300.0),
    Periodic(forget_subscriptions, crontab(minute=27), expires=1800.0),
]

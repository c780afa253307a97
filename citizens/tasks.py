"""What Celery runs for citizens: forgetting links and passkeys."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from citizens import passkeys
from citizens.services import forget
from outbox.tasks import Periodic


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def forget_accesses() -> None:
    """Deletes links that open nothing any more."""
    forget(at=timezone.now())


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def forget_passkeys() -> None:
    """Deletes passkeys that are not used, or whose address is gone."""
    passkeys.forget(at=timezone.now())


SCHEDULE = [
    Periodic(forget_accesses, crontab(minute=13), expires=1800.0),
    Periodic(forget_passkeys, crontab(hour=3, minute=43), expires=1800.0),
]

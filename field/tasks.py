"""What the scheduler runs for the field view."""

from datetime import datetime, timedelta
from typing import Final

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from field.models import Shot
from outbox.tasks import Periodic

SHOT_DAYS: Final = 14
"""So long a photo waits for the entry that names it; the phone has it until then, and sends it again after."""


def delete_old_shots(*, at: datetime) -> int:
    """Forget under which keys photos came; those that nothing names go with the next sweep of files. How many."""
    number, _by_model = Shot.objects.filter(received_at__lt=at - timedelta(days=SHOT_DAYS)).delete()
    return number


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def forget_shots() -> None:
    """Deletes the keys of photos that arrived long ago."""
    delete_old_shots(at=timezone.now())


SCHEDULE = [Periodic(forget_shots, crontab(hour=3, minute=53), expires=3600.0)]

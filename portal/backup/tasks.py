"""What the scheduler runs for backups."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from outbox.tasks import Periodic
from portal.backup import nightly


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def back_up() -> None:
    """Makes the backup of the night, once, when BACKUP_DIR is set."""
    nightly.run(timezone.now())


SCHEDULE = [Periodic(back_up, crontab(minute=41), expires=1800.0)]

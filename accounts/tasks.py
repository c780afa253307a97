"""What the scheduler runs for people: ended sessions go, and roles that no directory confirms any more."""

from importlib import import_module

from celery import shared_task
from celery.schedules import crontab
from django.conf import settings
from django.utils import timezone

from accounts.directory.admitting import lapse
from outbox.tasks import Periodic


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def forget_sessions() -> None:
    """Deletes sessions that have run out; the browser's cookie alone does not."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def lapse_directory_roles() -> None:
    """Takes away the roles of people who have not come by the directory for long."""
    lapse(at=timezone.now())


SCHEDULE = [
    Periodic(forget_sessions, crontab(hour=3, minute=11), expires=3600.0),
    Periodic(lapse_directory_roles, crontab(hour=3, minute=23), expires=3600.0),
]

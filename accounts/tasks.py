"""What the scheduler runs for people: sessions that have ended are forgotten."""

from importlib import import_module

from celery import shared_task
from celery.schedules import crontab
from django.conf import settings

from outbox.tasks import Periodic


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def forget_sessions() -> None:
    """Deletes sessions that have run out; the browser's cookie alone does not."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


SCHEDULE = [Periodic(forget_sessions, crontab(hour=3, minute=11), expires=3600.0)]

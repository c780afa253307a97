"""What the scheduler runs to watch over the platform."""

from celery import shared_task
from django.utils import timezone

from outbox.tasks import Periodic
from portal.watch import alerts

WATCH_SECONDS = 60.0


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def watch() -> None:
    """Looks at everything once a minute and tells the operator what is wrong or mended; forgets old troubles."""
    alerts.watch(at=timezone.now())


SCHEDULE = [Periodic(watch, WATCH_SECONDS, expires=WATCH_SECONDS)]

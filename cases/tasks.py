"""What the scheduler runs for cases: deleting what nobody confirmed or finished."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from cases import duties, forwarding
from cases.patience import remind
from cases.policy import CONTACT_DAYS
from cases.redacting import delete_originals
from cases.retention import (
    delete_old_drafts,
    delete_orphans_in_storage,
    delete_unattached_files,
    delete_unconfirmed_interest,
)
from cases.services import delete_unconfirmed
from geo.sweeping import sweep_log
from outbox.tasks import Periodic


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def forget_unconfirmed() -> None:
    """Deletes contacts, supports and follows that were not confirmed in time; the cases stay."""
    now = timezone.now()
    delete_unconfirmed(at=now, days=CONTACT_DAYS)
    delete_unconfirmed_interest(at=now)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def forget_drafts() -> None:
    """Deletes drafts nobody came back to."""
    delete_old_drafts(at=timezone.now())


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def forget_files() -> None:
    """Deletes files that belong to nothing."""
    now = timezone.now()
    delete_unattached_files(at=now)
    delete_orphans_in_storage(at=now)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def forget_originals() -> None:
    """Deletes the originals of photos whose day has come."""
    delete_originals(at=timezone.now())


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def erase_due_parts() -> None:
    """Deletes contact data, photos and words of cases whose term is over."""
    duties.erase_due(at=timezone.now())
    sweep_log()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def remind_of_lying() -> None:
    """Reminds of what has been lying too long, also outside bodies, then tells the complaint management; each once."""
    now = timezone.now()
    remind(at=now)
    forwarding.remind(at=now)


SCHEDULE = [
    Periodic(remind_of_lying, crontab(minute=2), expires=1800.0),
    Periodic(erase_due_parts, crontab(hour=3, minute=41), expires=3600.0),
    Periodic(forget_unconfirmed, crontab(minute=23), expires=1800.0),
    Periodic(forget_drafts, crontab(hour=3, minute=29), expires=3600.0),
    Periodic(forget_originals, crontab(hour=3, minute=41), expires=3600.0),
    Periodic(forget_files, crontab(hour=4, minute=7, day_of_week="sunday"), expires=3600.0),
]

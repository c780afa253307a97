"""What Celery runs. The messages carry nothing: whoever rings, everything that is due is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from celery import shared_task
from celery.schedules import crontab
from celery.signals import worker_ready
from django.utils import timezone

from outbox import bell, kept, work
from outbox.leases import release_dead
from outbox.models import LeasedQuerySet
from outbox.registry import TABLES

RUN_SECONDS = 5.0
"""How long one run of a drain task lasts before it rings for its successor: a worker that is told to stop
waits for it.
"""
SWEEP_SECONDS = 5.0


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def drain_jobs() -> None:
    """Handles due jobs for some seconds and rings again if there are more."""
    if work.run_jobs(seconds=RUN_SECONDS).more:
        bell.ring(drain_jobs)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Finds what a crash or a lost ring left behind: frees dead leases and rings for each table with due
    rows.
    """
    release_dead()
    now = timezone.now()
    for table in TABLES.values():
        if LeasedQuerySet(table.model).claimable(now).exists():
            bell.ring(table.task)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def prune() -> None:
    """Deletes what was done a month ago, and what was parked three months ago."""
    work.prune()
    kept.prune()


@worker_ready.connect  # type: ignore[untyped-decorator]
def sweep_at_start(**_: Any) -> None:
    """A worker that comes back after a kill begins with what its predecessor held."""
    bell.ring(sweep)


@dataclass(frozen=True)
class Periodic:
    """One entry for the scheduler: the task object, seconds or a crontab, and after how many seconds it is
    void.
    """

    task: Any
    schedule: float | crontab
    expires: float


SCHEDULE = [
    Periodic(sweep, SWEEP_SECONDS, expires=SWEEP_SECONDS),
    Periodic(prune, crontab(hour=3, minute=17), expires=3600.0),
]


def beat_schedule(entries: Iterable[Periodic] = SCHEDULE) -> dict[str, dict[str, Any]]:
    """Periodic tasks in the form of Celery's setting; call it once the Celery application stands."""
    return {
        entry.task.name: {
            "task": entry.task.name,
            "schedule": entry.schedule,
            "options": {"expires": entry.expires},
        }
        for entry in entries
    }

"""The jobs of the consumers, and all drained tables together."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from outbox.leases import Drained, drain, release_dead
from outbox.models import Event, Job, Leased, LeasedQuerySet
from outbox.registry import CONSUMERS, TABLES, Later

KEEP = timedelta(days=30)
"""How long done jobs and their events are kept."""
_PRUNE_CHUNK = 1000


def _handle(job: Job) -> None:
    consumer = CONSUMERS.get(job.consumer)
    if consumer is None:
        # Written by a newer release, or renamed: not lost, and visible as failing.
        raise Later(f"No consumer is registered as {job.consumer}.")
    consumer.handle(job.event)


def _is_atomic(job: Job) -> bool:
    consumer = CONSUMERS.get(job.consumer)
    return consumer is None or consumer.atomic


def run_jobs(*, at: datetime | None = None, seconds: float | None = None) -> Drained:
    """Lets the consumers handle what is due (see `outbox.leases.drain`)."""
    return drain(Job, _handle, at=at, seconds=seconds, atomic=_is_atomic)


def run_all(*, at: datetime | None = None) -> dict[str, Drained]:
    """Drains every registered table until nothing is due anywhere; returns counts by table.

    What one table's items cause in another is done as well. `at` runs the clock ahead for tests and the demo;
    it is never earlier than now, since what has just been emitted is due now. What other live processes hold
    is left to them.
    """
    ahead = None if at is None or at <= timezone.now() else at
    release_dead()
    totals = {label: Drained() for label in TABLES}
    handled = 1
    while handled:
        handled = 0
        for label, table in TABLES.items():
            result = table.run(at=ahead)
            totals[label] += result
            handled += result.handled
    return totals


def backlog(*, at: datetime | None = None) -> dict[str, dict[str, int]]:
    """For operators, by table: `waiting` (unfinished), `late` (due for more than a minute), `parked`."""
    late = (at or timezone.now()) - timedelta(minutes=1)
    result = {}
    for label, table in TABLES.items():
        rows: LeasedQuerySet[Leased] = LeasedQuerySet(table.model)
        result[label] = {
            "waiting": rows.unfinished().count(),
            "late": rows.unfinished().filter(due_at__lte=late).count(),
            "parked": rows.parked().count(),
        }
    return result


def prune(*, at: datetime | None = None) -> int:
    """Deletes events older than `KEEP` whose jobs are all done since as long; returns how many events.

    What is waiting or parked stays, with its event. In chunks, so that the write lock is never held for long.
    """
    before = (at or timezone.now()) - KEEP
    needed = Job.objects.filter(Q(done_at=None) | Q(done_at__gte=before), event=OuterRef("pk"))
    old = Event.objects.filter(~Exists(needed), at__lt=before)
    deleted = 0
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[:_PRUNE_CHUNK]):
        Job.objects.filter(event__in=ids).delete()
        deleted += Event.objects.filter(pk__in=ids).delete()[0]
    return deleted

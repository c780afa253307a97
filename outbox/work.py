"""The jobs of the consumers, and all drained tables together."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from django.db.models import CharField, Count, Exists, F, Min, OuterRef, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from outbox.leases import Drained, drain, release_dead
from outbox.models import Event, Job, Leased, LeasedQuerySet
from outbox.registry import CONSUMERS, TABLES, Later

KEEP = timedelta(days=30)
"""How long done jobs and their events are kept."""
KEEP_PARKED = timedelta(days=90)
"""How long a parked job waits for somebody to look: `backlog` and `outbox_drain` count it all the while."""
_PRUNE_CHUNK = 1000

log = structlog.get_logger("anliegen.outbox")


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
    return drain(Job, _handle, at=at, seconds=seconds, atomic=_is_atomic, related=("event",))


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


@dataclass(frozen=True)
class Queue:
    """One kind of work in one table. Ages in seconds, 0.0 where there is none."""

    table: str
    kind: str
    waiting: int = 0
    """Unfinished, due or not."""
    due: int = 0
    failing: int = 0
    """Unfinished, with an error at the last try."""
    parked: int = 0
    late: float = 0.0
    """How long the longest waiting row has been due."""
    oldest: float = 0.0
    """How long ago the oldest unfinished row came into being, tries and pauses included."""


def queues(*, at: datetime | None = None) -> list[Queue]:
    """For operators: length and age of what is unfinished or parked, by table and kind; tables without any too.

    Two queries a table, both on partial indexes, so it costs what is unfinished and not what was ever done.
    """
    now = at or timezone.now()
    found = []
    for label, table in TABLES.items():
        rows: LeasedQuerySet[Leased] = LeasedQuerySet(table.model)
        kind = F(table.kind) if table.kind else Value("", output_field=CharField())
        due = Q(due_at__lte=now)
        waiting = rows.unfinished().annotate(of=kind, begun=Greatest("due_at", table.born)).values("of").order_by()
        lines = {
            line["of"]: Queue(
                label,
                line["of"],
                waiting=line["waiting"],
                due=line["due"],
                failing=line["failing"],
                late=_seconds(line["since"], now),
                oldest=_seconds(line["first"], now),
            )
            for line in waiting.annotate(
                waiting=Count("pk"),
                due=Count("pk", filter=due),
                failing=Count("pk", filter=~Q(error="")),
                # An urgent row is due before it came into being, to overtake others: it is not late for that.
                since=Min("begun", filter=due),
                first=Min(table.born),
            )
        }
        parked = rows.parked().annotate(of=kind).values("of").order_by().annotate(parked=Count("pk"))
        for of, count in parked.values_list("of", "parked"):
            lines[of] = replace(lines.get(of) or Queue(label, of), parked=count)
        found += [lines[of] for of in sorted(lines)] or [Queue(label, "")]
    return found


@dataclass(frozen=True)
class Parked:
    """Rows of one kind that were given up for one reason."""

    table: str
    kind: str
    error: str
    count: int
    since: datetime


def parked(*, leave_out: str = "", most: int = 50) -> list[Parked]:
    """For operators: what was given up, by table, kind and reason; without the table `leave_out`. A query a table."""
    found = []
    for label, table in TABLES.items():
        if label == leave_out:
            continue
        kind = F(table.kind) if table.kind else Value("", output_field=CharField())
        rows: LeasedQuerySet[Leased] = LeasedQuerySet(table.model)
        groups = rows.parked().annotate(of=kind).values("of", "error").order_by("of", "error")
        for group in groups.annotate(count=Count("pk"), since=Min("failed_at"))[:most]:
            found.append(Parked(label, group["of"], group["error"], group["count"], group["since"]))
    return found


def parked_rows(*, table: str, kind: str, error: str) -> LeasedQuerySet[Leased]:
    """The rows of such a group, for `outbox.leases.retry` and `give_up`. Raises KeyError for an unknown table."""
    known = TABLES[table]
    rows: LeasedQuerySet[Leased] = LeasedQuerySet(known.model)
    return rows.parked().filter(error=error, **({known.kind: kind} if known.kind else {}))


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def prune(*, at: datetime | None = None) -> int:
    """Deletes events older than `KEEP` that nobody needs any more; returns how many.

    Needed is an event with a job that waits, was done within `KEEP`, or was parked within `KEEP_PARKED`. That a parked
    job is given up for good is logged. In chunks, so that the write lock is never held for long.
    """
    now = at or timezone.now()
    waiting = Q(done_at=None, failed_at=None)
    lately = Q(done_at__gte=now - KEEP) | Q(done_at=None, failed_at__gte=now - KEEP_PARKED)
    old = Event.objects.filter(
        ~Exists(Job.objects.filter(waiting | lately, event=OuterRef("pk"))),
        at__lt=now - KEEP,
    )
    deleted = 0
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[:_PRUNE_CHUNK]):
        for job in Job.objects.parked().filter(event__in=ids).select_related("event"):
            log.warning("parked_job_deleted", job=job.pk, consumer=job.consumer, name=job.event.name, error=job.error)
        Job.objects.filter(event__in=ids).delete()
        deleted += Event.objects.filter(pk__in=ids).delete()[0]
    return deleted

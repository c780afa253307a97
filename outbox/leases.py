"""Work off a table under leases: claimed in small batches, each result noted before the next item is begun.

Three things make it safe. A lease is held by one run in one process (`lease_owner`), and every write about an
item names that holder, so a run that lost its lease can neither begin nor finish the item. The lease is taken
anew before each item, so a slow item does not eat the time of those behind it. And a dead holder on this
machine is recognised by its process, so that a killed worker's items are free within seconds; those of other
machines are free after `LEASE`.
"""

import secrets
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from outbox import process
from outbox.models import UNFINISHED, Leased, LeasedQuerySet
from outbox.registry import TABLES, GiveUp, Later

LEASE = timedelta(minutes=5)
"""Longer than any item may take: net's total time-outs stay far below."""
TRIES = 18
"""Then an item is parked: with the pauses below after a little more than three days, so a weekend is
survived.
"""
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=6)
_NOTE_PAUSES = (0.2, 1.0, 5.0)
_ERROR_LENGTH = 200

log = structlog.get_logger("anliegen.outbox")
M = TypeVar("M", bound=Leased)
Handle = Callable[[M], Mapping[str, Any] | None]


class LeaseLost(Exception):
    """The item belongs to somebody else by now; what was written about it is rolled back."""


@dataclass(frozen=True)
class Drained:
    """What a run did. `more`: it stopped because its time was up."""

    done: int = 0
    failed: int = 0
    parked: int = 0
    more: bool = False

    def __add__(self, other: "Drained") -> "Drained":
        return Drained(
            self.done + other.done,
            self.failed + other.failed,
            self.parked + other.parked,
            self.more or other.more,
        )

    @property
    def handled(self) -> int:
        """All items that were begun and got a result."""
        return self.done + self.failed + self.parked


def pause_after(tries: int) -> timedelta:
    """Pause before the next try: 10 s, 40 s, 160 s … six hours."""
    return min(FIRST_PAUSE * (1 << 2 * min(tries - 1, 10)), LONGEST_PAUSE)


def _rows(model: type[M]) -> LeasedQuerySet[M]:
    return LeasedQuerySet(model)


class _Clock:
    """Now; or, where a test names a time, that time plus what has gone by since."""

    def __init__(self, at: datetime | None) -> None:
        self.at = at
        self.begun = time.monotonic()

    def elapsed(self) -> float:
        return time.monotonic() - self.begun

    def __call__(self) -> datetime:
        return timezone.now() if self.at is None else self.at + timedelta(seconds=self.elapsed())


def claim(
    model: type[M], *, owner: str, batch: int, at: datetime, lease: timedelta = LEASE, related: Sequence[str] = ()
) -> list[M]:
    """Puts up to `batch` due rows into the hands of `owner` and returns them, the longest waiting first.

    `related` names what is loaded along with them.

    Two callers at the same moment never get the same row: PostgreSQL skips rows somebody else is claiming, on
    SQLite one writer follows the other. Must not be called inside a transaction, for the claim has to be seen
    by others.
    """
    due = _rows(model).claimable(at)
    if not due.exists():  # without a transaction: an idle sweep takes no write lock
        return []
    with transaction.atomic(durable=True):
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids = list(due.values_list("pk", flat=True)[:batch])
        _rows(model).claimable(at).filter(pk__in=ids).update(leased_until=at + lease, lease_owner=owner)
    mine = _rows(model).filter(pk__in=ids, lease_owner=owner).order_by("due_at", "pk")
    return list(mine.select_related(*related) if related else mine)


class _Holder:
    """One run's hold on rows of one table: every write names the holder, so it fails once the lease is
    lost.
    """

    def __init__(self, model: type[Leased], clock: _Clock, lease: timedelta) -> None:
        self.model = model
        self.clock = clock
        self.lease = lease
        self.owner = f"{process.name()}/{secrets.token_hex(6)}"

    def begin(self, row: Leased) -> bool:
        """Takes the lease anew and counts the try; False if the lease ran out or was taken meanwhile."""
        now = self.clock()
        mine = _rows(self.model).unfinished().filter(pk=row.pk, lease_owner=self.owner, leased_until__gt=now)
        if not mine.update(leased_until=now + self.lease, tries=F("tries") + 1):
            return False
        row.tries += 1
        row.leased_until = now + self.lease
        return True

    def note(self, row: Leased, **values: Any) -> None:
        """Stores a result and lets go of the row. Raises LeaseLost if it is no longer ours."""
        mine = _rows(self.model).filter(pk=row.pk, lease_owner=self.owner)
        if not mine.update(leased_until=None, lease_owner="", **values):
            raise LeaseLost

    def note_firmly(self, row: Leased, **values: Any) -> None:
        """Like `note`, outside a transaction: a lost connection must not turn a sent mail into one sent
        twice.
        """
        for pause in _NOTE_PAUSES:
            try:
                return self.note(row, **values)
            except (OperationalError, InterfaceError) as error:
                if connection.in_atomic_block:
                    raise
                log.warning("result_not_noted_yet", table=self.model._meta.label, error=type(error).__name__)
                connection.close()
                time.sleep(pause)
        return self.note(row, **values)

    def let_go(self) -> None:
        """Frees what was claimed and not begun."""
        mine = _rows(self.model).unfinished().filter(lease_owner=self.owner)
        mine.update(leased_until=None, lease_owner="")


def describe(error: BaseException) -> str:
    """Short text for an operator. Messages of strange exceptions may quote personal data, so only their kind
    and place are kept; exceptions that carry a `log_text` vouch for it.
    """
    text: str | None = getattr(error, "log_text", None)
    if text is None:
        frames = traceback.extract_tb(error.__traceback__)[-2:]
        places = ", ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
        text = f"{type(error).__name__} ({places})"
    return text[:_ERROR_LENGTH]


def _fail(holder: _Holder, row: Leased, error: Exception) -> Drained:
    now, text = holder.clock(), describe(error)
    parked = isinstance(error, GiveUp) or row.tries >= TRIES
    log.warning(
        "item_parked" if parked else "item_failed",
        table=holder.model._meta.label,
        item=row.pk,
        tries=row.tries,
        error=text,
        kind=type(error).__name__,
    )
    if parked:
        holder.note_firmly(row, error=text, failed_at=now)
        return Drained(parked=1)
    due_at = (error.due_at if isinstance(error, Later) else None) or now + pause_after(row.tries)
    holder.note_firmly(row, error=text, due_at=due_at)
    return Drained(failed=1)


def _do(holder: _Holder, row: M, handle: Handle[M], atomic: bool) -> Drained:
    try:
        if not holder.begin(row):
            raise LeaseLost
        if row.tries > TRIES:
            return _fail(holder, row, GiveUp(f"Ended without a result {TRIES} times."))
        try:
            if atomic:
                with transaction.atomic():
                    result = handle(row)
                    holder.note(row, **{**(result or {}), "done_at": holder.clock(), "error": ""})
                return Drained(done=1)
            result = handle(row)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001  whatever a handler raises is stored with its item and logged
            return _fail(holder, row, error)
        holder.note_firmly(row, **{**(result or {}), "done_at": holder.clock(), "error": ""})
        return Drained(done=1)
    except LeaseLost:
        log.warning("lease_lost", table=holder.model._meta.label, item=row.pk)
        return Drained()


def drain(
    model: type[M],
    handle: Handle[M],
    *,
    batch: int = 20,
    at: datetime | None = None,
    seconds: float | None = None,
    lease: timedelta = LEASE,
    atomic: bool | Callable[[M], bool] = False,
    related: Sequence[str] = (),
) -> Drained:
    """Handles every row of `model` that is due, one by one, until nothing is left or about `seconds` have
    gone by.

    `handle(row)` may return further columns to store with the note "done". If it raises, the row is tried
    again after a growing pause and parked after `TRIES`; `Later` and `GiveUp` say which of the two at once. `related`
    names foreign keys that are loaded with the rows.
    With `atomic` (for all or per row) the handler's writes and the note are one transaction; without, the
    handler runs outside one and must be able to bear a second call after a crash. Any number of drains may
    run at the same time, on any machine. At least one due item is handled. Must not be called inside a
    transaction.
    """
    clock = _Clock(at)
    total = Drained()
    while True:
        holder = _Holder(model, clock, lease)
        rows = claim(model, owner=holder.owner, batch=batch, at=clock(), lease=lease, related=related)
        if not rows:
            return total
        waiting = len(rows)
        try:
            for row in rows:
                total += _do(holder, row, handle, atomic(row) if callable(atomic) else atomic)
                waiting -= 1
                if seconds is not None and clock.elapsed() >= seconds:
                    return total + Drained(more=True)
        finally:
            if waiting:
                holder.let_go()


def release_dead(model: type[Leased] | None = None) -> int:
    """Frees the leases of processes of this machine that have ended (kill -9); returns how many rows.

    Without a model: in all registered tables. Called when a worker starts and by each sweep.
    """
    if model is None:
        return sum(release_dead(table.model) for table in TABLES.values())
    held = _rows(model).filter(done_at=None).exclude(lease_owner="")
    owners = set(held.order_by().values_list("lease_owner", flat=True).distinct())
    dead = [owner for owner in owners if process.is_dead(owner.partition("/")[0])]
    if not dead:
        return 0
    freed = held.filter(lease_owner__in=dead).update(leased_until=None, lease_owner="")
    log.warning("leases_of_dead_processes_freed", table=model._meta.label, rows=freed)
    return freed


def retry(rows: "QuerySet[Any]", *, at: datetime | None = None) -> int:
    """Makes parked rows due again with all their tries; returns how many."""
    return rows.filter(done_at=None, failed_at__isnull=False).update(
        failed_at=None, tries=0, due_at=at or timezone.now()
    )


def hurry(rows: "QuerySet[Any]", *, at: datetime | None = None) -> int:
    """Makes waiting rows that nobody holds due at once; returns how many."""
    now = at or timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    return rows.filter(UNFINISHED).filter(free, due_at__gt=now).update(due_at=now)


def give_up(rows: "QuerySet[Any]", *, at: datetime | None = None) -> int:
    """Ends rows that nobody holds without a result, for ever: somebody has looked. Returns how many.

    The error stays; what was not parked yet is noted as if it had been.
    """
    now = at or timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    return rows.filter(free, done_at=None).update(done_at=now, failed_at=Coalesce("failed_at", Value(now)))

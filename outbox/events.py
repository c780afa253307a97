"""Say that something happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from outbox.bell import ring_after_commit
from outbox.models import Event, Job
from outbox.registry import consumers_of
from outbox.tasks import drain_jobs

_WORD_LENGTH = 64
_recorded: ContextVar[list[Event] | None] = ContextVar("recorded_events", default=None)


@contextmanager
def recording() -> Iterator[list[Event]]:
    """Every event that this thread emits meanwhile, in order, whatever else is written at that time."""
    found: list[Event] = []
    before = _recorded.set(found)
    try:
        yield found
    finally:
        _recorded.reset(before)


def _is_id(value: object) -> bool:
    """Ids, flags and short words; no sentences, no addresses."""
    if isinstance(value, list | tuple):
        return all(_is_id(item) for item in value)
    if isinstance(value, str):
        return len(value) <= _WORD_LENGTH and "@" not in value and " " not in value
    return value is None or isinstance(value, int)


def emit(name: str, *, at: datetime | None = None, **payload: Any) -> Event:
    """Writes an event and one job for each of its consumers into the caller's transaction; rings after the
    commit.

    `payload` holds ids, flags and short words only (ints, bools, None, words up to 64 characters, lists of
    these), so that no personal data outlives its row: consumers read the rows. `at` is when it happened
    (None: now); the jobs are due at once. Raises RuntimeError outside a transaction, ValueError for anything
    else in the payload.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"emit({name!r}) must be called in the transaction of what happened")
    for key, value in payload.items():
        if not _is_id(value):
            raise ValueError(f"the payload of {name} holds ids only, not {key}")
    event = Event.objects.create(name=name, payload=payload, at=at or timezone.now())
    if (recorded := _recorded.get()) is not None:
        recorded.append(event)
    jobs = [Job(event=event, consumer=consumer.name) for consumer in consumers_of(name)]
    if jobs:
        Job.objects.bulk_create(jobs)
        ring_after_commit(drain_jobs)
    return event

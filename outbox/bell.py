"""The doorbell: tells the worker that something is due. A ring that is lost costs seconds, never work."""

import time
from functools import partial
from weakref import WeakKeyDictionary

import structlog
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from outbox.registry import Doorbell

log = structlog.get_logger("anliegen.outbox")

EXPIRES = 60
"""Seconds: a ring that waited longer is void, for the sweep has been there since."""
SILENCE = 15.0
"""Seconds without a ring after one that failed, so that a dead broker does not slow every request down."""

_silent_until = 0.0


class _Bell:
    """The one ring of a transaction for one task."""

    def __init__(self) -> None:
        self.rung = False


_bells: WeakKeyDictionary[BaseDatabaseWrapper, dict[str, _Bell]] = WeakKeyDictionary()


def ring(task: Doorbell) -> bool:
    """Queues one run of `task` now. Never raises: if the broker is down, that is logged and the sweep will
    do.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        return False
    try:
        task.apply_async(expires=EXPIRES, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001  brokers raise what they like; the row is safe, the request goes on
        _silent_until = time.monotonic() + SILENCE
        log.warning("doorbell_failed", task=task.name, error=type(error).__name__)
        return False
    return True


def _ring_once(task: Doorbell, bell: _Bell) -> None:
    if not bell.rung:
        bell.rung = True
        ring(task)


def ring_after_commit(task: Doorbell) -> None:
    """Rings once after the transaction, however often it is asked for; not at all if it is rolled back.

    Each call adds its own callback (a savepoint that is rolled back takes its callbacks along), and the first
    one that runs rings for all of them.
    """
    bells = _bells.setdefault(connections[DEFAULT_DB_ALIAS], {})
    bell = bells.get(task.name)
    if bell is None or bell.rung:
        bell = bells[task.name] = _Bell()
    transaction.on_commit(partial(_ring_once, task, bell))

"""Events and leases: what happens after a commit, without losing or doubling anything.

A verb calls `emit` in its transaction; consumers registered in `ready()` get the event later, in the worker.
The tables are the truth, Celery only runs them. This module holds the names that other packages use:

    outbox.emit("case.moved", case=case.pk)          in a verb
    outbox.consumer("notify", events=["case.moved"]) on a handler, imported in AppConfig.ready()
    outbox.drain(Delivery, deliver)                  for a table of one's own (a subclass of models.Leased)

What needs tables is loaded on first use, because this package is imported before Django's models are ready.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from outbox.registry import GiveUp, Later, consumer, register, register_table

if TYPE_CHECKING:
    from outbox.bell import ring, ring_after_commit
    from outbox.events import emit
    from outbox.leases import Drained, drain, release_dead, retry
    from outbox.work import backlog, run_all

_HOMES = {
    "ring": "outbox.bell",
    "ring_after_commit": "outbox.bell",
    "emit": "outbox.events",
    "Drained": "outbox.leases",
    "drain": "outbox.leases",
    "release_dead": "outbox.leases",
    "retry": "outbox.leases",
    "backlog": "outbox.work",
    "run_all": "outbox.work",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'outbox' has no attribute {name!r}")


__all__ = [
    "Drained",
    "GiveUp",
    "Later",
    "backlog",
    "consumer",
    "drain",
    "emit",
    "register",
    "register_table",
    "release_dead",
    "retry",
    "ring",
    "ring_after_commit",
    "run_all",
]

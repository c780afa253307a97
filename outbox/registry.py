"""Who consumes which event, and which tables are drained. Plain data, filled in AppConfig.ready()."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from outbox.leases import Drained
    from outbox.models import Event, Leased


class GiveUp(Exception):
    """Raised by a handler that can never succeed: the item is parked at once. The text must hold no personal
    data.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.log_text = text


class Later(Exception):
    """Raised by a handler that cannot succeed now; `due_at` overrides the usual pause (e.g. Retry-After).

    The text must hold no personal data: it is stored with the item and shown to operators.
    """

    def __init__(self, text: str, *, due_at: datetime | None = None) -> None:
        super().__init__(text)
        self.log_text = text
        self.due_at = due_at


class Doorbell(Protocol):
    """What outbox needs of a Celery task: a name for the log and a way to queue it."""

    name: str

    def apply_async(self, **options: Any) -> Any:
        """Queues one run."""


class Run(Protocol):
    """Drains one table: all that is due at `at` (None: now), or for about `seconds`."""

    def __call__(self, *, at: datetime | None = None, seconds: float | None = None) -> "Drained": ...


@dataclass(frozen=True)
class Consumer:
    """A handler of events. `atomic`: its writes commit together with the note that it is done."""

    name: str
    events: frozenset[str]
    handle: "Callable[[Event], None]"
    atomic: bool = True


@dataclass(frozen=True)
class Table:
    """A drained table: swept by the scheduler, emptied by `run_all`, rung by `task`."""

    model: "type[Leased]"
    run: Run
    task: Doorbell
    kind: str = ""
    """Field that tells one kind of work from another; "": all rows are of one kind."""
    born: str = "due_at"
    """Field of when a row came into being, which tries that failed do not change."""


CONSUMERS: dict[str, Consumer] = {}
TABLES: dict[str, Table] = {}


def register(name: str, *, events: Iterable[str], handle: "Callable[[Event], None]", atomic: bool = True) -> Consumer:
    """Makes `handle` the consumer `name` of the named events.

    The name is stored with each job, so a rename strands the jobs that are waiting. With `atomic` (the usual
    case) the handler's writes and the note "done" are one transaction: its effect in the database happens
    exactly once. A handler that is slow or touches files says `atomic=False`, so that it does not hold the
    write lock; it may be called again for the same event after a crash and must not mind. Raises ValueError
    when the name belongs to another handler.
    """
    entry = Consumer(name, frozenset(events), handle, atomic)
    known = CONSUMERS.setdefault(name, entry)
    if known.handle is not handle:
        raise ValueError(f"consumer {name!r} is registered twice")
    CONSUMERS[name] = entry
    return entry


_Handler = TypeVar("_Handler", bound="Callable[[Event], None]")


def consumer(name: str, *, events: Iterable[str], atomic: bool = True) -> Callable[[_Handler], _Handler]:
    """Decorator form of `register`; the module must be imported in AppConfig.ready()."""

    def decorate(handle: _Handler) -> _Handler:
        register(name, events=events, handle=handle, atomic=atomic)
        return handle

    return decorate


def consumers_of(event: str) -> list[Consumer]:
    """The consumers of an event name, in a stable order."""
    return [entry for _, entry in sorted(CONSUMERS.items()) if event in entry.events]


def register_table(model: "type[Leased]", *, run: Run, task: Doorbell, kind: str = "", born: str = "due_at") -> None:
    """Hands a table over to the sweep, `run_all`, the counts for operators and the release of dead leases.

    `kind` and `born` name the fields that the counts are made by (see `Table`).
    """
    TABLES[model._meta.label] = Table(model, run, task, kind, born)

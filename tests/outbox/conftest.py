"""A consumer for the tests: it keeps what it was given, and fails if told so."""

from collections.abc import Callable
from typing import Any

import pytest

from outbox.models import Event
from outbox.registry import CONSUMERS, Consumer


class Listener:
    """Remembers the payloads it has seen; raises `failure` if there is one."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.failure: Exception | None = None

    def __call__(self, event: Event) -> None:
        if self.failure is not None:
            raise self.failure
        self.seen.append(event.payload)


@pytest.fixture
def listen(monkeypatch) -> Callable[..., Listener]:
    """Registers a listener under a name for the event "lamp.broken", for one test."""

    def add(name: str = "listener", *, atomic: bool = True) -> Listener:
        listener = Listener()
        monkeypatch.setitem(CONSUMERS, name, Consumer(name, frozenset({"lamp.broken"}), listener, atomic))
        return listener

    return add


@pytest.fixture
def rings(monkeypatch) -> list[str]:
    """Names of the tasks that were rung for; nothing reaches a broker."""
    rung: list[str] = []
    monkeypatch.setattr("outbox.bell.ring", lambda task: rung.append(task.name.rpartition(".")[2]))
    return rung

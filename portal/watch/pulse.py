"""Signs of life of worker and scheduler, given while they do their work: a process that hangs gives none.

The worker gives one after a task, the scheduler when it hands one out. When the worker is silent nobody runs the task
that tells the operator of it, so the scheduler does that itself. When both are silent only somebody from outside can
tell: /readyz and /metrics say so.
"""

from __future__ import annotations

import time
from typing import Any

import structlog
from celery import signals
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone
from django_structlog.celery.signals import bind_extra_task_metadata

from portal.watch import alerts, beats
from portal.watch.policy import BEAT_EVERY, Process
from portal.watch.tasks import WATCH_SECONDS

log = structlog.get_logger("anliegen.watch")


class Pulse:
    """What this process is, and when it last gave a sign of life."""

    def __init__(self) -> None:
        self.processes: set[Process] = set()
        self.begun = time.monotonic()
        self._last: dict[str, float] = {}

    def begin(self, process: Process) -> None:
        """From now on this process is (also) one of that kind."""
        self.processes.add(process)
        self.begun = time.monotonic()

    def every(self, name: str, seconds: float) -> bool:
        """True at most once in so many seconds."""
        now = time.monotonic()
        if now - self._last.get(name, -seconds) < seconds:
            return False
        self._last[name] = now
        return True

    def beat(self, process: Process) -> None:
        """Note a sign of life, where this process is of that kind. A database that is away only delays it."""
        if process not in self.processes or not self.every(process, BEAT_EVERY):
            return
        try:
            close_old_connections()
            beats.note(process, at=timezone.now())
        except (DatabaseError, InterfaceError) as error:
            log.warning("beat_not_noted", process=process.value, error=type(error).__name__)
            connection.close()

    def stand_in(self) -> None:
        """The scheduler's watch over a silent worker; not before it had the time to show itself."""
        bearable = settings.ALERT_SILENCE_MINUTES * 60
        if Process.SCHEDULER not in self.processes or time.monotonic() - self.begun < bearable:
            return
        if not self.every("watch", WATCH_SECONDS):
            return
        try:
            if Process.WORKER in beats.silent(timezone.now()):
                alerts.watch(at=timezone.now())
        except (DatabaseError, InterfaceError) as error:
            log.warning("watch_failed", error=type(error).__name__)
            connection.close()


pulse = Pulse()


def worker_begins(**_: Any) -> None:
    """Handler of worker_ready."""
    pulse.begin(Process.WORKER)


def scheduler_begins(**_: Any) -> None:
    """Handler of beat_init and beat_embedded_init."""
    pulse.begin(Process.SCHEDULER)


def task_done(**_: Any) -> None:
    """Handler of task_postrun."""
    pulse.beat(Process.WORKER)


def task_handed_out(**_: Any) -> None:
    """Handler of before_task_publish: whether the broker takes the task is another question."""
    pulse.beat(Process.SCHEDULER)
    pulse.stand_in()


def name_task(task: Any, **_: Any) -> None:
    """Every line of the log of a task names it."""
    structlog.contextvars.bind_contextvars(task=task.name)


def connect() -> None:
    """Called once when the platform starts; does nothing in a process that is neither worker nor scheduler."""
    signals.worker_ready.connect(worker_begins, dispatch_uid="portal.watch")
    signals.beat_init.connect(scheduler_begins, dispatch_uid="portal.watch")
    signals.beat_embedded_init.connect(scheduler_begins, dispatch_uid="portal.watch")
    signals.task_postrun.connect(task_done, dispatch_uid="portal.watch")
    signals.before_task_publish.connect(task_handed_out, dispatch_uid="portal.watch")
    bind_extra_task_metadata.connect(name_task, dispatch_uid="portal.watch")

"""Signs of life: who was there when, and who has been silent for too long."""

from __future__ import annotations

import platform
from datetime import datetime, timedelta

from django.conf import settings

from portal.models import Beat
from portal.watch.policy import Process


def note(process: Process, *, at: datetime) -> None:
    """This machine's `process` is alive at `at`."""
    machine = platform.node()[:200]
    if not Beat.objects.filter(process=process.value).update(at=at, machine=machine):
        Beat.objects.bulk_create([Beat(process=process.value, at=at, machine=machine)], ignore_conflicts=True)


def last() -> dict[Process, datetime | None]:
    """The last sign of life of each kind of process; None where there never was one. One query."""
    found = dict(Beat.objects.values_list("process", "at"))
    return {process: found.get(process.value) for process in Process}


def is_silent(beat: datetime | None, now: datetime) -> bool:
    """Whether a last sign of life is longer ago than the settings bear."""
    return beat is None or now - beat > timedelta(minutes=settings.ALERT_SILENCE_MINUTES)


def silent(now: datetime) -> list[Process]:
    """The kinds of process that are."""
    return [process for process, beat in last().items() if is_silent(beat, now)]

"""What is the case, in numbers: counted when somebody asks, from the tables, so that it holds for all processes.

Nothing is judged here. The number of queries does not grow with the data, and all of them run on small indexes.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Min, Q

from intake.models import Mailbox
from intake.polling import silent
from notifications.models import Delivery
from outbox.work import Queue, queues
from portal.backup import nightly
from portal.watch import beats
from portal.watch.policy import MAILBOX_SILENT, Process

MAILS = Delivery._meta.label


@dataclass(frozen=True)
class Disk:
    """Room on the file system of a folder, in bytes."""

    name: str
    """DATA_DIR or BACKUP_DIR."""
    free: int
    total: int


@dataclass(frozen=True)
class Mails:
    """What became of mails. Counts; `failing_for` in seconds."""

    waiting: int = 0
    due: int = 0
    failing: int = 0
    """The last try failed; they are tried again."""
    given_up: int = 0
    """Tried too often, or refused for a fault of ours. Nobody tries again by itself."""
    bounced: int = 0
    """The recipient's address does not work."""
    failing_for: float = 0.0
    """How long ago the oldest failing mail was written."""
    none_gets_through: bool = False
    """Nothing that was written since the oldest failing mail has gone out."""


@dataclass(frozen=True)
class Facts:
    """The state of the platform at `at`."""

    at: datetime
    queues: list[Queue]
    mails: Mails
    beats: dict[Process, datetime | None]
    backup: nightly.Status
    disks: list[Disk]
    mailboxes: list[Mailbox] = field(default_factory=list)
    """Mailboxes for reports by mail that cannot be fetched for too long."""

    def silence(self, process: Process) -> float | None:
        """Seconds since the last sign of life of a process; None if there never was one."""
        beat = self.beats.get(process)
        return None if beat is None else max(0.0, (self.at - beat).total_seconds())

    @property
    def late(self) -> float:
        """Seconds for which the longest waiting row of all queues has been due."""
        return max((one.late for one in self.queues), default=0.0)


def gather(*, at: datetime) -> Facts:
    """Count everything. Database errors are the caller's."""
    lines = queues(at=at)
    return Facts(
        at=at,
        queues=lines,
        mails=_mails([one for one in lines if one.table == MAILS], at),
        beats=beats.last(),
        backup=nightly.status(),
        disks=disks(),
        mailboxes=silent(at=at, seconds=MAILBOX_SILENT.total_seconds()),
    )


def _mails(lines: list[Queue], at: datetime) -> Mails:
    parked = Delivery.objects.parked().aggregate(all=Count("pk"), bounced=Count("pk", filter=Q(bounced=True)))
    failing = Delivery.objects.unfinished().exclude(error="").aggregate(first=Min("created_at"), pk=Min("pk"))
    return Mails(
        waiting=sum(one.waiting for one in lines),
        due=sum(one.due for one in lines),
        failing=sum(one.failing for one in lines),
        given_up=parked["all"] - parked["bounced"],
        bounced=parked["bounced"],
        failing_for=max(0.0, (at - failing["first"]).total_seconds()) if failing["first"] else 0.0,
        none_gets_through=failing["pk"] is not None
        and not Delivery.objects.filter(pk__gt=failing["pk"], sent_at__isnull=False).exists(),
    )


def disks() -> list[Disk]:
    """The room in DATA_DIR, and in BACKUP_DIR where that is another file system. What cannot be read is left out."""
    folders = {"DATA_DIR": Path(settings.DATA_DIR)}
    if settings.BACKUP_DIR:
        folders["BACKUP_DIR"] = Path(settings.BACKUP_DIR)
    found, seen = [], set()
    for name, folder in folders.items():
        try:
            device, usage = folder.stat().st_dev, shutil.disk_usage(folder)
        except OSError:
            continue
        if device not in seen:
            seen.add(device)
            found.append(Disk(name, usage.free, usage.total))
    return found

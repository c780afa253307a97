"""The backup of every night: when it is due, which old ones go, and what the operator sees of it."""

from __future__ import annotations

import fcntl
import json
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.utils import timezone

from portal.backup.dump import backup
from portal.backup.errors import BackupError
from portal.backup.passphrase import configured
from portal.backup.reading import verify

log = structlog.get_logger("anliegen.backup")

HOUR = 2
"""Local hour from which the night's backup is due. Looked at every hour, so a machine that slept catches up."""
LATE = timedelta(hours=36)
"""Age of the last good backup at which the operator should look."""
_NAME = re.compile(r"anliegen-(\d{8}T\d{6})Z\.(backup|sealed)")
_LAST = "last.json"


@dataclass(frozen=True)
class Status:
    """What is known of the nightly backups. Times are ISO 8601 in UTC, sizes bytes; "" and 0 for unknown.

    `error` is why the last try failed; "" after a good one.
    """

    on: bool = False
    at: str = ""
    file: str = ""
    size: int = 0
    rows: int = 0
    files: int = 0
    seconds: float = 0.0
    sealed: bool = False
    kept: int = 0
    failed_at: str = ""
    error: str = ""

    @property
    def made_at(self) -> datetime | None:
        """When the last good one was made."""
        return datetime.fromisoformat(self.at) if self.at else None

    def late(self, now: datetime) -> bool:
        """Whether a good one is missing."""
        return self.on and (self.made_at is None or now - self.made_at > LATE)

    @property
    def word(self) -> str:
        """For a health check: "off", "none", or when the last good one was made."""
        return (self.at or "none") if self.on else "off"


def status() -> Status:
    """The last nightly backup, for health checks and the operations page. Never raises."""
    if not settings.BACKUP_DIR:
        return Status()
    try:
        told = json.loads(Path(settings.BACKUP_DIR, _LAST).read_text())
        return Status(**{**told, "on": True})
    except (OSError, ValueError, TypeError):
        return Status(on=True)


def _note(folder: Path, told: Status) -> None:
    new = folder / f"{_LAST}.new"
    new.write_text(json.dumps(asdict(told)))
    new.replace(folder / _LAST)


def name_of(at: datetime, *, sealed: bool) -> str:
    """The file name of a nightly backup; by it alone retention knows its own."""
    return f"anliegen-{at.astimezone(UTC):%Y%m%dT%H%M%S}Z.{'sealed' if sealed else 'backup'}"


def _time_of(name: str) -> datetime | None:
    match = _NAME.fullmatch(name)
    try:
        return datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if match else None
    except ValueError:
        return None


def superfluous(names: Iterable[str], *, daily: int, weekly: int, monthly: int) -> list[str]:
    """The nightly backups that may go: those that are not the newest of one of the last days, weeks or months.

    Only days, weeks and months that have a backup count, so a machine that was off for a year keeps its old ones. The
    newest of all always stays, and so does every file of another name.
    """
    times = {name: at.astimezone(timezone.get_default_timezone()) for name in names if (at := _time_of(name))}
    newest_first = sorted(times, key=lambda name: times[name], reverse=True)
    kept = set(newest_first[:1])
    for count, form in ((daily, "%Y-%m-%d"), (weekly, "%G-%V"), (monthly, "%Y-%m")):
        seen: dict[str, str] = {}
        for name in newest_first:
            seen.setdefault(times[name].strftime(form), name)
        kept |= set(list(seen.values())[:count])
    return [name for name in newest_first if name not in kept]


@dataclass(frozen=True)
class Kept:
    """A backup that is there."""

    name: str
    at: datetime
    size: int
    sealed: bool
    good: bool
    """False for one that could not be read back after it was made."""


def kept(*, most: int = 20) -> list[Kept]:
    """The nightly backups in BACKUP_DIR, newest first. Never raises: a folder that cannot be read holds none."""
    found = []
    try:
        for entry in Path(settings.BACKUP_DIR).iterdir() if settings.BACKUP_DIR else ():
            name = entry.name.removesuffix(".damaged")
            if at := _time_of(name):
                size = entry.stat().st_size
                found.append(Kept(entry.name, at, size, name.endswith(".sealed"), name == entry.name))
    except OSError as error:
        log.warning("backups_unreadable", reason=str(error))
    return sorted(found, key=lambda one: one.at, reverse=True)[:most]


def due(now: datetime) -> bool:
    """Whether the night's backup is still to be made."""
    if not settings.BACKUP_DIR:
        return False
    local = timezone.localtime(now)
    tonight = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    made = status().made_at
    return local >= tonight and (made is None or made < tonight)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """True for one process at a time, False for others."""
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def run(now: datetime) -> Status | None:
    """Make the night's backup if it is due, read it back, let old ones go; None when there was nothing to do.

    A failure is logged and noted for `status`, removes nothing, and the next hour tries again.
    """
    if not due(now):
        return None
    folder = Path(settings.BACKUP_DIR)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder) as mine:
            if not mine or not due(now):
                return None
            told = _make(folder, now)
            _note(folder, told)
    except (BackupError, OSError) as error:
        log.error("backup_failed", reason=str(error))
        _note_failure(folder, now, str(error))
        return status()
    log.info("backup_made", file=told.file, bytes=told.size, seconds=told.seconds, kept=told.kept)
    return told


def _make(folder: Path, now: datetime) -> Status:
    begun = time.monotonic()
    for left in folder.glob("anliegen-*.part"):
        left.unlink()  # of a run that was killed: we hold the lock
    passphrase = configured()
    path = folder / name_of(now, sealed=bool(passphrase))
    made = backup(path, passphrase=passphrase)
    try:
        verify(path, passphrase=passphrase)
    except BackupError:
        path.rename(path.with_name(f"{path.name}.damaged"))
        raise
    names = [one.name for one in folder.iterdir()]
    for name in superfluous(names, **settings.BACKUP_KEEP):
        (folder / name).unlink()
    return Status(
        on=True,
        at=now.astimezone(UTC).isoformat(timespec="seconds"),
        file=path.name,
        size=made.size,
        rows=made.rows,
        files=made.files,
        seconds=round(time.monotonic() - begun, 1),
        sealed=made.sealed,
        kept=sum(_time_of(one.name) is not None for one in folder.iterdir()),
    )


def _note_failure(folder: Path, now: datetime, reason: str) -> None:
    """Beside what is known of the last good one; where even that cannot be written, the log has it."""
    failed = {"failed_at": now.astimezone(UTC).isoformat(timespec="seconds"), "error": reason}
    try:
        _note(folder, Status(**{**asdict(status()), **failed}))
    except OSError as error:
        log.error("backup_status_unwritable", reason=str(error))

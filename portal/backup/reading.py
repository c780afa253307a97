"""Reads a backup without touching the platform: opens it, checks every hash and row, and tells what is in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from portal.backup.archive import MANIFEST, SETTINGS, Member, Reader, as_object, unpacked
from portal.backup.dump import FORMAT, VERSION
from portal.backup.environment import from_lines
from portal.backup.errors import BackupError, Damaged
from portal.backup.schema import Migrations
from portal.backup.sealing import Opener, is_sealed
from portal.backup.uploads import PREFIX

_FOLDER = re.compile(r"tables/(\d{4})-(\w+)")
_FILES = "cases_file"


@dataclass(frozen=True)
class Manifest:
    """The head of a backup. `tables`: table → columns in the order of its rows' values."""

    made_at: datetime
    release: str
    commit: str
    database: str
    municipality: str
    key: str
    migrations: Migrations
    tables: dict[str, list[str]]
    secrets: bool
    note: str

    @classmethod
    def read(cls, member: Member) -> Manifest:
        """From the first member; Damaged when it is none of ours."""
        if member.name != MANIFEST:
            raise Damaged("This is no backup of ours: it does not begin with a manifest.")
        told = as_object(member.read(2**26), MANIFEST)
        if told.get("format") != FORMAT:
            raise Damaged("This is no backup of ours.")
        if told.get("version") != VERSION:
            raise BackupError("The backup was made by a later version of the platform. Install that version first.")
        try:
            return cls(
                made_at=datetime.fromisoformat(told["made_at"]),
                tables={one["table"]: one["columns"] for one in told["tables"]},
                **{name: told[name] for name in cls.__annotations__ if name not in {"made_at", "tables"}},
            )
        except (KeyError, TypeError, ValueError):
            raise Damaged("The backup is damaged: its manifest makes no sense.") from None

    def table_of(self, folder: str) -> str:
        """The table whose rows lie in a folder; Damaged when the manifest does not name it."""
        match = _FOLDER.fullmatch(folder)
        if match is None or match[2] not in self.tables:
            raise Damaged(f"The backup is damaged: it does not say what {folder} is.")
        return match[2]


@dataclass
class Checked:
    """What a backup holds, all of it read and right. Bytes; `odd` are files that their rows describe otherwise."""

    manifest: Manifest
    size: int
    sealed: bool
    rows: int = 0
    files: int = 0
    file_bytes: int = 0
    by_table: dict[str, int] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)
    missing: int = 0
    settings: dict[str, str] = field(default_factory=dict, repr=False)


@contextmanager
def opened(path: Path, passphrase: str = "") -> Iterator[Reader]:
    """A reader of the file. Raises Damaged, WrongPassphrase, or BackupError when a passphrase is needed."""
    try:
        file: IO[bytes] = path.open("rb")
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        source: Any = file
        if is_sealed(file):
            if not passphrase:
                raise BackupError("The backup is sealed: name its passphrase.")
            source = Opener(file, passphrase)
        with Reader(source) as reader:
            yield reader


def _originals(table: str, columns: list[str], row: list[Any], wanted: dict[str, bytes]) -> None:
    """Remember which files the rows promise: key → SHA-256."""
    if table == _FILES:
        wanted[row[columns.index("key")]] = bytes.fromhex(row[columns.index("sha256")])


def verify(path: Path, *, passphrase: str = "") -> Checked:
    """Read a backup to its end and check all of it; nothing is written anywhere.

    Raises Damaged, WrongPassphrase or BackupError. Memory: one part of a table, and about 200 bytes an upload.
    """
    wanted: dict[str, bytes] = {}
    with opened(path, passphrase) as reader:
        members = iter(reader)
        manifest = Manifest.read(next(members))
        with path.open("rb") as file:
            checked = Checked(manifest, path.stat().st_size, sealed=is_sealed(file))
        counts = dict.fromkeys(manifest.tables, 0)
        for member in members:
            folder = member.name.rpartition("/")[0]
            if folder.startswith("tables/"):
                table = manifest.table_of(folder)
                columns = manifest.tables[table]
                for row in _rows(member, len(columns)):
                    counts[table] += 1
                    _originals(table, columns, row, wanted)
            elif member.name.startswith(PREFIX):
                checked.files += 1
                checked.file_bytes += member.size
                promised = wanted.pop(member.name.removeprefix(f"{PREFIX}originals/"), None)
                if promised is not None and promised.hex() != member.digest:
                    checked.odd.append(member.name)
            elif member.name == SETTINGS:
                checked.settings = from_lines(member.read(2**20))
            else:
                raise Damaged(f"The backup is no backup of ours: it holds {member.name}.")
        if reader.end.get("rows") != counts or reader.end.get("files") != checked.files:
            raise Damaged("The backup is damaged: rows or files are missing.")
    checked.by_table, checked.rows, checked.missing = counts, sum(counts.values()), len(wanted)
    return checked


def _rows(member: Member, width: int) -> Iterator[list[Any]]:
    for text in unpacked(member.read(), member.name).splitlines():
        try:
            row = json.loads(text)
        except ValueError:
            row = None
        if not isinstance(row, list) or len(row) != width:
            raise Damaged(f"The backup is damaged: a row of {member.name} makes no sense.")
        yield row

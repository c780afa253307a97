"""The uploaded files: walked for a backup, brought back beside the old ones, and only then put in their place.

Files have random names and never change, so old and new ones can stand side by side. A restore links the new ones
into the folder before the database commits and removes the old ones afterwards: whenever it is killed, every row that
is in force finds its file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from django.conf import DEFAULT_STORAGE_ALIAS
from django.core.files.storage import FileSystemStorage, storages

from portal.backup.archive import Member, Writer, check_name
from portal.backup.errors import BackupError

PREFIX = "files/"
_PROBES = "health"
"""What /readyz writes and deletes again."""
_MEMORY = 32 * 2**20


def location() -> Path:
    """The folder of the uploads; BackupError when they lie elsewhere (object storage has its own backups)."""
    storage = storages[DEFAULT_STORAGE_ALIAS]
    if not isinstance(storage, FileSystemStorage):
        raise BackupError("The uploads do not lie in a folder: back up their storage by its own means.")
    return Path(storage.location)


def names(below: str = "") -> Iterator[str]:
    """Storage names of all files below a folder, sorted within each folder."""
    top = location()
    for folder, folders, files in os.walk(top / below):
        if Path(folder) == top:
            folders[:] = [name for name in folders if name != _PROBES]
        folders.sort()
        for name in sorted(files):
            yield Path(folder, name).relative_to(top).as_posix()


def write(writer: Writer, wanted: Iterable[str]) -> tuple[int, int]:
    """Copy files into a backup; returns their number and bytes. What was deleted meanwhile is passed over."""
    top, count, total = location(), 0, 0
    for name in wanted:
        check_name(name)
        with contextlib.suppress(FileNotFoundError), (top / name).open("rb") as file:
            total += _copy(writer, name, file)
            count += 1
    return count, total


def _copy(writer: Writer, name: str, file: IO[bytes]) -> int:
    """Hash and copy: through memory or a temporary file, so that both see the same bytes."""
    seen, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=_MEMORY) as copy:
        while piece := file.read(2**20):
            seen.update(piece)
            size += len(piece)
            copy.write(piece)
        copy.seek(0)
        writer.add_stream(PREFIX + name, copy, size, seen.hexdigest())
    return size


class Staged:
    """The files of a backup on their way in. Use as a context manager; without `put` nothing changes."""

    def __init__(self) -> None:
        self.top = location()
        self.folder = self.top.with_name(f"{self.top.name}.restoring")
        self._new = self.folder / ".new"
        self.count = 0

    def __enter__(self) -> Staged:
        self.top.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700)
        return self

    def __exit__(self, *_error: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, name: str) -> Path:
        return self.folder / "files" / check_name(name)

    def add(self, member: Member) -> None:
        """Write one member (its name begins with `files/`) to the folder beside the uploads."""
        path = self._path(member.name.removeprefix(PREFIX))
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as file:
            for piece in member.chunks():
                file.write(piece)
        self.count += 1

    def put(self) -> None:
        """Place all files among the uploads, noting which ones are new there. The uploads that are there stay."""
        with self._new.open("w") as note:
            for path in self._all():
                target = self.top / path.relative_to(self.folder / "files")
                target.parent.mkdir(parents=True, exist_ok=True)
                if not target.exists():
                    note.write(f"{target}\n")
                    note.flush()
                link = target.with_name(f"{target.name}.restoring")
                link.unlink(missing_ok=True)
                try:
                    os.link(path, link)
                except OSError:  # a file system without links
                    shutil.copyfile(path, link)
                link.replace(target)

    def take_back(self) -> None:
        """After a failure: remove what `put` has added."""
        if self._new.exists():
            with self._new.open() as note:
                for line in note:
                    Path(line.rstrip("\n")).unlink(missing_ok=True)

    def remove_others(self) -> int:
        """Once the new database is in force: delete the uploads that are not in the backup; returns how many."""
        removed = 0
        for name in list(names()):
            if not self._path(name).exists():
                (self.top / name).unlink(missing_ok=True)
                removed += 1
        for folder, _folders, _files in os.walk(self.top, topdown=False):
            with contextlib.suppress(OSError):
                Path(folder).rmdir()  # refuses when something is in it
        self.top.mkdir(exist_ok=True)
        return removed

    def _all(self) -> Iterator[Path]:
        for folder, _folders, files in os.walk(self.folder / "files"):
            for name in files:
                yield Path(folder, name)

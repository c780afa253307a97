"""The container: a tar that is written and read in one go, with a hash on every member and one over all of them.

    manifest.json                    what this is (see portal.backup.dump)
    settings.env                     the settings, in the form of docs/production.env.example
    tables/0007-cases_case/00001.jsonl.gz   rows of the seventh table, one JSON array a line
    files/originals/…                the uploaded files under their storage names
    end.json                         counts, and the hash over names and hashes of all members before it

Ordinary `tar` and `zcat` read it. Nothing is ever extracted by name: whoever reads decides where content goes.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import TracebackType
from typing import IO, Any

from portal.backup.errors import Damaged

HASH = "ANLIEGEN.sha256"
MANIFEST, SETTINGS, END = "manifest.json", "settings.env", "end.json"
LARGEST_PART = 2**30
"""Bytes a part of a table may unpack to; more is no backup of ours."""
_BLOCK = 2**20


class Writer:
    """Writes members one after the other to `target`, which must be written to by nobody else meanwhile."""

    def __init__(self, target: IO[bytes], *, at: float) -> None:
        self._tar = tarfile.open(  # noqa: SIM115  closed by finish()
            fileobj=target, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_BLOCK
        )
        self._at = int(at)
        self._all = hashlib.sha256()
        self.members = 0

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """What was not finished gets no end: tarfile would write one when it is collected, into a closed file."""
        stream: Any = self._tar.fileobj
        stream.closed = True

    def add(self, name: str, content: bytes) -> None:
        """Write one member from memory."""
        self.add_stream(name, io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest())

    def add_stream(self, name: str, source: IO[bytes], size: int, digest: str) -> None:
        """Write one member of `size` bytes whose SHA-256 is known."""
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, self._at
        info.pax_headers = {HASH: digest}
        self._tar.addfile(info, source)
        self._tar.members.clear()  # type: ignore[attr-defined]  # it would remember every file
        self._all.update(f"{name}\0{digest}\n".encode())
        self.members += 1

    def finish(self, facts: dict[str, Any]) -> None:
        """Write end.json with `facts` and the tar's own end."""
        facts = {**facts, "members": self.members, "digest": self._all.hexdigest()}
        self.add(END, json.dumps(facts, indent=1).encode())
        self._tar.close()


@dataclass
class Member:
    """One member while it is read: its content can be had once, by `read` or `chunks`."""

    name: str
    size: int
    digest: str
    stream: IO[bytes]
    checked: bool = False

    def chunks(self) -> Iterator[bytes]:
        """The content in pieces; Damaged at its end when it is not what was written."""
        seen, left = hashlib.sha256(), self.size
        while left:
            try:
                piece = self.stream.read(min(left, _BLOCK))
            except tarfile.TarError:
                piece = b""
            if not piece:
                raise Damaged(f"The backup is cut off within {self.name}.")
            left -= len(piece)
            seen.update(piece)
            yield piece
        if seen.hexdigest() != self.digest:
            raise Damaged(f"The backup is damaged: {self.name} is not what was written.")
        self.checked = True

    def read(self, limit: int = LARGEST_PART) -> bytes:
        """The whole content; Damaged when it is larger than `limit` bytes."""
        if self.size > limit:
            raise Damaged(f"The backup is damaged: {self.name} is too large.")
        return b"".join(self.chunks())


def check_name(name: str) -> str:
    """A relative path without tricks; Damaged for anything else."""
    parts = name.split("/")
    sound = all(part not in {"", ".", ".."} for part in parts) and not PurePosixPath(name).is_absolute()
    if not sound or "\\" in name or not name.isprintable() or len(name) > 1000:
        raise Damaged(f"The backup is no backup of ours: it holds the name {name!r}.")
    return name


class Reader:
    """Reads a backup's members in order. After the last one `end` holds what end.json said, all hashes checked."""

    def __init__(self, source: IO[bytes]) -> None:
        self.end: dict[str, Any] = {}
        self._all = hashlib.sha256()
        self._members = 0
        try:
            self._tar = tarfile.open(fileobj=source, mode="r|", bufsize=_BLOCK)  # noqa: SIM115  closed by __exit__
        except (tarfile.TarError, EOFError, zlib.error):
            raise Damaged("This is no backup of ours, or its beginning is damaged.") from None

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._tar.close()

    def _next(self) -> tarfile.TarInfo | None:
        try:
            info = self._tar.next()
        except (tarfile.TarError, EOFError, ValueError, UnicodeError):
            raise Damaged(f"The backup is damaged or cut off after {self._members} members.") from None
        self._tar.members.clear()  # type: ignore[attr-defined]
        return info

    def __iter__(self) -> Iterator[Member]:
        while (info := self._next()) is not None:
            name = check_name(info.name)
            stream = self._tar.extractfile(info) if info.type == tarfile.REGTYPE and not info.issparse() else None
            if stream is None or HASH not in info.pax_headers:
                raise Damaged(f"The backup is no backup of ours: {name} is no plain file with a hash.")
            member = Member(name, info.size, info.pax_headers[HASH], stream)
            if name == END:
                self._finish(member)
                return
            yield member
            if not member.checked:
                for _piece in member.chunks():
                    pass
            self._all.update(f"{name}\0{member.digest}\n".encode())
            self._members += 1
        raise Damaged(f"The backup is cut off after {self._members} members: its end is missing.")

    def _finish(self, member: Member) -> None:
        end = as_object(member.read(2**26), END)
        if end.get("members") != self._members or end.get("digest") != self._all.hexdigest():
            raise Damaged("The backup is damaged: members are missing or in another order.")
        self.end = end


def as_object(content: bytes, name: str) -> dict[str, Any]:
    """A JSON object; Damaged when it is none."""
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Damaged(f"The backup is damaged: {name} makes no sense.")
    return found


def unpacked(content: bytes, name: str) -> bytes:
    """The content of a gzip member, at most LARGEST_PART bytes."""
    try:
        unpacker = zlib.decompressobj(wbits=31)
        found = unpacker.decompress(content, LARGEST_PART)
    except zlib.error:
        raise Damaged(f"The backup is damaged: {name} cannot be unpacked.") from None
    if not unpacker.eof or unpacker.unused_data:
        raise Damaged(f"The backup is damaged: {name} cannot be unpacked.")
    return found

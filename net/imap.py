"""Fetch mails from a mailbox over IMAP (RFC 3501), always with TLS, every wait and every size bounded.

UIDs are used within one session only, so a changed UIDVALIDITY means nothing to us: what was taken in is known again by
its Message-ID. A mail stays in the folder until `done` is called for it, after it was kept elsewhere.
"""

from __future__ import annotations

import imaplib
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit

import structlog

from net import tls
from net.guard import NetError, Refused, Unreachable, connect, deadline
from net.names import to_ascii

log = structlog.get_logger("anliegen.net")
__all__ = ["Box", "Failed", "Gone", "Refused"]

PORTS: Final = {"imaps": 993, "imap+tls": 143}
DONE_FOLDER: Final = "Verarbeitet"
DONE_KEYWORD: Final = "AnliegenVerarbeitet"
CHUNK: Final = 2**20
"""Bytes asked for at once."""
_NAME: Final = re.compile(r"^[\x20-\x7e]{1,200}$")
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d+)")
_DELIMITER: Final = re.compile(rb'^\([^)]*\) (?:"(.)"|NIL) ')
_LARGEST_ANSWER: Final = 2 * CHUNK


class Failed(NetError):
    """The mailbox could not be read now: not reached, too slow, login refused, no such folder."""


class Gone(NetError):
    """This mail is not there any more: somebody moved or deleted it meanwhile."""


class _Client(imaplib.IMAP4):
    """imaplib over a socket that the guard has checked, with a duplicate of it that is cut when the time is up."""

    def __init__(self, host: str, port: int, *, implicit_tls: bool, timeout: float, total: float) -> None:
        self._implicit_tls = implicit_tls
        self._total = total
        self._limits = ExitStack()
        self.wire: socket.socket | None = None
        super().__init__(host, port, timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = connect(self.host, self.port, purpose="imap", timeout=float(timeout or 20.0))
        self.wire = plain.dup()
        self._limits.enter_context(deadline(self.wire, self._total))
        if self._implicit_tls:
            return tls.context().wrap_socket(plain, server_hostname=self.host)
        return plain

    def read(self, size: int) -> bytes:
        """One literal; a server that announces more than we ask for is not followed."""
        if size > _LARGEST_ANSWER:
            raise self.abort("literal too large")
        return super().read(size)

    def hang_up(self) -> None:
        """Closes without a farewell."""
        self._limits.close()
        with suppress(OSError):
            self.shutdown()
        if self.wire is not None:
            self.wire.close()
            self.wire = None


class Box:
    """One mailbox for one session; use it as a context manager.

    `url`: imaps://user:password@host:993/INBOX, or imap+tls://host:143/… (STARTTLS, compulsory). `timeout`: seconds for
    each answer; `total`: seconds for the whole session. Raises Refused (the address makes no sense, a place we do not
    go to) and Failed.
    """

    def __init__(self, url: str, *, timeout: float = 20.0, total: float = 300.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise Refused("a mailbox is named by imaps://user:password@host/INBOX")
        try:
            self.host = parts.hostname if ":" in parts.hostname else to_ascii(parts.hostname)
            self.port = parts.port or PORTS[parts.scheme]
        except ValueError:
            raise Refused("the address of the mailbox is not one")
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.folder = unquote(parts.path.lstrip("/")) or "INBOX"
        if not _NAME.match(self.folder):
            raise Refused("the name of the folder has other letters than a to z")
        self._implicit_tls = parts.scheme == "imaps"
        self._timeout, self._end = timeout, time.monotonic() + total
        self._client: _Client | None = None
        self._target = ""
        self._keywords = False
        self._able: set[str] = set()
        self.count = 0
        """Mails in the folder when it was opened."""

    def __enter__(self) -> Self:
        try:
            self._begin()
        except NetError:
            self.close()
            raise
        return self

    def _begin(self) -> None:
        """Connect, log in, open the folder."""
        with self._translated():
            client = self._client = _Client(
                self.host,
                self.port,
                implicit_tls=self._implicit_tls,
                timeout=self._timeout,
                total=self._end - time.monotonic(),
            )
            if not self._implicit_tls:
                client.starttls(tls.context())
            self._login(client)
            self._able = _words(client.capability()[1])  # after the login a server can do more
            kind, answer = client.select(_quoted(self.folder))
            if kind != "OK":
                raise Failed(f"{self.host} has no folder of this name")
            self.count = int(answer[0] or b"0")
            flags = client.untagged_responses.get("PERMANENTFLAGS", [])
            self._keywords = any(b"\\*" in (flag or b"") for flag in flags)
            self._target = self._prepared(client)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the session; nothing is deleted by that."""
        if self._client is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                self._client.logout()
            self._client.hang_up()
            self._client = None

    def _login(self, client: _Client) -> None:
        try:
            client.login(self.user, self.password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:  # its text may hold the name of the user
            raise Failed(f"{self.host} refuses user or password")
        except UnicodeEncodeError:
            raise Failed(f"{self.host} takes no password with letters outside of ASCII")

    def _prepared(self, client: _Client) -> str:
        """The folder for what is done, made if need be; "" where the server lets us make none."""
        delimiter = b"/"
        kind, answer = client.list('""', '""')
        if kind == "OK" and answer and isinstance(answer[0], bytes) and (found := _DELIMITER.match(answer[0])):
            delimiter = found.group(1) or b"/"
        for name in (DONE_FOLDER, f"INBOX{delimiter.decode('ascii', 'replace')}{DONE_FOLDER}"):
            if name == self.folder:
                continue
            if client.status(_quoted(name), "(MESSAGES)")[0] == "OK" or client.create(_quoted(name))[0] == "OK":
                return name
        return ""

    def waiting(self, *, most: int) -> list[str]:
        """UIDs of mails that are not done, oldest first, at most `most`. Raises Failed."""
        criteria = "UNDELETED"
        if not self._target:
            criteria += f" UNKEYWORD {DONE_KEYWORD}" if self._keywords else " UNSEEN"
        with self._translated():
            kind, answer = self._open().uid("SEARCH", criteria)
            if kind != "OK":
                raise Failed(f"{self.host} does not search")
            uids = sorted({int(word) for line in answer if line for word in line.split()})
        return [str(uid) for uid in uids[:most]]

    def size(self, uid: str) -> int:
        """Bytes of a mail as the server counts them. Raises Failed, Gone."""
        with self._translated():
            kind, answer = self._open().uid("FETCH", uid, "(RFC822.SIZE)")
            for line in answer:
                if isinstance(line, bytes) and (found := _SIZE.search(line)):
                    return int(found.group(1))
            raise Gone(f"{self.host} has the mail no more ({kind})")

    def fetch(self, uid: str, *, most: int) -> bytes:
        """A mail, at most its first `most` bytes, without marking it as read. Raises Failed, Gone."""
        found = bytearray()
        while len(found) < most:
            piece = self._piece(uid, len(found), min(CHUNK, most - len(found)))
            if piece is None:
                raise Gone(f"{self.host} has the mail no more")
            found += piece
            if len(piece) < min(CHUNK, most - (len(found) - len(piece))):
                break
        return bytes(found)

    def _piece(self, uid: str, start: int, length: int) -> bytes | None:
        with self._translated():
            _kind, answer = self._open().uid("FETCH", uid, f"(BODY.PEEK[]<{start}.{length}>)")
            for line in answer:
                if isinstance(line, tuple):
                    return bytes(line[1])
                if isinstance(line, bytes) and (b'""' in line or b"NIL" in line):
                    return b""  # it ends exactly here
        return None

    def done(self, uid: str) -> None:
        """Put a mail away: into the folder for what is done, else mark it read with a keyword. Again is no error."""
        with self._translated():
            client = self._open()
            if self._target:
                if "MOVE" in self._able:
                    client.uid("MOVE", uid, _quoted(self._target))
                    return
                if client.uid("COPY", uid, _quoted(self._target))[0] == "OK":
                    client.uid("STORE", uid, "+FLAGS.SILENT", "(\\Deleted)")
                    if "UIDPLUS" in self._able:
                        client.uid("EXPUNGE", uid)
                    return
            flags = f"(\\Seen {DONE_KEYWORD})" if self._keywords else "(\\Seen)"
            client.uid("STORE", uid, "+FLAGS.SILENT", flags)

    def _open(self) -> _Client:
        if self._client is None or self._client.wire is None:
            raise Failed(f"{self.host} has ended the session")
        return self._client

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """What imaplib raises becomes Failed, and the session is over."""
        try:
            yield
        except Unreachable as error:
            raise Failed(error.log_text)
        except NetError:
            raise
        except (OSError, imaplib.IMAP4.error, ValueError, IndexError) as error:
            name: Any = type(error).__name__
            if self._client is not None:
                self._client.hang_up()
            if time.monotonic() >= self._end:
                raise Failed(f"{self.host} took too long")
            raise Failed(f"{self.host} broke off ({name})")


def _words(answer: list[Any]) -> set[str]:
    return {word for line in answer if isinstance(line, bytes) for word in line.decode("ascii", "replace").split()}


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

"""A mail relay that takes everything, in a thread: it counts Message-IDs and keeps no mail."""

from __future__ import annotations

import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Sink(socketserver.ThreadingTCPServer):
    """Listens on a free port of this machine."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.seen: Counter[str] = Counter()
        """How often each Message-ID was accepted."""
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """For SMTP_URL."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def note(self, message_id: str) -> None:
        """One more mail."""
        with self.lock:
            self.seen[message_id] += 1


class _Talk(socketserver.StreamRequestHandler):
    """One connection of SMTP, without extensions."""

    server: Sink

    def handle(self) -> None:
        """Until the other side is done."""
        try:
            self._say("220 sink")
            while line := self.rfile.readline(2000):
                word = line[:4].upper()
                if word == b"QUIT":
                    self._say("221 bye")
                    return
                if word == b"DATA":
                    self._say("354 go on")
                    found = self._mail()
                    self.server.note(found)
                self._say("250 sink" if word != b"DATA" else "250 taken")
        except OSError:
            return

    def _mail(self) -> str:
        found, head = "", True
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            head = head and line not in {b"\r\n", b"\n"}
            if head and line.lower().startswith(b"message-id:"):
                # A long one stands on the next line.
                found = line[11:].decode("ascii", "replace").strip() or self.rfile.readline().decode().strip()
        if line == b"":
            raise ConnectionError("hung up in the middle of a mail")
        return found

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


@contextmanager
def sink() -> Iterator[Any]:
    """A relay while it lasts."""
    server = Sink()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()

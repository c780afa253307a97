"""A lean HTTP client for measuring: one socket, keep-alive, next to no work of its own, standard library only.

As a program (`python -m bench.client`) it reads a task as JSON from stdin, sends requests by several connections at
once for so many seconds, and prints what it saw as JSON: that is the load, in processes beside the server.
"""

from __future__ import annotations

import base64
import json
import random
import socket  # noqa: TID251  it speaks to the server under measurement alone
import sys
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

UUID, LON, LAT = b"@UUID@", b"@LON@", b"@LAT@"
"""In a body: a fresh key, and a place near `MIDDLE`."""
MIDDLE = (8.23, 51.96)


class Refused(Exception):
    """An answer that is not the one expected."""


@dataclass(frozen=True)
class Request:
    """What is sent. `body` may hold UUID, LON and LAT."""

    path: str
    method: str = "GET"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        """Its bytes, with placeholders filled."""
        body = self.body
        if UUID in body:
            body = body.replace(UUID, str(uuid.uuid4()).encode())
            body = body.replace(LON, b"%.6f" % random.gauss(MIDDLE[0], 0.02))
            body = body.replace(LAT, b"%.6f" % random.gauss(MIDDLE[1], 0.015))
        head = {"Host": "localhost", "Accept-Encoding": "gzip", **self.headers}
        if self.method != "GET":
            head["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{lines}\r\n".encode() + body


class Connection:
    """One keep-alive connection; opened again where the server closed it."""

    def __init__(self, port: int, timeout: float = 120) -> None:
        self.port, self.timeout = port, timeout
        self.socket: socket.socket | None = None
        self.rest = b""

    def close(self) -> None:
        """Hang up."""
        if self.socket is not None:
            self.socket.close()
        self.socket, self.rest = None, b""

    def send(self, request: Request) -> tuple[int, int, bytes]:
        """Status, length of the body as it came over the line, and the body."""
        fresh = self.socket is None
        try:
            return self._send(request.raw())
        except (ConnectionError, BrokenPipeError):
            self.close()
            if fresh:
                raise
            return self._send(request.raw())

    def _send(self, raw: bytes) -> tuple[int, int, bytes]:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), self.timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(raw)
        head = self._until(b"\r\n\r\n").lower()
        status = int(head[9:12])
        if b"transfer-encoding: chunked" in head:
            body = self._chunks()
        elif (at := head.find(b"content-length:")) >= 0:
            body = self._exactly(int(head[at + 15 : head.index(b"\r", at)]))
        else:
            body = b"" if status in (204, 304) else self._rest()
        if b"connection: close" in head:
            self.close()
        return status, len(body), body

    def _more(self) -> bytes:
        assert self.socket is not None
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("The server hung up.")
        return piece

    def _until(self, mark: bytes) -> bytes:
        while (at := self.rest.find(mark)) < 0:
            self.rest += self._more()
        found, self.rest = self.rest[: at + len(mark)], self.rest[at + len(mark) :]
        return found

    def _exactly(self, size: int) -> bytes:
        pieces, have = [self.rest], len(self.rest)
        while have < size:
            pieces.append(self._more())
            have += len(pieces[-1])
        whole = b"".join(pieces)
        self.rest = whole[size:]
        return whole[:size]

    def _chunks(self) -> bytes:
        body = []
        while size := int(self._until(b"\r\n"), 16):
            body.append(self._exactly(size))
            self._exactly(2)
        self._exactly(2)
        return b"".join(body)

    def _rest(self) -> bytes:
        assert self.socket is not None
        pieces = [self.rest]
        while piece := self.socket.recv(262_144):
            pieces.append(piece)
        self.close()
        return b"".join(pieces)


@dataclass
class Seen:
    """What a load saw: milliseconds of each request, and how many were not answered as expected."""

    milliseconds: list[float] = field(default_factory=list)
    failures: int = 0
    first_failure: str = ""


def ask(connection: Connection, request: Request, expected: int) -> bytes:
    """Send and return the body. Raises Refused for another status."""
    status, _length, body = connection.send(request)
    if status != expected:
        raise Refused(f"{request.method} {request.path} answered {status}: {body[:300]!r}")
    return body


def load(port: int, requests: Sequence[Request], expected: int, seconds: float, connections: int) -> Seen:
    """Send the requests in turn by so many connections for so many seconds."""
    seen, lock, ends = Seen(), threading.Lock(), time.monotonic() + seconds

    def one(number: int) -> None:
        connection, found, failures, why = Connection(port), [], 0, ""
        at = number * 7
        while time.monotonic() < ends:
            begun = time.perf_counter()
            try:
                ask(connection, requests[at % len(requests)], expected)
                found.append((time.perf_counter() - begun) * 1000)
            except (OSError, Refused) as error:
                failures, why = failures + 1, str(error)
                connection.close()
                time.sleep(0.05)
            at += 1
        connection.close()
        with lock:
            seen.milliseconds += found
            seen.failures += failures
            seen.first_failure = seen.first_failure or why

    threads = [threading.Thread(target=one, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def as_task(port: int, requests: Sequence[Request], expected: int, seconds: float, connections: int) -> str:
    """A task for the program."""
    rows = [{**asdict(one), "body": base64.b64encode(one.body).decode()} for one in requests]
    task = {"port": port, "expected": expected, "seconds": seconds, "connections": connections, "requests": rows}
    return json.dumps(task)


def main() -> None:
    """Read the task, do it, print what was seen."""
    task = json.load(sys.stdin)
    rows = task.pop("requests")
    requests = [Request(**{**one, "body": base64.b64decode(one["body"])}) for one in rows]
    random.shuffle(requests)
    json.dump(asdict(load(requests=requests, **task)), sys.stdout)


if __name__ == "__main__":
    main()

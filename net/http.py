"""Fetch from and post to other machines over HTTP, with every limit set."""

import http.client
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from net import tls
from net.guard import NetError, Refused, Unreachable, connect, deadline
from net.names import to_ascii

__all__ = ["Failed", "Refused", "Response", "fetch"]

_MAIL_PORTS = {25, 465, 587, 2525}
_REDIRECTS = {301, 302, 303, 307, 308}
_KEPT_ACROSS_HOSTS = {"accept", "accept-language", "user-agent", "content-type"}
_CHUNK = 64 * 1024
USER_AGENT = "Anliegen"


class Failed(NetError):
    """No usable answer: unreachable, too slow, too large, broken, too many redirects."""


@dataclass(frozen=True)
class Response:
    """An answer of any status. Header names are in lower case; `url` is where it came from after
    redirects.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def ok(self) -> bool:
        """A status of 200 to 299."""
        return 200 <= self.status < 300


class _Plain(http.client.HTTPConnection):
    """A connection to an address that the guard has checked; keeps a duplicate of the socket for the
    deadline.
    """

    wire: socket.socket | None = None
    public_only = False

    def connect(self) -> None:
        self.sock = connect(
            self.host,
            self.port,
            purpose="http",
            timeout=float(self.timeout or 10),
            public_only=self.public_only,
        )
        self.wire = self.sock.dup()

    def hang_up(self) -> None:
        """Closes both sockets. Not `close`, which http.client calls before the body is read."""
        self.close()
        if self.wire is not None:
            self.wire.close()


class _Tls(_Plain):
    """The same with TLS for the name that was asked for."""

    default_port = 443

    def secure(self) -> None:
        """The handshake, under the deadline; checks certificate and name."""
        self.sock = tls.context().wrap_socket(self.sock, server_hostname=self.host)


def _split(url: str) -> SplitResult:
    """The parts of an address we are willing to ask. Raises Refused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("not an address of the web")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refused("only http and https addresses are fetched")
    if parts.username is not None or parts.password is not None:
        raise Refused("an address with a password in it is not fetched")
    if port in _MAIL_PORTS or port == 0:
        raise Refused(f"port {port} is not for the web")
    return parts


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:=&~+!$,;'@()*-._")
    query = quote(parts.query, safe="/%:=&?~+!$,;'@()*-._[]")
    return f"{path}?{query}" if query else path


def _once(
    parts: SplitResult,
    *,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
    timeout: float,
    end: float,
    max_bytes: int,
    public_only: bool,
) -> Response:
    scheme, host, port = _origin(parts)
    left = end - time.monotonic()
    if left <= 0:
        raise Failed(f"{host} took too long")
    try:
        name = host if ":" in host else to_ascii(host)
    except ValueError:
        raise Refused("not a host name")
    connection = (_Tls if scheme == "https" else _Plain)(name, port, timeout=min(timeout, left))
    connection.public_only = public_only
    passed = False
    try:
        connection.connect()
        assert connection.wire is not None
        with deadline(connection.wire, end - time.monotonic()) as mark:
            try:
                if isinstance(connection, _Tls):
                    connection.secure()
                connection.request(method, _target(parts), body=body, headers=dict(headers))
                answer = _read(connection.getresponse(), parts, max_bytes)
            finally:
                passed = mark.passed
        if passed:  # a body without length ends where the connection was cut
            raise TimeoutError
        return answer
    except Unreachable as error:
        raise Failed(error.log_text)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if passed:
            raise Failed(f"{host} took too long")
        raise Failed(f"{host} broke off ({type(error).__name__})")
    finally:
        connection.hang_up()


def _read(answer: http.client.HTTPResponse, parts: SplitResult, max_bytes: int) -> Response:
    too_large = f"{parts.hostname} sent more than {max_bytes} bytes"
    if (answer.length or 0) > max_bytes:
        raise Failed(too_large)
    body = bytearray()
    while chunk := answer.read(_CHUNK):
        body += chunk
        if len(body) > max_bytes:
            raise Failed(too_large)
    if answer.length:
        raise http.client.IncompleteRead(bytes(body), answer.length)
    headers: dict[str, str] = {}
    for name, value in answer.getheaders():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return Response(answer.status, headers, bytes(body), parts.geturl())


def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout: float = 10.0,
    total: float = 30.0,
    max_bytes: int = 5 * 2**20,
    max_redirects: int = 3,
) -> Response:
    """Asks `url` and returns the answer, whatever its status.

    `timeout`: seconds for connecting and for each read; `total`: seconds for everything, redirects included;
    `max_bytes`: of the body. Up to `max_redirects` redirects are followed, each checked like the first
    address; with 0 the redirect itself is the answer. On the way to another host all headers but Accept,
    Accept-Language, User-Agent and Content-Type are dropped (tokens, signatures), and a redirect never leads
    to a private address, not even to one the settings allow, unless host and port stay the same; nor from
    https to http. Raises Refused (we do not go there) or Failed (no usable answer).
    """
    end = time.monotonic() + total
    sent = {"User-Agent": USER_AGENT, **(headers or {})}
    parts = _split(url)
    redirects = 0
    public_only = False
    while True:
        answer = _once(
            parts,
            method=method,
            headers=sent,
            body=body,
            timeout=timeout,
            end=end,
            max_bytes=max_bytes,
            public_only=public_only,
        )
        location = answer.headers.get("location")
        if answer.status not in _REDIRECTS or location is None or max_redirects == 0:
            return answer
        redirects += 1
        if redirects > max_redirects:
            raise Failed(f"{parts.hostname} redirects more than {max_redirects} times")
        before, parts = parts, _split(urljoin(parts.geturl(), location))
        if before.scheme == "https" and parts.scheme == "http":
            raise Refused(f"{before.hostname} redirects from https to http")
        if _origin(before) != _origin(parts):
            sent = {name: value for name, value in sent.items() if name.lower() in _KEPT_ACROSS_HOSTS}
        if _origin(before)[1:] != _origin(parts)[1:]:
            public_only = True
        if answer.status == 303 or (answer.status in {301, 302} and method == "POST"):
            method, body = ("HEAD" if method == "HEAD" else "GET"), None

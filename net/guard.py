"""Where connections may go: to public addresses, and to what the settings name.

Names are resolved here, every resolved address is checked, and the connection is made to the checked address
itself, so that a name which changes its mind between check and connect (DNS rebinding) gains nothing.
"""

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from net.names import to_ascii

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REFUSED = [
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible, with :: and ::1
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo, ORCHID and other special purposes
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",  # once site-local
        "ff00::/8",
    )
]


class NetError(Exception):
    """What went wrong on the way to another machine. `log_text` names the host at most, never a path or a
    person.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.log_text = text


class Refused(NetError):
    """We do not go there: a private address, a scheme or a port that is not meant for this."""


class Unreachable(NetError):
    """The name does not resolve or nobody answers."""


def is_public(address: IPAddress) -> bool:
    """True for an address of the open internet; embedded IPv4 addresses count as what they lead to."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return False
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if any(address.version == block.version and address in block for block in _REFUSED):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def is_allowed(host: str, port: int, purpose: str) -> bool:
    """True if NET_ALLOWED names exactly this host and port, for any purpose ("host:25") or this one
    ("smtp://host:25").

    `host` is compared as written, in lower case, not by its address.
    """
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    named = {entry.lower() for entry in settings.NET_ALLOWED}
    return place in named or f"{purpose}://{place}" in named


def _resolve(host: str, port: int, timeout: float) -> list[Any]:
    """getaddrinfo with a time limit, which it has not of its own."""
    answers: queue.Queue[list[Any] | OSError | UnicodeError] = queue.Queue()

    def ask() -> None:
        try:
            answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except queue.Empty:
        raise Unreachable(f"{host} was not resolved within {timeout:g} s")
    if isinstance(answer, Exception):
        raise Unreachable(f"{host} does not resolve")
    return answer


def check(host: str, port: int, *, purpose: str, timeout: float = 10.0, public_only: bool = False) -> list[Any]:
    """The addresses of `host` (as getaddrinfo gives them), all of which may be contacted.

    Raises Refused if even one of them is not public and the settings do not name host and port, Unreachable
    if the name does not resolve. With `public_only` the settings' exceptions do not count (after a redirect).
    Numbers in odd spellings (127.1, 0x7f000001) are judged by what they resolve to.
    """
    try:
        name = host if ":" in host else to_ascii(host)
    except ValueError:
        raise Refused("not a host name")
    addresses = _resolve(name, port, timeout)
    if public_only or not is_allowed(name.lower(), port, purpose):
        for *_, sockaddr in addresses:
            if not is_public(ipaddress.ip_address(str(sockaddr[0]))):
                raise Refused(f"{name} is not a public address")
    return addresses


def resolves(host: str, *, timeout: float = 3.0) -> bool:
    """Whether a name leads to any address at all. Nothing is contacted but the resolver."""
    try:
        return bool(_resolve(to_ascii(host), 443, timeout))
    except (Unreachable, ValueError):
        return False


def connect(host: str, port: int, *, purpose: str, timeout: float, public_only: bool = False) -> socket.socket:
    """A connected TCP socket to a checked address of `host`, trying each in turn within `timeout` seconds in
    all.

    Raises Refused or Unreachable.
    """
    deadline = time.monotonic() + timeout
    reason = "no address"
    addresses = check(host, port, purpose=purpose, timeout=timeout, public_only=public_only)
    for family, kind, protocol, _, sockaddr in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            reason = "timed out"
            break
        try:
            sock = socket.socket(family, kind, protocol)
        except OSError as error:  # e.g. no IPv6 on this machine
            reason = type(error).__name__
            continue
        try:
            sock.settimeout(left)
            sock.connect(sockaddr)
        except OSError as error:
            sock.close()
            reason = type(error).__name__
            continue
        sock.settimeout(timeout)
        return sock
    raise Unreachable(f"{host}:{port} does not answer ({reason})")


class Deadline:
    """Whether the time was up; see `deadline`."""

    def __init__(self) -> None:
        self.passed = False


@contextmanager
def deadline(sock: socket.socket, seconds: float) -> Iterator[Deadline]:
    """Cuts the connection when `seconds` are over: time-outs of single reads cannot stop a peer that drips.

    `sock` is the plain socket, a duplicate made before TLS took it over will do.
    """
    mark = Deadline()

    def cut() -> None:
        mark.passed = True
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it is closed already

    timer = threading.Timer(max(seconds, 0.001), cut)
    timer.daemon = True
    timer.start()
    try:
        yield mark
    finally:
        timer.cancel()

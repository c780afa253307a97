import ipaddress
import socket  # noqa: TID251  its answers are replaced here
import threading

import pytest

from net import guard
from net.guard import Refused, Unreachable, check, connect, is_public

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001::1",
        "2001:db8::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_these_addresses_are_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "193.99.144.80", "2a02:2e0:3fe:1001::1", "64:ff9b::808:808"])
def test_these_addresses_are_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "::1", "LOCALHOST."]
)
def test_this_machine_is_refused_however_it_is_spelled(host):
    with pytest.raises(Refused):
        check(host, 80, purpose="http")


@pytest.mark.parametrize("host", ["", "a..b", "a b", "a/b", "user@host", "x" * 64, "a\r\nb", "ü" * 70])
def test_what_is_no_host_name_is_refused(host):
    with pytest.raises(Refused):
        check(host, 80, purpose="http")


def test_exactly_the_host_and_port_of_the_settings_are_allowed(settings):
    settings.NET_ALLOWED = ["Localhost:8025", "[::1]:8026"]
    assert check("localhost", 8025, purpose="smtp")
    assert check("LOCALHOST", 8025, purpose="http")
    assert guard.is_allowed("::1", 8026, "http")
    for host, port in [("localhost", 8026), ("127.0.0.1", 8025)]:
        with pytest.raises(Refused):
            check(host, port, purpose="smtp")


def test_a_permission_may_be_for_one_purpose(settings):
    settings.NET_ALLOWED = ["smtp://localhost:8025"]
    assert check("localhost", 8025, purpose="smtp")
    with pytest.raises(Refused):
        check("localhost", 8025, purpose="http")


def _answers(*addresses: str):
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in addresses]


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: _answers("8.8.8.8", "10.0.0.1"))
    with pytest.raises(Refused):
        check("example.org", 80, purpose="http")


def test_the_checked_address_is_the_one_that_is_contacted(monkeypatch):
    """The name is asked for once; a second, different answer (DNS rebinding) is never seen."""
    answers = iter([_answers("8.8.8.8"), _answers("127.0.0.1")])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: next(answers))
    contacted = []

    def note(self, address):
        contacted.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", note)
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        connect("rebinding.example", 80, purpose="http", timeout=1)
    assert contacted == [("8.8.8.8", 80)]


def test_a_name_that_does_not_resolve_is_unreachable(monkeypatch):
    def fail(*args, **options):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(Unreachable, match="does not resolve"):
        check("nowhere.example", 80, purpose="http")


def test_a_name_server_that_is_slow_is_not_waited_for(monkeypatch):
    end = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: end.wait(5) and [])
    with pytest.raises(Unreachable, match=r"within 0.05 s"):
        check("slow.example", 80, purpose="http", timeout=0.05)
    end.set()


def test_the_next_address_is_tried_when_one_does_not_answer(web, monkeypatch):
    real = _answers("127.0.0.1")[0]
    port = web.server_address[1]
    dead = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))
    alive = (*real[:4], ("127.0.0.1", port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: [dead, alive])
    connect("127.0.0.1", port, purpose="http", timeout=2).close()

"""Asking a relay without sending, and the resolver without connecting."""

import pytest

from net.guard import resolves
from net.smtp import Relay, Unavailable

pytestmark = pytest.mark.once


def test_a_relay_is_asked_without_a_mail(start_smtp):
    mailbox, place = start_smtp()
    with Relay(f"smtp://{place}") as relay:
        relay.check()
    assert mailbox.connections == 1
    assert not mailbox.received


def test_a_relay_that_is_away_or_a_folder_that_cannot_be_written(nobody, tmp_path):
    with Relay(f"smtp://{nobody}") as relay, pytest.raises(Unavailable):
        relay.check()
    with Relay((tmp_path / "mail").as_uri()) as relay:
        relay.check()
    (tmp_path / "file").write_text("")
    with Relay((tmp_path / "file").as_uri()) as relay, pytest.raises(Unavailable):
        relay.check()


def test_names(monkeypatch):
    def nowhere(*_args, **_how):
        raise OSError

    assert resolves("localhost")
    assert not resolves("not a name")
    monkeypatch.setattr("net.guard.socket.getaddrinfo", nowhere)
    assert not resolves("town.example")

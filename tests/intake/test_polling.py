"""Fetching from a real IMAP server: everything arrives once, whatever ends in between."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection

from geo.models import Municipality
from intake.models import IncomingMail, Mailbox
from intake.polling import poll
from intake.sorting import run_incoming
from net import tls
from net.guard import Refused
from net.imap import Box, Failed
from tests.conftest import AT
from tests.intake import dovecot
from tests.intake.conftest import ADDRESS

WORKER = Path(__file__).with_name("poll_and_die.py")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(dovecot.BINARY is None, reason="needs dovecot (script/setup --test installs dovecot-imapd)"),
]


@pytest.fixture(scope="module")
def running() -> Iterator[dovecot.Dovecot]:
    """One server for all tests of the file."""
    server = dovecot.Dovecot()
    yield server
    server.stop()


@pytest.fixture
def server(running: dovecot.Dovecot, settings, monkeypatch) -> Iterator[dovecot.Dovecot]:
    """The server with an empty mailbox, allowed by the settings and trusted."""
    for folder in ("new", "cur"):
        for path in (running.folder / "mail").rglob(f"{folder}/*"):
            path.unlink()
    settings.NET_ALLOWED = [f"imap://localhost:{running.port}", f"imap://localhost:{running.starttls}"]
    monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
    tls.context.cache_clear()
    yield running
    tls.context.cache_clear()


def url(server: dovecot.Dovecot, *, password: str = dovecot.PASSWORD, folder: str = "INBOX") -> str:
    return f"imaps://{quote(dovecot.USER, safe='')}:{quote(password, safe='')}@localhost:{server.port}/{folder}"


def mail(number: int) -> bytes:
    head = (
        f"From: e{number}@example.org\r\nTo: {ADDRESS}\r\nSubject: Loch {number}\r\nMessage-ID: <p{number}@example.org>"
    )
    return f"{head}\r\n\r\nLoch vor Haus {number}\r\n".encode()


@pytest.fixture
def fetched(mailtown, server) -> Municipality:
    """The municipality with this mailbox."""
    town: Municipality = mailtown.municipality
    town.intake_imap = url(server)
    town.save()
    assert dovecot.PASSWORD not in town.intake_imap, "the password is sealed"
    return town


def test_what_lies_in_the_mailbox_becomes_rows_and_is_put_away(fetched, server):
    for number in range(3):
        server.deliver(mail(number))
    assert poll(municipality=fetched, at=AT) == 3
    assert server.left() == []
    assert len(server.left("Verarbeitet")) == 3
    assert poll(municipality=fetched, at=AT) == 0
    assert run_incoming().done == 3
    assert set(IncomingMail.objects.values_list("outcome", flat=True)) == {"draft"}
    row = Mailbox.objects.get()
    assert (row.error, row.failing_since, row.worked_at) == ("", None, AT)


def test_a_mail_above_the_limit_is_named_and_thirty_megabytes_are_taken(fetched, server, monkeypatch):
    body = (b"A" * 76 + b"\r\n") * 14_000
    server.deliver(mail(1) + body)
    server.deliver(mail(2) + body * 12)
    for module in ("intake.polling", "intake.services", "intake.sorting"):
        monkeypatch.setattr(f"{module}.MAX_BYTES", 5 * 2**20)
    assert poll(municipality=fetched, at=AT) == 2
    run_incoming()
    found = dict(IncomingMail.objects.values_list("message_id", "reason"))
    assert found == {"<p1@example.org>": "new", "<p2@example.org>": "too_large"}
    small = IncomingMail.objects.get(reason="new")
    with default_storage.open(small.path) as file:
        assert file.read() == mail(1) + body, "fetched in pieces, whole in the end"
    large = IncomingMail.objects.get(reason="too_large")
    assert large.bytes == len(mail(2) + body * 12)
    assert large.sender == "e2@example.org"


def test_without_a_folder_to_move_to_a_keyword_tells_what_is_done(fetched, server, monkeypatch):
    monkeypatch.setattr(Box, "_prepared", lambda self, client: "")
    server.deliver(mail(1))
    assert poll(municipality=fetched, at=AT) == 1
    assert len(server.left()) == 1
    with Box(url(server)) as box:
        assert box.waiting(most=10) == []


def test_starttls_is_spoken_too(server):
    with Box(url(server).replace("imaps", "imap+tls").replace(str(server.port), str(server.starttls))) as box:
        assert box.count == 0


def test_what_is_wrong_is_said_without_the_password(fetched, server, settings):
    fetched.intake_imap = url(server, password="falsch")
    fetched.save()
    assert poll(municipality=fetched, at=AT) == 0
    row = Mailbox.objects.get()
    assert row.failing_since == AT
    assert "refuses user or password" in row.error
    assert "falsch" not in row.error
    with pytest.raises(Failed, match="no folder"), Box(url(server, folder="Gibtsnicht")):
        pass
    settings.NET_ALLOWED = []
    with pytest.raises(Refused), Box(url(server)):
        pass
    tls.context.cache_clear()
    os.environ.pop("SSL_CERT_FILE")
    settings.NET_ALLOWED = [f"localhost:{server.port}"]
    with pytest.raises(Failed, match="broke off"), Box(url(server)):
        pass


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_keeping_and_putting_away_doubles_nothing(fetched, server):
    for number in range(6):
        server.deliver(mail(number))
    kept = {key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    worker = subprocess.run(
        [sys.executable, str(WORKER)],
        env={
            **os.environ,
            "DATABASE": json.dumps({**kept, "NAME": str(kept["NAME"])}),
            "FILES": default_storage.location,
            "PLACE": f"localhost:{server.port}",
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PYTHONPATH": str(WORKER.parents[2]),
            "SECRET_KEY": configured.SECRET_KEY,
        },
        cwd=WORKER.parents[2],
        check=False,
        timeout=120,
    )
    assert worker.returncode == 9
    assert IncomingMail.objects.count() == 3
    assert len(server.left()) == 4, "the third is kept, but lies there still"
    cache.clear()  # its lock would pass by itself after minutes
    assert poll(municipality=fetched, at=AT) == 3
    assert server.left() == []
    assert sorted(IncomingMail.objects.values_list("message_id", flat=True)) == [
        f"<p{number}@example.org>" for number in range(6)
    ]
    assert run_incoming().done == 6

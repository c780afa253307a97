"""`manage.py receive_mail`, as a mail server calls it."""

from __future__ import annotations

from io import BytesIO, TextIOWrapper

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError

from intake.models import IncomingMail
from tests.intake.test_receive import a_mail


def pipe(monkeypatch, raw: bytes, **options) -> int:
    """The exit code for a mail on standard input."""
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(raw)))
    try:
        call_command("receive_mail", **options)
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def test_a_piped_mail_is_kept_once(mailtown, monkeypatch):
    assert pipe(monkeypatch, a_mail(), recipient="melder@stadt.example") == 0
    assert pipe(monkeypatch, a_mail(), municipality="harsewinkel") == 0
    mail = IncomingMail.objects.get()
    assert mail.recipient == "melder@stadt.example"


def test_without_database_storage_or_municipality_the_mail_server_keeps_it(mailtown, monkeypatch):
    def away(*args, **options):
        raise OperationalError("no")

    def full(*args, **options):
        raise OSError("no space")

    assert pipe(monkeypatch, a_mail(), municipality="nowhere") == 75
    with monkeypatch.context() as broken:
        broken.setattr(IncomingMail.objects, "create", away)
        assert pipe(monkeypatch, a_mail()) == 75
    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "save", full)
        assert pipe(monkeypatch, a_mail()) == 75
    assert not IncomingMail.objects.exists()
    assert pipe(monkeypatch, a_mail()) == 0


def test_what_is_too_large_does_not_fill_the_memory(mailtown, monkeypatch):
    for module in ("intake.services", "intake.management.commands.receive_mail"):
        monkeypatch.setattr(f"{module}.MAX_BYTES", 2**20)
    assert pipe(monkeypatch, a_mail() + b"x" * 3 * 2**20) == 0
    mail = IncomingMail.objects.get()
    assert mail.bytes > 3 * 2**20
    assert default_storage.size(mail.path) == 64 * 2**10


@pytest.mark.django_db
def test_nobody_to_give_it_to(monkeypatch):
    assert pipe(monkeypatch, a_mail()) == 75

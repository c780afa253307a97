"""A mail that comes back as mail: noted on the case once, whatever server wrote it."""

import io
import sys
from datetime import timedelta

import pytest
from django.core.management import call_command

from cases.models import Entry
from cases.policy import Deed
from notifications import bounces
from tests.conftest import AT

LATER = AT + timedelta(hours=3)
POSTFIX = """\
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: melder@harsewinkel.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Postfix-Queue-ID: 4F1A2

Final-Recipient: rfc822; erika@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {code} {status} <erika@example.org>: User unknown

--B
Content-Type: {kind}

From: melder@harsewinkel.example
To: erika@example.org
Message-ID: {id}
Subject: Ihre Meldung

--B--
"""


@pytest.fixture
def mail(make_report, mails):
    make_report(email="erika@example.org")
    (receipt,) = mails()
    return receipt


def bounce(mail, *, action="failed", status="5.1.1", code=550, kind="message/rfc822", message_id=None):
    return POSTFIX.format(action=action, status=status, code=code, kind=kind, id=message_id or mail.message_id).encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_mailbox_that_does_not_exist_shows_on_the_case(kind, mail):
    assert bounces.note(bounce(mail, kind=kind, code=552), at=LATER) == mail
    mail.refresh_from_db()
    assert mail.bounced
    assert mail.case.contact.bounced_at == LATER
    entry = Entry.objects.get(deed=Deed.BOUNCED)
    assert "(552)" in entry.text
    assert "erika" not in entry.text
    bounces.note(bounce(mail, kind=kind), at=LATER)
    assert Entry.objects.filter(deed=Deed.BOUNCED).count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"action": "delayed", "status": "4.4.1", "code": 451},
        {"action": "failed", "status": "4.2.2", "code": 452},
        {"action": "delivered", "status": "2.0.0", "code": 250},
        {"message_id": "<nobody@example.org>"},
    ],
)
def test_what_passes_or_is_not_ours_changes_nothing(change, mail):
    assert bounces.note(bounce(mail, **change), at=LATER) is None
    mail.refresh_from_db()
    assert not mail.bounced


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: Ich bin im Urlaub\n\nBis bald",
        b"Content-Type: multipart/report; report-type=delivery-status\n\nno parts",
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\n\n--B\n'
        b"Content-Type: message/delivery-status\n\nAction: failed\n\n--B--",
    ],
)
def test_other_mails_are_no_bounce(data, db):
    assert bounces.note(data, at=LATER) is None


def test_the_command_takes_the_mail_from_the_server(mail, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bounce(mail))))
    call_command("read_bounce")
    said = capsys.readouterr().out
    assert "did not arrive" in said
    assert "erika" not in said

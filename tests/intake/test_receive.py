"""Taking mails in and deciding about them: drafts, answers, bounces and refusals by name."""

from __future__ import annotations

from intake.models import IncomingMail
from intake.services import receive
from intake.sorting import run_incoming
from tests.conftest import AT

PLAIN = b"""From: =?utf-8?q?J=C3=BCrgen_M=C3=BCller?= <Juergen@Example.org>
To: melder@stadt.example
Subject: Schlagloch in der Hauptstrasse
Message-ID: <a1@example.org>

Guten Tag,

vor Haus 12 ist ein tiefes Loch.

Mit freundlichen Gruessen
Juergen Mueller
Tel. 05247 12345
"""


def test_a_mail_becomes_a_draft_once(mailtown):
    first = receive(raw=PLAIN, at=AT)
    assert receive(raw=b"Received: by mx2\n" + PLAIN, at=AT).pk == first.pk
    assert run_incoming().done == 1
    mail = IncomingMail.objects.get()
    assert (mail.outcome, mail.reason, mail.sender, mail.sender_name) == (
        "draft",
        "new",
        "juergen@example.org",
        "Jürgen Müller",
    )
    assert mail.draft.data["text"].endswith("vor Haus 12 ist ein tiefes Loch.")
    assert "Tel." not in mail.draft.data["text"]
    assert "Tel." in mail.text

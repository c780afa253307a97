"""A mailbox for reports by mail that cannot be read for long is told to whoever keeps the platform running."""

from __future__ import annotations

from datetime import timedelta

from geo.models import Municipality
from intake.models import Mailbox
from portal.watch.facts import gather
from portal.watch.judging import judge
from tests.conftest import AT


def test_a_mailbox_is_named_when_it_was_not_read_for_half_an_hour(town):
    Municipality.objects.update(intake_imap="imaps://u:p@mail.example/INBOX")
    row = Mailbox.objects.create(municipality=town.municipality, failing_since=AT, error="mail.example does not answer")

    def found(minutes: int) -> list[str]:
        told = judge(gather(at=AT + timedelta(minutes=minutes)))
        return [one.text for one in told if one.key == "mailbox.harsewinkel"]

    assert found(29) == []
    assert "mail.example does not answer" in found(31)[0]
    row.failing_since = None
    row.save()
    assert found(31) == []

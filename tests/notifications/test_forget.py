"""Deleting contact data reaches the mails; old words go by themselves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import following, services
from cases.change import Act, By
from notifications.models import Delivery
from notifications.policy import KEEP
from notifications.retention import KEEP_NOTE, delete_blanked
from notifications.sending import run_deliveries
from notifications.services import forget, forget_old
from notifications.tasks import drain_deliveries, forget_old_deliveries
from tests.notifications.conftest import FOLLOWER, LATER, REPORTER

pytestmark = pytest.mark.django_db


def is_blank(row):
    row.refresh_from_db()
    return (row.address, row.text, row.html, row.headers) == ("", "", "", {}) and row.blanked_at is not None


def test_deleting_the_contact_blanks_what_was_sent_and_stops_what_waits(town, public_case, follower, mails):
    run_deliveries()
    sent = Delivery.objects.get(purpose="receipt")
    services.update(case=public_case, by=By.staff(town.clerk), text="Neues", act=Act(at=LATER))
    waiting = next(mail for mail in mails() if mail.address == REPORTER)
    services.delete_contact(case=public_case, by=By.citizen(), act=Act(at=LATER))
    mails()
    assert is_blank(sent)
    assert sent.sent_at is not None, "that it went out stays on record"
    assert is_blank(waiting)
    assert waiting.sent_at is None
    assert waiting.done_at is not None
    assert not Delivery.objects.filter(address=REPORTER).exists()
    assert Delivery.objects.filter(address=FOLLOWER).exists(), "others keep theirs"


def test_an_address_is_forgotten_everywhere(town, public_case, follower, mails):
    services.update(case=public_case, by=By.staff(town.clerk), text="Neues", act=Act(at=LATER))
    mails()
    assert forget(address=FOLLOWER.upper(), at=LATER) == 1
    assert not Delivery.objects.to_address(FOLLOWER).exists()
    assert forget(address="", at=LATER) == 0


def test_a_blanked_mail_is_never_sent_even_if_it_becomes_due_again(make_report, mails, sink):
    make_report(email=REPORTER)
    (row,) = mails()
    forget(address=REPORTER, at=LATER)
    Delivery.objects.update(done_at=None, due_at=timezone.now())
    run_deliveries()
    row.refresh_from_db()
    assert sink.mails == []
    assert row.sent_at is None
    assert str(row) == "receipt to reporter"


def test_words_are_blanked_after_ninety_days(make_report, mails):
    make_report(email=REPORTER)
    (row,) = mails()
    assert forget_old(at=row.created_at + KEEP) == 0
    assert forget_old(at=row.created_at + KEEP + timedelta(seconds=1)) == 1
    assert is_blank(row)
    assert row.subject


def test_mails_of_a_follower_who_left_are_blanked(town, public_case, follower, mails):
    services.update(case=public_case, by=By.staff(town.clerk), text="Neues", act=Act(at=LATER))
    mails()
    run_deliveries()
    following.unfollow(token=follower.token)
    forget_old_deliveries()
    assert not Delivery.objects.to_address(FOLLOWER).exists()


def test_the_drain_task_sends_and_rings_again_when_time_is_up(make_report, mails, rings, monkeypatch):
    make_report(email=REPORTER)
    make_report(email=REPORTER)
    mails()
    drain_deliveries()
    assert Delivery.objects.filter(sent_at__isnull=False).count() == 2
    Delivery.objects.update(done_at=None, sent_at=None, due_at=timezone.now())
    monkeypatch.setattr("notifications.tasks.RUN_SECONDS", 0.0)
    monkeypatch.setattr("notifications.tasks.ring", lambda task: rings.append(task.name))
    drain_deliveries()
    assert rings[-1] == drain_deliveries.name


def test_a_year_later_nothing_is_left_of_a_blanked_mail(make_report, mails):
    make_report(email=REPORTER)
    mails()
    made = Delivery.objects.get().created_at
    assert delete_blanked(at=made + KEEP_NOTE + timedelta(days=9)) == 0, "only what is blanked"
    forget_old(at=made + KEEP_NOTE)
    assert delete_blanked(at=made + KEEP_NOTE) == 0
    assert delete_blanked(at=made + KEEP_NOTE + timedelta(seconds=1)) == 1

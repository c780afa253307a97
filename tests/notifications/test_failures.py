"""Mails that did not go out: what is listed, sent again by hand, or given up."""

import pytest
from django.utils import timezone

from notifications.failures import failures, give_up, masked, resend
from notifications.models import Delivery
from notifications.sending import run_deliveries
from tests.notifications.conftest import REPORTER

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def broken(public_case, mails):
    """A receipt that was given up, one whose address is refused, and one that went out."""
    row = Delivery.objects.filter(address=REPORTER).first()
    Delivery.objects.exclude(pk=row.pk).update(done_at=timezone.now())
    Delivery.objects.filter(pk=row.pk).update(done_at=None, sent_at=None, failed_at=timezone.now(), tries=18, error="x")
    return row


def test_failed_mails_are_listed_by_municipality(broken, town, neighbour):
    assert [row.pk for row in failures()] == [broken.pk]
    assert [row.pk for row in failures(municipality_id=town.municipality.pk)] == [broken.pk]
    assert not failures(municipality_id=neighbour.municipality.pk)
    assert masked("erika@example.org") == "e…@example.org"
    assert masked("") == ""


def test_resend(broken, neighbour, settings):
    now = timezone.now()
    assert resend(ids=[broken.pk], at=now, municipality_id=neighbour.municipality.pk) == 0
    assert resend(ids=[broken.pk], at=now) == 1
    assert run_deliveries().done == 1
    assert len(list(settings.MAIL_DIR.glob("*.eml"))) == 1
    assert not failures()


def test_a_refused_address_is_not_written_to_again(broken):
    Delivery.objects.update(bounced=True)
    assert resend(ids=[broken.pk], at=timezone.now()) == 0


def test_give_up(broken):
    assert give_up(ids=[broken.pk], at=timezone.now()) == 1
    assert not failures()
    broken.refresh_from_db()
    assert broken.sent_at is None
    assert run_deliveries().handled == 0

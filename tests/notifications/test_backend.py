"""Mails of the login library go the same way."""

import pytest
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse

from notifications.models import Delivery
from notifications.sending import run_deliveries
from outbox.work import run_jobs

pytestmark = pytest.mark.django_db
BACKEND = "notifications.backend.DeliveryBackend"


def send(**facts):
    message = EmailMessage(subject="Neues\n Passwort", body="Hier: http://localhost/konto/x/ <ok>", **facts)
    return get_connection(BACKEND).send_messages([message])


def test_a_mail_becomes_one_delivery_per_recipient(town, rings):
    assert send(to=["Clerk <clerk@harsewinkel.example>"], cc=["x@y.example"]) == 1
    clerk, other = Delivery.objects.order_by("pk")
    assert (clerk.address, other.address) == ("clerk@harsewinkel.example", "x@y.example")
    assert clerk.subject == "Neues Passwort"
    assert "http://localhost/konto/x/ <ok>" in clerk.text
    assert 'href="http://localhost/konto/x/"' in clerk.html
    assert clerk.message_id != other.message_id


def test_the_look_is_that_of_the_municipality_somebody_works_for(town, neighbour):
    send(to=[neighbour.clerk.email])
    row = Delivery.objects.get()
    assert row.municipality == neighbour.municipality
    assert row.sender == "melder@heek.example"


def test_without_any_municipality_the_platform_writes(db, settings):
    settings.SENDER_ADDRESS = "portal@example.org"
    send(to=["operator@example.org"])
    row = Delivery.objects.get()
    assert row.sender == "portal@example.org"
    assert row.message_id.endswith("@example.org>")


def test_the_key_in_it_is_gone_once_it_is_sent(town, sink):
    send(to=[town.clerk.email])
    run_deliveries()
    assert len(sink.mails) == 1
    row = Delivery.objects.get()
    assert row.sent_at is not None
    assert (row.address, row.text, row.html) == ("", "", "")


def test_files_are_refused(town):
    message = EmailMessage(subject="x", body="y", to=["a@b.example"])
    message.attach("plan.pdf", b"%PDF", "application/pdf")
    with pytest.raises(ValueError, match="files"):
        get_connection(BACKEND).send_messages([message])


def test_no_message_no_ring(db, rings):
    assert get_connection(BACKEND).send_messages([]) == 0


def test_a_forgotten_password_is_answered_by_a_delivery(town, client, settings):
    settings.EMAIL_BACKEND = BACKEND
    client.post(reverse("account_reset_password"), {"email": town.clerk.email})
    run_jobs()
    row = Delivery.objects.get()
    assert row.address == town.clerk.email
    assert "/konto/passwort/neu/" in row.text


def test_a_rejected_login_mail_is_given_up(town, sink):
    sink.answer = lambda address: "550 no such user"
    send(to=[town.clerk.email])
    assert run_deliveries().parked == 1
    assert Delivery.objects.get().bounced

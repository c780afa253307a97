"""Links out of mails: a GET changes nothing, a POST does, and again is the same."""

import pytest
from django.test import Client
from django.utils import timezone

from cases.following import ask, unfollow
from cases.models import Follow, Support

NOW = timezone.now()


@pytest.fixture
def wish(release):
    case = release()
    ask(case=case, email="eva@example.org", support=True, follow=True, language="de", at=NOW)
    return Follow.objects.get(case=case)


def test_the_reporters_address_is_confirmed_by_the_button(client, make_report):
    case = make_report(email="eva@example.org")
    address = f"/bestaetigen/{case.contact.token}/"
    page = client.get(address)
    case.contact.refresh_from_db()
    assert case.contact.confirmed_at is None
    assert case.secret not in page.content.decode()
    for _ in range(2):
        assert case.secret in client.post(address).content.decode()
    case.contact.refresh_from_db()
    assert case.contact.confirmed_at
    assert page["Cache-Control"] == "private, no-store"


def test_the_button_needs_its_form(make_report):
    case = make_report(email="eva@example.org")
    assert Client(enforce_csrf_checks=True).post(f"/bestaetigen/{case.contact.token}/").status_code == 403


def test_support_and_follow_are_confirmed_together(client, wish):
    address = f"/bestaetigen/folgen/{wish.token}/"
    client.get(address)
    assert not Follow.objects.filter(confirmed_at__isnull=False).exists()
    for _ in range(2):
        assert f"/meldungen/{wish.case.number}/" in client.post(address).content.decode()
    assert Follow.objects.get().confirmed_at
    assert Support.objects.get().confirmed_at
    assert Support.objects.get().email == ""


def test_one_click_of_a_mail_program_unsubscribes(wish):
    program = Client(enforce_csrf_checks=True)
    address = f"/abbestellen/{wish.token}/"
    assert "Keine Mails mehr" in program.get(address).content.decode()
    assert Follow.objects.exists()
    for _ in range(2):
        response = program.post(address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert response.status_code == 200
    assert not Follow.objects.exists()
    assert program.get(address).status_code == 404


def test_the_reporter_stops_mails_with_one_click(make_report):
    case = make_report(email="eva@example.org")
    program = Client(enforce_csrf_checks=True)
    address = f"/abbestellen/meldung/{case.contact.token}/"
    program.get(address)
    case.contact.refresh_from_db()
    assert case.contact.mails_stopped_at is None
    for _ in range(2):
        assert program.post(address).status_code == 200
    case.contact.refresh_from_db()
    assert case.contact.mails_stopped_at
    assert case.contact.confirmed_at is None


@pytest.mark.parametrize(
    "address", ["/bestaetigen/x/", "/bestaetigen/folgen/x/", "/abbestellen/x/", "/abbestellen/meldung/x/"]
)
def test_an_unknown_link_is_told_kindly(client, town, address):
    response = client.get(address)
    assert response.status_code == 404
    assert "Dieser Link gilt nicht" in response.content.decode()


def test_a_link_to_a_report_that_is_not_public_names_no_report(client, town, wish):
    from cases.change import By
    from reports.services import withdraw_text

    withdraw_text(case=wish.case, by=By.staff(town.manager))
    assert wish.case.number not in client.post(f"/bestaetigen/folgen/{wish.token}/").content.decode()
    unfollow(token=wish.token)

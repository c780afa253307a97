"""How a phone comes in: enrolled by the address of a QR code, opened by a PIN, out when it is revoked."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import phones
from accounts.models import User
from field.entry_views import COOKIE


@pytest.fixture
def phone_code(town):
    return phones.make(unit=town.yard, name="Kolonne 2", by=town.manager, at=timezone.now())


@pytest.fixture
def phone_browser():
    return Client(enforce_csrf_checks=False, headers={"accept-language": "de"})


def enrol(phone_browser, code, pin="2580", again=None):
    return phone_browser.post(reverse("field_enrol", args=[code]), {"pin": pin, "again": again or pin})


def asks(phone_browser):
    """The app asks who it is."""
    return phone_browser.get(f"{reverse('field')}api/ich/", headers={"Field-Schema": "1"})


def test_enrolled_opened_and_out(phone_browser, phone_code, town):
    phone, code = phone_code
    page = phone_browser.get(reverse("field_enrol", args=[code]))
    assert "Kolonne 2" in page.text
    before = phone_browser.session.session_key
    answer = enrol(phone_browser, code)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("field")
    assert phone_browser.session.session_key != before
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == reverse("field")
    assert asks(phone_browser).json()["user"]["id"] == phone.user_id
    assert enrol(phone_browser, code).status_code == 410
    assert phone_browser.get(reverse("field_enrol", args=[code])).status_code == 410
    # A new day: the session is over, the phone is known.
    phone_browser.post(reverse("field_logout"))
    assert "_auth_user_id" not in phone_browser.session
    assert "Kolonne 2" in phone_browser.get(reverse("field_login")).text
    wrong = phone_browser.post(reverse("field_login"), {"pin": "9731"})
    assert wrong.status_code == 422
    assert "4 Mal" in wrong.text
    assert phone_browser.post(reverse("field_login"), {"pin": "2580"}).status_code == 302
    assert asks(phone_browser).status_code == 200
    phones.revoke(phone=phone, by=town.manager, at=timezone.now())
    assert asks(phone_browser).status_code == 401
    assert "nicht angemeldet" in phone_browser.get(reverse("field_login")).text


def test_a_crew_gives_its_account_no_password_and_no_second_factor(phone_browser, phone_code):
    enrol(phone_browser, phone_code[1])
    for name in (
        "account_set_password",
        "account_change_password",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_index",
    ):
        for answer in (
            phone_browser.get(reverse(name)),
            phone_browser.post(reverse(name), {"password1": "selbst-gewaehlt-1", "password2": "selbst-gewaehlt-1"}),
        ):
            assert (answer.status_code, answer["Location"]) == (302, reverse("field")), name
    assert not User.objects.get(pk=phone_code[0].user_id).has_usable_password()
    assert phone_browser.post(reverse("account_logout")).status_code == 302
    assert asks(phone_browser).status_code == 401


def test_two_different_pins_and_a_simple_one(phone_browser, phone_code):
    assert "verschieden" in enrol(phone_browser, phone_code[1], "2580", "2581").text
    assert "jeder zuerst" in enrol(phone_browser, phone_code[1], "1234").text
    assert phones.waiting(phone_code[1], at=timezone.now())


def test_locked_after_five(phone_browser, phone_code):
    enrol(phone_browser, phone_code[1])
    phone_browser.post(reverse("field_logout"))
    for _try in range(5):
        answer = phone_browser.post(reverse("field_login"), {"pin": "9731"})
    assert "gesperrt" in answer.text
    assert "gesperrt" in phone_browser.post(reverse("field_login"), {"pin": "2580"}).text
    assert "_auth_user_id" not in phone_browser.session


def test_a_guessed_code_and_an_unknown_phone(phone_browser, town):
    assert enrol(phone_browser, "x" * 22).status_code == 410
    phone_browser.cookies[COOKIE] = "geraten"
    assert phone_browser.post(reverse("field_login"), {"pin": "2580"}).status_code == 200
    assert "_auth_user_id" not in phone_browser.session


def test_an_address_that_is_typed_leads_where_the_code_leads(phone_browser, phone_code):
    """An app on an iPhone's home screen has cookies of its own, and no camera opens it."""
    code = phone_code[1]
    there = reverse("field_enrol", args=[code])
    for typed in (code, f"https://melden.example.org{there}", f" {there} "):
        assert phone_browser.get(reverse("field_login"), {"code": typed}).headers["Location"] == there
    for nonsense in ("", "1234", "https://melden.example.org/"):
        assert "Adresse des QR-Codes" in phone_browser.get(reverse("field_login"), {"code": nonsense}).text
    assert reverse("field_manifest") in phone_browser.get(there).text, (
        "what is put on the home screen is the field view"
    )


def test_the_app_logs_out_by_its_own_header(phone_browser, phone_code):
    enrol(phone_browser, phone_code[1])
    answer = phone_browser.post(reverse("field_logout"), headers={"Field-Schema": "1"})
    assert answer.status_code == 204
    assert "_auth_user_id" not in phone_browser.session

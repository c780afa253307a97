"""Logging in and out, the second factor, a new password: pages in German, throttled, telling nobody who exists."""

import re

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.forgotten import ASKED
from notifications.models import Delivery
from outbox.models import Event
from outbox.work import run_jobs

PASSWORD = "geheim-geheim-1"


def log_in(client, user, password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": user.email, "password": password, **more})


def summary(response):
    """What the page says is wrong."""
    return re.findall(r'class="error-summary".*?</ul>', response.content.decode(), re.DOTALL)[0]


def confirm(client):
    """What touches the account asks for the password once more."""
    return client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def code_for(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture
def with_factor(town):
    """The manager with an authenticator app; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(town.manager, secret)
    return secret


def test_the_login_page_is_german_and_asks_for_nothing_else(client, town):
    text = client.get(reverse("account_login")).content.decode()
    for words in ("Anmeldung für Beschäftigte", "E-Mail", "Passwort", "Passwort vergessen?"):
        assert words in text
    assert "registrieren" not in text.lower()
    assert text.count("kern-btn--primary") == 1


def test_a_login_leads_to_the_desk_or_where_one_came_from(client, town):
    assert log_in(client, town.clerk)["Location"] == reverse("desk")
    client.post(reverse("account_logout"))
    assert log_in(client, town.clerk, next="/verwaltung/?q=Loch")["Location"] == "/verwaltung/?q=Loch"


def test_nobody_is_led_to_another_site(client, town):
    assert log_in(client, town.clerk, next="https://example.org/")["Location"] == reverse("desk")


def test_a_session_slipped_in_before_the_login_opens_nothing(client, town):
    """Session fixation: whoever planted the cookie knows a key that is dead once its victim has logged in."""
    thief = Client()
    thief.get("/melden/")
    thief.post("/melden/", {})
    planted = thief.cookies["sessionid"].value
    client.cookies["sessionid"] = planted
    log_in(client, town.clerk)
    assert client.get(reverse("desk")).status_code == 200
    assert client.cookies["sessionid"].value not in ("", planted)
    assert thief.get(reverse("desk"))["Location"].startswith(reverse("account_login"))


def test_a_copied_session_ends_with_the_log_out(client, town):
    log_in(client, town.clerk)
    copied = Client()
    copied.cookies["sessionid"] = client.cookies["sessionid"].value
    assert copied.get(reverse("desk")).status_code == 200
    client.post(reverse("account_logout"))
    assert copied.get(reverse("desk")).status_code == 302


def test_wrong_password_and_unknown_address_read_the_same(client, town):
    wrong = log_in(client, town.clerk, "falsch-falsch-1")
    unknown = client.post(reverse("account_login"), {"login": "niemand@example.org", "password": "falsch-falsch-1"})
    assert wrong.status_code == unknown.status_code == 200
    assert summary(wrong) == summary(unknown)


def test_tries_are_throttled_for_known_and_unknown_alike(client, town):
    """The same words at every try, also when there were too many; the right password does not help then."""
    told = {}
    for login in (town.clerk.email, "niemand@example.org"):
        cache.clear()
        answers = [
            client.post(reverse("account_login"), {"login": login, "password": "falsch-falsch-1"}) for _ in range(7)
        ]
        told[login] = [(answer.status_code, summary(answer)) for answer in answers]
    known, unknown = told.values()
    assert known == unknown
    assert known[4] != known[6]
    cache.clear()
    for _time in range(5):
        log_in(client, town.clerk, "falsch-falsch-1")
    response = log_in(client, town.clerk)
    assert response.status_code == 200
    assert not response.wsgi_request.user.is_authenticated


def test_people_switched_off_or_without_a_password_look_like_nobody(client, town):
    """In words, and in the work done: one password is hashed each time."""
    town.field.set_unusable_password()
    town.field.save()
    town.editor.is_active = False
    town.editor.save()
    answers = []
    for login in (town.field.email, town.editor.email, "niemand@example.org"):
        cache.clear()
        answer = client.post(reverse("account_login"), {"login": login, "password": "falsch-falsch-1"})
        answers.append((answer.status_code, answer.headers.get("Location"), summary(answer)))
    assert answers == [answers[0]] * 3


def test_logging_out_needs_a_post(client, town):
    client.force_login(town.clerk)
    assert "Abmelden?" in client.get(reverse("account_logout")).content.decode()
    assert "_auth_user_id" in client.session
    assert client.post(reverse("account_logout"))["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_switched_off_people_stay_outside(client, town):
    town.clerk.is_active = False
    town.clerk.save()
    log_in(client, town.clerk)
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("account_inactive")).status_code == 200


# Password -------------------------------------------------------------------------------------------------------------
def test_a_forgotten_password_is_set_anew_by_mail(client, town, settings):
    settings.EMAIL_BACKEND = "notifications.backend.DeliveryBackend"
    response = client.post(reverse("account_reset_password"), {"email": town.clerk.email}, follow=True)
    assert "Sehen Sie in Ihr Postfach" in response.content.decode()
    run_jobs()
    link = re.search(r"https?://[^/\s]+(/konto/passwort/neu/\S+)", Delivery.objects.get().text)
    assert link
    page = client.get(link.group(1), follow=True)
    assert "Neues Passwort" in page.content.decode()
    action = page.redirect_chain[-1][0]
    done = client.post(action, {"password1": "ganz-neu-und-lang", "password2": "ganz-neu-und-lang"}, follow=True)
    assert "Das Passwort ist geändert" in done.content.decode()
    town.clerk.refresh_from_db()
    assert town.clerk.check_password("ganz-neu-und-lang")
    assert "Dieser Link gilt nicht mehr" in client.get(link.group(1), follow=True).content.decode()


@pytest.mark.parametrize("host", ["localhost", "evil.localhost", "heek.localhost:1234"])
def test_the_link_leads_home_whatever_the_request_says(host, client, town, neighbour, settings):
    settings.EMAIL_BACKEND = "notifications.backend.DeliveryBackend"
    for user in (town.clerk, neighbour.clerk):
        client.post(reverse("account_reset_password"), {"email": user.email}, headers={"host": host})
    run_jobs()
    for mail, home in zip(Delivery.objects.order_by("pk"), (town, neighbour), strict=True):
        links = re.findall(r"https?://[^\s\"<>]+", mail.text + mail.html)
        base = home.municipality.base_url()
        assert any(link.startswith(f"{base}/konto/passwort/neu/") for link in links)
        assert {link for link in links if f"{link}/".startswith(f"{base}/")} == set(links)
        assert "evil" not in mail.text + mail.html + mail.subject
        assert "1234" not in mail.text + mail.html


def test_an_unknown_address_gets_the_same_page_and_no_mail(client, town, settings):
    settings.EMAIL_BACKEND = "notifications.backend.DeliveryBackend"
    response = client.post(reverse("account_reset_password"), {"email": "niemand@example.org"}, follow=True)
    assert "Sehen Sie in Ihr Postfach" in response.content.decode()
    run_jobs()
    assert not Delivery.objects.exists()


def test_the_request_does_the_same_work_for_every_address(client, town, settings):
    """The mail is the worker's: within the request nothing is written, rendered or signed for somebody known only."""
    settings.EMAIL_BACKEND = "notifications.backend.DeliveryBackend"
    counts = []
    for email in (town.clerk.email, "niemand@example.org"):
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.post(reverse("account_reset_password"), {"email": email})
        counts.append([re.sub(r"\W.*", "", query["sql"]) for query in queries])
        assert not Delivery.objects.exists()
    assert Event.objects.filter(name=ASKED).count() == 2
    assert [kinds.count("INSERT") for kinds in counts] == [counts[0].count("INSERT")] * 2
    assert abs(len(counts[0]) - len(counts[1])) <= 1, counts


def test_changing_the_password(client, town):
    log_in(client, town.clerk)
    assert "Passwort ändern" in client.get(reverse("account_change_password")).content.decode()
    data = {"oldpassword": PASSWORD, "password1": "ganz-neu-und-lang", "password2": "ganz-neu-und-lang"}
    assert client.post(reverse("account_change_password"), data)["Location"] == reverse("desk")
    town.clerk.refresh_from_db()
    assert town.clerk.check_password("ganz-neu-und-lang")
    assert client.get(reverse("desk")).status_code == 200


def test_somebody_without_a_password_chooses_one(client, town):
    town.clerk.set_unusable_password()
    town.clerk.save()
    client.force_login(town.clerk)
    page = client.get(reverse("account_change_password"), follow=True)
    assert "Passwort wählen" in page.content.decode()


# Second factor --------------------------------------------------------------------------------------------------------
def test_setting_up_the_second_factor(client, town):
    log_in(client, town.manager)
    assert "nicht aktiv" in client.get(reverse("mfa_index")).content.decode()
    assert "Bestätigen Sie" in client.get(reverse("mfa_activate_totp"), follow=True).content.decode()
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    text = page.content.decode()
    assert 'src="data:image/svg+xml;base64,' in text
    assert "style=" not in text
    secret = page.context["form"].secret
    assert secret in text
    done = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)}, follow=True)
    assert "Notfallcodes" in done.content.decode()
    assert Authenticator.objects.filter(user=town.manager).count() == 2
    codes = client.get(reverse("mfa_download_recovery_codes"))
    assert codes["Content-Disposition"].startswith("attachment")
    assert "aktiv" in client.get(reverse("mfa_index")).content.decode()
    assert "Neue Notfallcodes" in client.get(reverse("mfa_generate_recovery_codes")).content.decode()


def test_a_password_alone_does_not_open_an_account_with_a_factor(client, town, with_factor):
    response = log_in(client, town.manager)
    assert response["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get(reverse("desk")).status_code == 302
    assert "Code eingeben" in client.get(reverse("mfa_authenticate")).content.decode()
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "error-summary" in wrong.content.decode()
    right = client.post(reverse("mfa_authenticate"), {"code": code_for(with_factor)})
    assert right["Location"] == reverse("desk")
    assert client.get(reverse("desk")).status_code == 200


def test_touching_the_factor_asks_again_who_it_is(client, town, with_factor):
    client.force_login(town.manager)
    page = client.get(reverse("mfa_deactivate_totp"), follow=True)
    assert "Bestätigen Sie, dass Sie es sind" in page.content.decode()
    for name in ("account_reauthenticate", "mfa_reauthenticate"):
        assert client.get(reverse(name)).status_code == 200
    page = client.post(reverse("mfa_reauthenticate"), {"code": code_for(with_factor)})
    assert page.status_code == 302
    assert "Zweiten Faktor abschalten?" in client.get(reverse("mfa_deactivate_totp")).content.decode()
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=town.manager, type=Authenticator.Type.TOTP).exists()


def test_where_a_factor_is_required_staff_set_one_up_first(client, town, settings):
    settings.STAFF_TOTP = "required"
    log_in(client, town.clerk)
    for address in ("/verwaltung/", "/verwaltung/vorgang/1/"):
        assert client.get(address)["Location"] == reverse("mfa_activate_totp")
    assert "Bestätigen Sie" in client.get("/verwaltung/", follow=True).content.decode()
    confirm(client)
    assert "Zweiten Faktor einrichten" in client.get("/verwaltung/", follow=True).content.decode()
    assert client.get("/").status_code in {200, 404}


def test_with_a_factor_the_required_door_is_open(client, town, with_factor, settings):
    settings.STAFF_TOTP = "required"
    log_in(client, town.manager)
    client.post(reverse("mfa_authenticate"), {"code": code_for(with_factor)})
    assert client.get(reverse("desk")).status_code == 200


def test_where_it_is_optional_nobody_is_sent_away(client, town, settings):
    settings.STAFF_TOTP = "optional"
    log_in(client, town.clerk)
    assert client.get(reverse("desk")).status_code == 200


def test_the_name_in_the_app_is_the_platform(town):
    assert "issuer=Anliegen" in get_adapter().build_totp_url(town.manager, "ABC")

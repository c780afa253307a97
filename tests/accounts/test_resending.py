"""What was typed survives a token that is too old and a session that ended, and nobody is lured into sending."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Entry

WORDS = "Der Bauhof war da & hat\n<b>nichts</b> gefunden."
OURS = {"origin": "http://testserver"}


@pytest.fixture
def note(make_report):
    """Address and fields of an internal note."""
    case = make_report()
    fields = {"version": case.version, "client_key": "6b1f0f0e-0000-4000-8000-000000000001", "text": WORDS}
    return reverse("desk_deed", args=[case.pk, "notiz"]), fields


@pytest.fixture
def strict(town):
    """A manager's browser whose forms are checked for their token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.manager)
    return client


def hidden(page):
    """The fields of the form that sends again."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.content.decode())
    return {name: html.unescape(value) for name, value in found}


def test_a_form_with_an_old_token_is_sent_again_at_a_click(strict, note):
    url, fields = note
    page = strict.post(url, {**fields, "csrfmiddlewaretoken": "x" * 64}, headers=OURS)
    assert page.status_code == 403
    assert html.escape(WORDS) in page.content.decode()
    again = hidden(page)
    assert again["text"] == WORDS
    assert strict.post(url, again, headers=OURS).status_code == 302
    assert Entry.objects.get(deed="note").text == WORDS


@pytest.mark.parametrize("headers", [{}, {"origin": "https://boese.example"}, {"origin": "null"}])
def test_a_form_of_another_site_cannot_be_sent_at_a_click(headers, strict, note):
    url, fields = note
    page = strict.post(url, fields, headers=headers)
    assert page.status_code == 403
    assert html.escape(WORDS) in page.content.decode()
    assert not hidden(page)


def test_who_was_logged_out_while_writing_finds_the_words(client, note):
    url, fields = note
    page = client.post(url, fields, headers=OURS)
    assert page.status_code == 403
    assert hidden(page)["text"] == WORDS
    assert reverse("account_login") in page.content.decode()
    page = url.removesuffix("notiz/")
    answer = client.post(url, {"version": "1"}, headers={"referer": f"http://testserver{page}"})
    assert answer["Location"] == f"{reverse('account_login')}?next={page}", "nothing was typed: to the login"


def test_an_address_for_forms_alone_leads_on(client, town):
    page = client.get("/meine-meldungen/beenden/")
    assert page.status_code == 405
    assert page["Allow"] == "POST"
    assert "noch einmal" in page.content.decode()
    assert 'lang="en"' in client.get("/en/meine-meldungen/beenden/").content.decode()


def test_passwords_are_not_shown_again(db, town):
    client = Client(enforce_csrf_checks=True)
    secret = "Mein geheimes Kennwort"
    for url in ("/konto/anmelden/", "/verwaltung/einrichtung/mail/"):
        page = client.post(url, {"login": "a b", "password": secret}, headers=OURS)
        assert secret not in page.content.decode()

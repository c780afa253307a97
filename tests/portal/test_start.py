"""The start page and the legal pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.change import Act, By
from cases.policy import State
from cases.services import move
from geo.models import Municipality
from reports.services import release_text, withdraw_text


@pytest.fixture
def settled(town, make_report):
    now = timezone.now()
    case = make_report(at=now - timedelta(hours=30))
    staff = By.staff(town.manager)
    release_text(case=case, by=staff)
    move(case=case, to=State.DONE, by=staff, text="Repariert", act=Act(at=now))
    return case


def test_search_report_lately_and_the_month(client, town, settled):
    text = client.get("/").content.decode()
    assert 'action="/karte/"' in text
    assert 'href="/melden/"' in text
    assert f"/meldungen/{settled.number}/" in text
    assert "<dd>1</dd>" in text
    assert "Tag im Mittel bis zur Erledigung" in text


def test_what_is_kept_never_shows_what_was_taken_back(client, town, settled):
    client.get("/")
    withdraw_text(case=settled, by=By.staff(town.manager))
    assert settled.number not in client.get("/").content.decode()


def test_an_empty_town_is_invited(client, town):
    text = client.get("/").content.decode()
    assert "Noch wurde nichts gemeldet" in text
    assert "Diesen Monat" not in text


def test_the_on_call_number_stands_beside_112(client, town):
    Municipality.objects.filter(pk=town.municipality.pk).update(phone_on_call="05247 935-0")
    text = client.get("/").content.decode()
    assert 'href="tel:112"' in text
    assert "05247 935-0" in text


def test_few_queries_and_no_cookie(client, settled, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        response = client.get("/")
    assert not response.cookies
    assert "public" in response["Cache-Control"]
    with django_assert_max_num_queries(4):
        client.get("/")


@pytest.mark.parametrize("path", ["impressum", "datenschutz", "barrierefreiheit", "kontakt"])
def test_legal_pages_have_a_beginning_and_take_own_words(client, town, path):
    assert client.get(f"/{path}/").status_code == 200
    keys = {"impressum": "imprint", "datenschutz": "privacy", "barrierefreiheit": "accessibility", "kontakt": "contact"}
    Municipality.objects.filter(pk=town.municipality.pk).update(texts={keys[path]: {"de": "Unsere <b>Worte</b>"}})
    text = client.get(f"/{path}/").content.decode()
    assert "Unsere &lt;b&gt;Worte" in text

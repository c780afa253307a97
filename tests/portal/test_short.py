"""The map's data go a short way: no session, no login, no cookie; what is out of the ordinary goes the long one."""

import pytest
from django.conf import settings
from django.db import OperationalError

from portal import short
from reports import map as map_views

URL = "/karte/daten.json?zoom=12"


def test_the_answer_has_the_headers_of_every_other_and_touches_no_session(client, town, monkeypatch):
    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_request", None)
    client.cookies["sessionid"] = "somebody"
    response = client.get(URL)
    assert response.status_code == 200
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Language"] == "de"
    assert "Content-Security-Policy" in response
    assert "cookie" not in response.get("Vary", "").lower()
    assert not response.cookies


def test_english_has_its_own_address(client, town):
    response = client.get(f"/en{URL}")
    assert response.status_code == 200
    assert response["Content-Language"] == "en"


def test_a_closed_town_and_a_tile_that_is_none_are_told_the_long_way(client, town):
    assert client.get("/karte/kacheln/20/0/0.json").status_code == 404
    assert client.get("/karte/kacheln/1/2/3.png").status_code == 404
    assert client.post(URL).status_code == 405
    type(town.municipality).objects.update(active=False)
    assert client.get(URL, headers={"host": town.municipality.host}).status_code == 410


@pytest.mark.django_db
def test_without_any_town_the_set_up_is_told(client):
    assert client.get(URL).status_code == 503


def test_a_database_that_is_away_is_said_so(client, town, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(map_views.pins, "view", away)
    response = client.get(URL)
    assert response.status_code == 503
    assert response["Retry-After"]


def test_the_short_way_is_behind_the_headers_and_before_the_sessions():
    order = settings.MIDDLEWARE
    place = order.index(f"{short.__name__}.ShortMiddleware")
    assert order.index("csp.middleware.CSPMiddleware") < place
    assert place < order.index("django.contrib.sessions.middleware.SessionMiddleware")

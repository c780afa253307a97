"""`/orte/`: search while typing."""

from __future__ import annotations

import pytest
from django.test import Client

from geo import views
from geo.models import Municipality


def test_results(client: Client, gazetteer: Municipality) -> None:
    response = client.get("/orte/", {"q": "Mühlenstr. 12"})
    first = response.json()["results"][0]
    assert first["label"] == "Mühlenstraße 12"
    assert first["lat"] == pytest.approx(51.95)
    assert "private" in response["Cache-Control"]
    assert "Set-Cookie" not in response


@pytest.mark.parametrize(
    "query", [{}, {"q": ""}, {"q": "x" * 5000}, {"q": "Xyzzy", "lat": "a", "lon": ""}, {"q": "\x00"}]
)
def test_nothing_and_nonsense_are_empty(client: Client, gazetteer: Municipality, query: dict[str, str]) -> None:
    assert client.get("/orte/", query).json() == {"results": []}


def test_near_the_middle_of_the_map(client: Client, gazetteer: Municipality) -> None:
    response = client.get("/orte/", {"q": "Mühlen", "lat": "51.95", "lon": "8,21"})
    assert response.json()["results"][0]["label"] == "Mühlenweg"


def test_who_asks_too_often_waits(client: Client, gazetteer: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "SEARCHES_PER_MINUTE", 2)
    answers = [client.get("/orte/", {"q": "Mühlen"}).status_code for _ in range(4)]
    assert answers.count(429) >= 1
    assert answers[0] == 200
    response = client.get("/orte/bei", {"lat": "51.95", "lon": "8.2"})
    assert response.status_code == 429
    assert response["Retry-After"] == "60"
    other = client.get("/orte/", {"q": "Mühlen"}, REMOTE_ADDR="10.0.0.9")
    assert other.status_code == 200

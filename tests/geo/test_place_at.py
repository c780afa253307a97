"""`/orte/bei`: what lies at a point, and whose it is."""

from __future__ import annotations

import pytest
from django.test import Client

from geo.models import Municipality


def test_inside(client: Client, gazetteer: Municipality) -> None:
    answer = client.get("/orte/bei", {"lat": "51.93", "lon": "8.15"}).json()
    assert answer["inside"] is True
    assert answer["owner"]["name"] == "Stadt Harsewinkel"
    assert answer["owner"]["url"].startswith("http")
    assert (answer["district"], answer["address"], answer["distance"]) == (
        "Marienfeld",
        "Klosterhof 1, Marienfeld",
        0,
    )


def test_the_neighbour_is_named(client: Client, gazetteer: Municipality, county: Municipality) -> None:
    answer = client.get("/orte/bei", {"lat": "52.05", "lon": "8.1"}).json()
    assert answer["inside"] is False
    assert "west.localhost" in answer["owner"]["url"]


def test_nobody_owns_it(client: Client, gazetteer: Municipality) -> None:
    answer = client.get("/orte/bei", {"lat": "52.5", "lon": "13.4"}).json()
    assert answer["inside"] is False
    assert answer["owner"] is answer["district"] is answer["address"] is answer["distance"] is None


@pytest.mark.parametrize(
    "query",
    [{}, {"lat": "x", "lon": "1"}, {"lat": "nan", "lon": "1"}, {"lat": "91", "lon": "1"}, {"lat": "1", "lon": "inf"}],
)
def test_nonsense_is_refused(client: Client, town: Municipality, query: dict[str, str]) -> None:
    response = client.get("/orte/bei", query)
    assert response.status_code == 400
    assert response.json()["detail"]

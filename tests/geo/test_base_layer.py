"""`/karte/grund.json`: what the map shows without any other machine."""

from __future__ import annotations

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from geo.gazetteer import Row, import_rows
from geo.models import Municipality
from tests.geo.conftest import box

URL = "/karte/grund.json"


def layers(client: Client, host: str = "localhost") -> list[tuple[str, str]]:
    data = client.get(URL, headers={"host": host}).json()
    assert data["type"] == "FeatureCollection"
    return [(f["properties"]["layer"], f["properties"]["name"]) for f in data["features"]]


def test_boundary_and_streets(client: Client, gazetteer: Municipality) -> None:
    assert layers(client) == [("boundary", "Stadt Harsewinkel"), ("street", "Neue Straße")]


def test_a_county_shows_its_members(client: Client, county: Municipality) -> None:
    found = layers(client, "kreis.localhost")
    assert ("boundary", "Landkreis Kreis") in found
    assert [layer for layer, _name in found].count("member") == 2
    assert len(layers(client, "west.localhost")) == 1


def test_asked_again_it_is_not_sent_again(client: Client, gazetteer: Municipality) -> None:
    first = client.get(URL)
    assert first["Content-Type"] == "application/geo+json"
    assert "max-age" in first["Cache-Control"]
    assert "Set-Cookie" not in first
    again = client.get(URL, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


def test_kept_until_something_changes(
    client: Client, town: Municipality, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    tag = client.get(URL)["ETag"]
    with django_assert_max_num_queries(1):
        client.get(URL)
    import_rows(
        municipality=town,
        rows=[Row(kind="district", name="Marienfeld", boundary=box(8.1, 51.9, 8.2, 51.95))],
        source="test",
    )
    response = client.get(URL, headers={"if-none-match": tag})
    assert response.status_code == 200
    assert ("district", "Marienfeld") in layers(client)
    town.boundary = None
    town.save()
    assert layers(client) == [("district", "Marienfeld")]


def test_a_municipality_is_asked_for_by_name_on_any_host(client: Client, county: Municipality) -> None:
    body = client.get(URL, {"municipality": "west"}, headers={"host": "kreis.localhost"}).content
    assert body == client.get(URL, headers={"host": "west.localhost"}).content
    assert client.get(URL, {"municipality": "nirgendwo\x00"}).status_code == 404


def test_coordinates_are_rounded(client: Client, town: Municipality) -> None:
    town.boundary = box(8.123456789, 51.9, 8.3, 51.99)
    town.save()
    assert b"8.12346" in client.get(URL).content

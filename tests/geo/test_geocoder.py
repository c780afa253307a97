"""An outside geocoder behind the address search: off by default, asked only for what the own gazetteer lacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from geo import geocoder, services
from geo.models import Municipality
from geo.search import search
from net import http
from tests.geo.conftest import at


class Outside:
    """Stands in for the wire: what is answered is set, what was asked is kept."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.limits: dict[str, Any] = {}
        self.answer: Any = []
        self.status = 200
        self.error: Exception | None = None

    def fetch(self, url: str, **limits: Any) -> http.Response:
        self.asked.append(url)
        self.limits = limits
        if self.error:
            raise self.error
        body = self.answer if isinstance(self.answer, bytes) else json.dumps(self.answer).encode()
        return http.Response(self.status, {"content-type": "application/json"}, body, url)


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Outside:
    found = Outside()
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(http, "fetch", found.fetch)
    settings.GEOCODER_URL = "https://geocoder.example.org"
    settings.GEOCODER_KIND = "nominatim"
    return found


ADDRESS = {"road": "Waldweg", "house_number": "3", "postcode": "33428", "town": "Harsewinkel"}
NOMINATIM = [
    {"lat": "51.95", "lon": "8.2", "name": "", "address": ADDRESS},
    {"lat": "48.1", "lon": "11.5", "name": "", "address": ADDRESS},
    {"lat": "x", "lon": None, "address": "?"},
    7,
]
PROPERTIES = {"street": "Waldweg", "housenumber": "3", "postcode": "33428", "city": "Harsewinkel"}
BKG = {"strasse": "Waldweg", "haus": "3", "plz": "33428", "ort": "Harsewinkel"}


def features(properties: dict[str, str]) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [8.2, 51.95]}
    return {"type": "FeatureCollection", "features": [{"geometry": place, "properties": properties}, {"geometry": 1}]}


@pytest.mark.parametrize(
    ("kind", "answer", "path"),
    [
        ("nominatim", NOMINATIM, "/search?"),
        ("photon", features(PROPERTIES), "/api?"),
        ("bkg", features(BKG), "/geosearch.json?"),
    ],
)
def test_every_kind_is_understood(
    gazetteer: Municipality, outside: Outside, settings: Settings, kind: str, answer: Any, path: str
) -> None:
    settings.GEOCODER_KIND, outside.answer = kind, answer
    (hit,) = search(gazetteer, "Waldweg 3", near=at(8.2, 51.95))
    assert (hit.label, hit.kind, hit.place, hit.postcode) == ("Waldweg 3", "address", "Harsewinkel", "33428")
    assert hit.point is not None
    assert hit.point.coords == (8.2, 51.95)
    assert outside.asked[0].startswith("https://geocoder.example.org" + path)
    assert "8.10000%2C51.90000%2C8.30000%2C51.99000" in outside.asked[0]
    assert outside.limits["max_redirects"] == 0
    assert outside.limits["total"] <= 2


def test_it_is_off_by_default_and_not_asked_for_what_is_known(
    gazetteer: Municipality, outside: Outside, settings: Settings
) -> None:
    outside.answer = NOMINATIM
    assert search(gazetteer, "Mühlenstraße")[0].label == "Mühlenstraße"
    settings.GEOCODER_URL = ""
    assert search(gazetteer, "Waldweg 3") == []
    assert outside.asked == []


def test_answers_are_kept(gazetteer: Municipality, outside: Outside) -> None:
    outside.answer = NOMINATIM
    assert search(gazetteer, "Waldweg 3") == search(gazetteer, "Waldweg 3 ")
    assert len(outside.asked) == 1


@pytest.mark.parametrize("failure", ["unreachable", "500", "HTML"])
def test_a_failing_one_is_left_alone(gazetteer: Municipality, outside: Outside, failure: str) -> None:
    if failure == "unreachable":
        outside.error = http.Failed("took too long")
    outside.status = 500 if failure == "500" else 200
    outside.answer = b"<html>" if failure == "HTML" else []
    assert search(gazetteer, "Waldweg 3") == []
    assert search(gazetteer, "Tannenweg 3") == []
    assert len(outside.asked) == 1


def test_a_place_away_from_known_houses(gazetteer: Municipality, outside: Outside) -> None:
    outside.answer = NOMINATIM[0] | {"lat": "51.98", "lon": "8.28"}
    place = services.with_outside(services.locate(at(8.28, 51.98)), at(8.28, 51.98))
    assert place.text == "Waldweg 3, Harsewinkel"
    known = services.locate(at(8.2, 51.95))
    assert services.with_outside(known, at(8.2, 51.95)) == known
    assert len(outside.asked) == 1


def test_the_address_of_a_place(db: None, outside: Outside, settings: Settings) -> None:
    outside.answer = NOMINATIM[0]
    hit = geocoder.reverse(at(8.2, 51.95))
    assert hit is not None
    assert hit.label == "Waldweg 3"
    settings.GEOCODER_URL = ""
    assert geocoder.reverse(at(8.2, 51.95)) is None

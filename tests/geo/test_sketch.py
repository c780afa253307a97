"""The surroundings of a place as a picture for a page."""

from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from PIL import Image
from pytest_django.fixtures import Settings

from geo.gazetteer import Row, import_rows
from geo.models import Municipality
from geo.sketch import DARK, HEIGHT, LIGHT, WIDTH, surroundings
from geo.tiles import Tile

HERE = Point(8.23, 51.96, srid=4326)


def drawn(municipality: Municipality, point: Point = HERE, *, dark: bool = False) -> ElementTree.Element:
    picture = surroundings(municipality, point, dark=dark)
    assert picture.kind == "image/svg+xml"
    return ElementTree.fromstring(picture.body)


def words(svg: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in svg.iter("{http://www.w3.org/2000/svg}text")]


@pytest.fixture
def streets(town: Municipality) -> Municipality:
    """Two streets that cross at HERE, one beside them too short for its name, one out of sight."""
    ways = {
        "<Quer> & Straße": [(8.22, 51.96), (8.24, 51.96)],
        "Längsweg": [(8.231, 51.95), (8.231, 51.97)],
        "Ein sehr langer Name": [(8.2325, 51.9595), (8.2326, 51.9595)],
        "Weit Draußen": [(8.20, 51.93), (8.21, 51.93)],
    }
    rows = [Row(kind="street", street=name, line=MultiLineString(LineString(way))) for name, way in ways.items()]
    import_rows(municipality=town, rows=rows, source="test")
    return town


def test_streets_in_sight_are_drawn_and_named_where_their_name_fits(streets: Municipality) -> None:
    svg = drawn(streets)
    assert (svg.get("width"), svg.get("height")) == (str(WIDTH), str(HEIGHT))
    assert sorted(words(svg)) == ["<Quer> & Straße", "Längsweg"]
    course = [one.get("d", "") for one in svg if one.get("stroke") == LIGHT.street]
    assert [one.count("M") for one in course] == [3]
    assert LIGHT.paper in ElementTree.tostring(svg).decode()


def test_it_has_colours_for_the_dark(streets: Municipality) -> None:
    text = ElementTree.tostring(drawn(streets, dark=True)).decode()
    assert DARK.street in text
    assert LIGHT.street not in text


def test_without_boundary_and_streets_it_is_an_empty_ground(town: Municipality) -> None:
    Municipality.objects.filter(pk=town.pk).update(boundary=None)
    town.refresh_from_db()
    assert words(drawn(town)) == []


def test_a_base_map_of_tiles_is_one_picture(
    town: Municipality, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TILE_URL = "https://tiles.example.org/{z}/{x}/{y}.png"
    body = BytesIO()
    Image.new("RGB", (256, 256), "red").save(body, "PNG")
    monkeypatch.setattr("geo.picture.tile", lambda *_at: Tile(body.getvalue(), "image/png"))
    picture = surroundings(town, HERE)
    assert picture.kind == "image/webp"
    with Image.open(BytesIO(picture.body)) as image:
        assert image.size == (WIDTH, HEIGHT)
        drawn_over = image.convert("RGB").resize((1, 1)).tobytes()
        assert drawn_over[0] > 200 > 60 > drawn_over[1]


def test_while_the_tiles_fail_our_own_ground_is_shown(
    streets: Municipality, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TILE_URL = "https://tiles.example.org/{z}/{x}/{y}.png"
    monkeypatch.setattr("geo.picture.tile", lambda *_at: None)
    assert words(drawn(streets))

"""A municipality's own vector base map: built of its gazetteer, read in parts."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pyogrio
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from geo import base_map
from geo.gazetteer import import_rows
from geo.models import Municipality
from geo.pmtiles import About
from geo.rows import Row
from outbox import run_all
from tests.geo.conftest import at

URL = "/karte/harsewinkel.pmtiles"


@pytest.fixture
def built(gazetteer: Municipality, settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    call_command("build_map", "harsewinkel", verbosity=0)
    return tmp_path / "maps" / "harsewinkel.pmtiles"


def names_in(path: Path, layer: str, column: str = "name") -> set[str]:
    columns, _ids, _shapes, values = pyogrio.raw.read(path, layer=layer, read_geometry=False)
    return set(values[list(columns["fields"]).index(column)])


def test_streets_houses_and_places_are_in_it(built: Path) -> None:
    assert {layer for layer, _kind in pyogrio.list_layers(built)} == {"earth", "roads", "buildings", "pois"}
    assert names_in(built, "roads") == {"Neue Straße"}
    assert {"12a", "120"} <= names_in(built, "buildings", "addr_housenumber")
    assert names_in(built, "pois") == {"Freibad Harsewinkel"}
    assert [file.name for file in built.parent.iterdir()] == [built.name]


def test_without_anything_to_draw_nothing_is_made(town: Municipality, settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    Municipality.objects.update(boundary=None)
    with pytest.raises(CommandError, match="nothing to draw"):
        call_command("build_map")
    with pytest.raises(CommandError, match="nirgendwo"):
        call_command("build_map", "nirgendwo")


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("bytes=0-7", 0, 7), ("bytes=100-", 100, -1), ("bytes=-20", -20, -1)]
)
def test_a_part_is_read(client: Client, built: Path, asked: str, first: int, last: int) -> None:
    whole = built.read_bytes()
    response = client.get(URL, headers={"range": asked})
    first, last = first % len(whole), last % len(whole)
    assert (response.status_code, response.getvalue()) == (206, whole[first : last + 1])
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
    assert response["Content-Length"] == str(last + 1 - first)


def test_the_whole_of_it_and_what_is_kept(client: Client, built: Path) -> None:
    whole = client.get(URL)
    assert (whole.status_code, whole.getvalue()) == (200, built.read_bytes())
    assert (whole["Accept-Ranges"], whole["Content-Type"]) == ("bytes", "application/vnd.pmtiles")
    assert "Set-Cookie" not in whole
    assert client.get(URL, headers={"if-none-match": whole["ETag"]}).status_code == 304
    other = client.get(URL, headers={"range": "bytes=0-7", "if-range": '"old"'})
    assert (other.status_code, len(other.getvalue())) == (200, len(built.read_bytes()))
    assert client.head(URL).getvalue() == b""


def test_behind_its_end_there_is_nothing(client: Client, built: Path) -> None:
    response = client.get(URL, headers={"range": "bytes=99999999-"})
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{built.stat().st_size}")
    assert client.get("/karte/nirgendwo.pmtiles").status_code == 404


def test_a_town_without_one_shows_that_of_its_county(county: Municipality, settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    west = Municipality.objects.get(slug="west")
    assert base_map.archive_of(west) is None
    base_map.build(county)
    found = base_map.archive_of(west)
    assert found is not None
    assert found.address.startswith("/karte/kreis.pmtiles?")
    assert found.max_zoom == 15
    base_map.path_of("west").write_bytes(b"<html>")
    assert base_map.archive_of(west) is None


EXTRACT = """<?xml version="1.0"?>
<osm version="0.6">
  <node id="1" lat="51.95" lon="8.20"/><node id="2" lat="51.95" lon="8.21"/>
  <node id="3" lat="51.96" lon="8.21"/><node id="4" lat="51.96" lon="8.20"/>
  <node id="5" lat="51.955" lon="8.205"><tag k="place" v="village"/><tag k="name" v="Marienfeld"/></node>
  <node id="6" lat="48.1" lon="11.5"/><node id="7" lat="48.2" lon="11.5"/>
  <way id="1"><nd ref="1"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="name" v="Lange Straße"/></way>
  <way id="2"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
    <tag k="building" v="yes"/><tag k="addr:housenumber" v="7b"/></way>
  <way id="3"><nd ref="6"/><nd ref="7"/><tag k="highway" v="primary"/><tag k="name" v="Anderswo"/></way>
  <way id="4"><nd ref="1"/><nd ref="2"/><nd ref="4"/><nd ref="1"/><tag k="natural" v="water"/></way>
  <way id="5"><nd ref="1"/><nd ref="99"/><tag k="highway" v="residential"/><tag k="name" v="Abgeschnitten"/></way>
</osm>"""


def test_an_extract_of_openstreetmap_is_drawn_around_the_town(
    client: Client, town: Municipality, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    extract = tmp_path / "nrw.osm"
    extract.write_text(EXTRACT)
    call_command("build_map", "harsewinkel", osm=extract, verbosity=0)
    made = base_map.path_of("harsewinkel")
    assert {layer for layer, _kind in pyogrio.list_layers(made)} == {"earth", "roads", "buildings", "water", "places"}
    assert names_in(made, "roads") == {"Lange Straße"}
    assert "7b" in names_in(made, "buildings", "addr_housenumber")
    page = client.get("/karte/").content.decode()
    assert 'data-archive="/karte/harsewinkel.pmtiles?' in page
    assert 'data-attribution="© OpenStreetMap-Mitwirkende"' in page
    extract.write_text("<osm")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("build_map", "harsewinkel", osm=extract)
    assert base_map.archive_of(town) is not None


def test_it_is_made_again_after_an_import_unless_it_came_from_elsewhere(
    built: Path, gazetteer: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.utime(built, (1, 1))
    rows = [Row(kind="poi", name="Hallenbad", point=at(8.2, 51.95))]
    import_rows(municipality=gazetteer, rows=rows, source="baeder")
    run_all()
    assert names_in(built, "pois") == {"Freibad Harsewinkel", "Hallenbad"}
    assert base_map.build_again(gazetteer, since=timezone.now() - timedelta(hours=1)) == []
    os.utime(built, (1, 1))
    monkeypatch.setattr(base_map, "about", lambda _path: About(15, "© OpenStreetMap-Mitwirkende", gazetteer.title))
    assert base_map.build_again(gazetteer, since=timezone.now()) == []

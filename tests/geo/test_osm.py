"""`manage.py import_gazetteer town.osm.pbf`: what an OSM extract says of a town."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import osmium
import pytest
from django.core.management import CommandError, call_command
from osmium.osm.mutable import Node, Relation, Way

from geo.models import Address, District, Municipality, Street
from geo.search import search


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """Two villages with a main street each, a school with two numbers, a bus stop twice, a house outside."""
    path = tmp_path / "town.osm.pbf"
    writer = osmium.SimpleWriter(str(path))
    ids = iter(range(1, 1000))

    def node(lon: float, lat: float, **tags: str) -> int:
        number = next(ids)
        writer.add_node(Node(id=number, location=(lon, lat), tags={k.replace("__", ":"): v for k, v in tags.items()}))
        return number

    def house(lon: float, lat: float, street: str, number: str, **tags: str) -> int:
        return node(lon, lat, addr__street=street, addr__housenumber=number, addr__postcode="33428", **tags)

    house(8.2000, 51.95, "Hauptstraße", "1")
    house(8.2010, 51.95, "Hauptstraße", "3", shop="bakery", name="Bäckerei Korn")
    house(8.1500, 51.93, "Hauptstraße", "1", addr__city="Marienfeld")
    house(9.0000, 52.50, "Hauptstraße", "9")
    node(8.2011, 51.95, addr__housenumber="5")
    node(8.20, 51.94, place="suburb", name="Greffen")
    node(8.202, 51.95, highway="bus_stop", name="Markt")
    node(8.2021, 51.9501, highway="bus_stop", name="Markt")
    ring = [node(*corner) for corner in ((8.21, 51.95), (8.211, 51.95), (8.211, 51.951), (8.21, 51.951))]
    area = [node(*corner) for corner in ((8.12, 51.91), (8.18, 51.91), (8.18, 51.94), (8.12, 51.94))]
    ends = [node(8.20, 51.96), node(8.21, 51.96), node(8.22, 51.96)]
    school = {"building": "school", "amenity": "school", "name": "Grundschule", "addr:street": "Schulweg"}
    writer.add_way(Way(id=1, nodes=[*ring, ring[0]], tags={**school, "addr:housenumber": "2;4"}))
    writer.add_way(Way(id=2, nodes=[*area, area[0]], tags={}))
    writer.add_way(Way(id=3, nodes=ends[:2], tags={"highway": "residential", "name": "Waldweg"}))
    writer.add_way(Way(id=4, nodes=ends[1:], tags={"highway": "residential", "name": "Waldweg"}))
    boundary = {"type": "boundary", "boundary": "administrative", "admin_level": "9", "name": "Marienfeld"}
    writer.add_relation(Relation(id=1, members=[("w", 2, "outer")], tags=boundary))
    writer.close()
    return path


def run(path: Path, *options: str) -> str:

    out = StringIO()
    call_command(
        "import_gazetteer", str(path), "--municipality", "harsewinkel", *options, stdout=out, stderr=out, verbosity=0
    )
    return out.getvalue()


def test_an_extract_becomes_a_gazetteer(town: Municipality, extract: Path) -> None:
    assert "house number without a street" in run(extract)
    houses = Address.objects.filter(kind="address").order_by("label", "id")
    labels = ["Hauptstraße 1", "Hauptstraße 1", "Hauptstraße 3", "Schulweg 2", "Schulweg 4"]
    assert [house.label for house in houses] == labels
    assert sorted(Address.objects.filter(kind="poi").values_list("label", flat=True)) == ["Grundschule", "Markt"]
    line = Street.objects.get(name="Waldweg").line
    assert line is not None
    assert len(line) == 2
    assert District.objects.get(slug="marienfeld").boundary is not None
    assert District.objects.get(slug="greffen").boundary is None


def test_one_name_in_two_villages_is_offered_twice(town: Municipality, extract: Path) -> None:
    run(extract)
    assert [hit.place for hit in search(town, "Hauptstr. 1") if hit.kind == "address"] == ["", "Marienfeld"]
    assert search(town, "Hauptstr. 1, Marienfeld")[0].place == "Marienfeld"
    assert {hit.place for hit in search(town, "Hauptstr") if hit.kind == "street"} == {"", "Marienfeld"}


def test_the_same_extract_again_changes_nothing(town: Municipality, extract: Path) -> None:
    run(extract)
    before = list(Address.objects.order_by("id").values())
    assert run(extract).splitlines()[-1].startswith("0 new, 0 changed, 10 as before, 0 removed")
    assert list(Address.objects.order_by("id").values()) == before


def test_no_extract(town: Municipality, tmp_path: Path) -> None:
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(b"no protocol buffer at all")
    with pytest.raises(CommandError):
        run(path)

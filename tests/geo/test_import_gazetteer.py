"""`manage.py import_gazetteer` and the verb below it."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from geo.flight import alone
from geo.gazetteer import import_rows
from geo.models import Address, District, Municipality, Street
from geo.rows import Row
from geo.search import search
from tests.geo.conftest import at

CSV = """\
\ufeffStraße;Hausnummer;Adz;PLZ;Ort;Ortsteil;Ostwert;Nordwert;OID
Mühlenstraße;1;;33428;Harsewinkel;;445033,5;5755822,1;A1
Mühlenstraße;12;a;33428;Harsewinkel;Marienfeld;445050;5755825;A2
Am Markt;;;33428;Harsewinkel;;445100;5755900;A3
Ohne Ort;5;;;;;;;A4
Kaputt;6;;;;;abc;1;A5
Weit weg;7;;;;;1e30;1e30;A6
;8;;;;;445100;5755900;A7
"""


def run(path: Path, *options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(
        "import_gazetteer", str(path), "--municipality", "harsewinkel", *options, stdout=out, stderr=err, verbosity=0
    )
    return out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "addresses.csv"
    path.write_text(CSV)
    return path


def test_csv_in_utm(town: Municipality, file: Path) -> None:
    told, bad = run(file, "--srid", "25832")
    house = Address.objects.get(external_id="A2")
    assert (house.label, house.house_number, house.postcode) == ("Mühlenstraße 12a", "12a", "33428")
    assert house.district is not None
    assert house.district.slug == "marienfeld"
    assert house.point is not None
    assert house.point.coords == pytest.approx((8.2002, 51.95), abs=1e-3)
    assert Address.objects.get(external_id="A3").kind == "street"
    assert Address.objects.get(external_id="A4").point is None
    assert "row 6: " in bad
    assert "row 7: " in bad
    assert "3 not usable" in told


def test_again_changes_nothing(town: Municipality, file: Path) -> None:
    run(file, "--srid", "25832")
    before = list(Address.objects.order_by("id").values())
    told, _bad = run(file, "--srid", "25832")
    assert told.startswith("0 new, 0 changed, 4 as before")
    assert list(Address.objects.order_by("id").values()) == before
    assert Street.objects.count() == 3


def test_a_changed_row_is_changed(town: Municipality, file: Path) -> None:
    run(file, "--srid", "25832")
    file.write_text(CSV.replace("Mühlenstraße;1;;33428", "Mühlenstraße;3;;33428"))
    told, _bad = run(file, "--srid", "25832")
    assert told.startswith("0 new, 1 changed")
    assert Address.objects.get(external_id="A1").label == "Mühlenstraße 3"
    assert search(town, "Mühlenstr. 3")[0].label == "Mühlenstraße 3"


def test_without_ids_rows_are_known_by_what_they_say(town: Municipality, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("street,house_number,postcode,lat,lon\nMühlenstr.,1,33428,51.95,8.2\n")
    run(path)
    path.write_text("street,house_number,postcode,lat,lon\nMühlenstraße,1,33428,51.96,8.2\n")
    told, _bad = run(path)
    assert told.startswith("0 new, 1 changed")
    assert Address.objects.filter(kind="address").count() == 1


def test_windows_letters(town: Municipality, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("strasse;hnr\nMühlenstraße;1\n".encode("cp1252"))
    run(path)
    assert Street.objects.get().name == "Mühlenstraße"


def test_geojson(town: Municipality, tmp_path: Path) -> None:
    def feature(geometry: object, **properties: object) -> dict[str, object]:
        return {"type": "Feature", "geometry": geometry, "properties": properties}

    ring = [[8.1, 51.9], [8.2, 51.9], [8.2, 51.95], [8.1, 51.9]]
    data = [
        feature({"type": "Point", "coordinates": [8.2, 51.95]}, street="Am Markt", housenumber=1, postcode=33428.0),
        feature({"type": "LineString", "coordinates": [[8.2, 51.95], [8.21, 51.95]]}, name="Neue Straße"),
        feature({"type": "Polygon", "coordinates": [ring]}, name="Marienfeld"),
        feature({"type": "Point", "coordinates": [8.2, 51.96]}, name="Freibad"),
        feature({"type": "Point", "coordinates": [500, 51.96]}, name="Nirgends"),
        feature({"type": "MultiPoint", "coordinates": [[8.2, 51.96]]}, name="Viele"),
        feature({"type": "Nonsense"}, name="Unsinn"),
        feature(None, name="Ohne Ort"),
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": data}))
    _told, bad = run(path)
    kinds = dict(Address.objects.values_list("label", "kind"))
    assert kinds == {
        "Am Markt 1": "address",
        "Am Markt": "street",
        "Neue Straße": "street",
        "Marienfeld": "district",
        "Freibad": "poi",
        "Ohne Ort": "poi",
    }
    assert Address.objects.get(label="Am Markt 1").postcode == "33428"
    assert Street.objects.get(name="Neue Straße").line is not None
    assert District.objects.get(slug="marienfeld").boundary is not None
    assert [line.split(":")[0] for line in bad.splitlines()] == ["row 5", "row 6", "row 7"]
    assert run(path)[0].startswith("0 new, 0 changed")


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.geojson", "{"), ("a.geojson", '{"features": 1}'), ("a.geojson", "[]"), ("a.csv", "a;b\n1;2\n"), ("a.csv", "")],
)
def test_a_file_that_is_none_is_refused(town: Municipality, tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(CommandError):
        run(path)


def test_wrong_arguments(town: Municipality, file: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        run(tmp_path / "missing.csv")
    with pytest.raises(CommandError):
        run(file, "--srid", "99999")
    with pytest.raises(CommandError):
        call_command("import_gazetteer", str(file), "--municipality", "nowhere")


def test_geojson_in_utm_and_new_courses(town: Municipality, tmp_path: Path) -> None:
    path = tmp_path / "streets.geojson"

    def write(*easts: float) -> None:
        line = {"type": "LineString", "coordinates": [[east, 5755822.0] for east in easts]}
        area = {"type": "Polygon", "coordinates": [[[445000, 5755800], [446000, 5755800], [446000, easts[0] * 13]]]}
        area["coordinates"][0].append([445000, 5755800])  # type: ignore[attr-defined]
        features = [
            {"type": "Feature", "geometry": line, "properties": {"name": "Neue Straße"}},
            {"type": "Feature", "geometry": area, "properties": {"name": "Marienfeld"}},
            {"type": "Feature", "geometry": None, "properties": {"kind": "poi"}},
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))

    write(445033.0, 445133.0)
    _told, bad = run(path, "--srid", "25832")
    assert "name missing" in bad
    line = Street.objects.get().line
    assert line is not None
    assert line.extent[0] == pytest.approx(8.2, abs=1e-3)
    write(445033.0, 445233.0)
    assert run(path, "--srid", "25832")[0].startswith("0 new, 1 changed")
    longer = Street.objects.get().line
    assert longer is not None
    assert longer.length == pytest.approx(2 * line.length, rel=0.01)
    write(445133.0, 1e30)
    _told, bad = run(path, "--srid", "25832")
    assert bad.startswith("row 1: ")


def test_a_house_without_a_street_is_named(town: Municipality, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("kind;street;name;hnr\naddress;;Rathaus;\n")
    told, bad = run(path)
    assert "street or number missing" in bad
    assert "1 not usable" in told


def many(path: Path, count: int) -> Path:
    path.write_text(
        "street,house_number,lat,lon\n" + "".join(f"Langer Weg,{n},51.95,8.2\n" for n in range(1, count + 1))
    )
    return path


def test_a_dry_run_writes_nothing(town: Municipality, file: Path) -> None:
    told, _bad = run(file, "--srid", "25832", "--dry-run")
    assert told.startswith("7 new")
    assert "nothing was written" in told
    assert not Address.objects.exists()
    assert not Street.objects.exists()
    assert not District.objects.exists()


def test_what_the_file_no_longer_names_is_removed(town: Municipality, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    run(many(path, 60))
    path.write_text(path.read_text() + "Kurzer Weg,1,51.96,8.2\n")
    run(path)
    told, _bad = run(many(path, 55))
    assert "6 removed" in told
    assert sorted(Street.objects.values_list("name", flat=True)) == ["Langer Weg"]
    assert Address.objects.filter(kind="address").count() == 55
    assert not search(town, "Kurzer Weg")


def test_much_is_removed_only_when_asked_for(town: Municipality, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    run(many(path, 60))
    told, bad = run(many(path, 30))
    assert "0 removed" in told
    assert "30 entries are no longer in the file" in bad
    assert "0 removed" in run(path, "--keep")[0]
    assert Address.objects.filter(kind="address").count() == 60
    assert "30 removed" in run(path, "--remove-any")[0]
    assert Address.objects.filter(kind="address").count() == 30


def test_other_sources_stay(town: Municipality, tmp_path: Path) -> None:
    run(many(tmp_path / "a.csv", 3))
    run(many(tmp_path / "b.csv", 2))
    run(many(tmp_path / "b.csv", 1))
    counts = {source: Address.objects.filter(source=source, kind="address").count() for source in "ab"}
    assert counts == {"a": 3, "b": 1}


def test_a_boundary_that_comes_later_gives_houses_their_district(town: Municipality, tmp_path: Path) -> None:
    run(many(tmp_path / "a.csv", 2))
    ring = [[8.1, 51.9], [8.3, 51.9], [8.3, 51.98], [8.1, 51.98], [8.1, 51.9]]
    area = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {"name": "Dorf"}}
    path = tmp_path / "b.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [area]}))
    run(path)
    assert search(town, "Langer Weg 2")[0].place == "Dorf"
    assert run(tmp_path / "a.csv")[0].startswith("0 new, 0 changed")


ODD = {
    "empty": (b"", "the file is empty"),
    "one column of coordinates": (b"Strasse;Nr;Ostwert\nWeg;1;8.2\n", "only one column of coordinates"),
    "an open quotation mark": (b'Strasse;Nr\n"Weg;1\n' + b"x" * 200_000, "quotation mark missing"),
    "east and north exchanged": (b"Strasse;Nr;lon;lat\n" + b"Weg;1;51.95;8.2\n", "east and north"),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_file_is_named_and_nothing_of_it_taken(town: Municipality, tmp_path: Path, odd: str) -> None:
    content, reason = ODD[odd]
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=reason):
        call_command("import_gazetteer", str(path), municipality=town.slug, verbosity=0)
    assert not Address.objects.exists()


def test_rows_far_away_or_too_long_are_named(town: Municipality) -> None:
    rows = [Row(street="Weg", house_number=str(number), point=at(8.2, 51.95)) for number in range(5)]
    rows += [
        Row(street="Weg", house_number="9", point=at(13.4, 52.5)),
        Row(street="W" * 151, house_number="1", point=at(8.2, 51.95)),
        Row(street="Weg", house_number="11"),
    ]
    counts = import_rows(municipality=town, rows=rows, source="a")
    assert len(counts.bad) == 2
    assert "far from" in counts.bad[0]
    assert "more than 150" in counts.bad[1]
    assert counts.placeless == 1


def test_one_import_at_a_time(town: Municipality, settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    path = tmp_path / "wege.csv"
    path.write_text("Strasse;Nr\nWeg;1\n", encoding="utf-16")
    other = alone(tmp_path / "locks" / f"gazetteer-{town.slug}", town.slug, wait=0)
    with other, pytest.raises(CommandError, match="is running"):
        call_command("import_gazetteer", str(path), municipality=town.slug, verbosity=0)
    call_command("import_gazetteer", str(path), municipality=town.slug, verbosity=0)
    assert Address.objects.filter(label="Weg 1").exists()

"""`manage.py import_reports`: what it refuses, and how it says so."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.models import Case, Topic
from tests.conftest import Town
from tests.reports.importing_story import MAPPING, ROWS, refused, run, write

BAD = {
    "B-1;;Loch;x;;8.23;51.96;;;;;ja;": "Datum",
    "B-2;gestern;Loch;x;;8.23;51.96;;;;;ja;": "gestern",
    "B-3;2999-01-01;Loch;x;;8.23;51.96;;;;;ja;": "Zukunft",
    "B-4;2020-01-01;Elch;x;;8.23;51.96;;;;;ja;": "Elch",
    "B-5;2020-01-01;Loch;x;;9.99;51.96;;;;;ja;": "Harsewinkel",
    "B-6;2020-01-01;Loch;x;;ost;nord;;;;;ja;": "ost nord",
    "B-7;2020-01-01;Loch;x;;inf;51.96;;;;;ja;": "inf",
    "B-8;2020-01-01;Loch;x;;999;51.96;;;;;ja;": "4326",
    f"B-9;2020-01-01;Loch;{'x' * 2001};;8.23;51.96;;;;;ja;": "2001",
    "B-10;2020-01-01;Loch;x;;;;;;;;ja;": "Ort",
    "B-11;2020-01-01;Loch;x;;8.23;51.96;verschollen;;;;ja;": "verschollen",
    "B-12;2020-01-05;Loch;x;;8.23;51.96;fertig;2020-01-01;;;ja;": "abgeschlossen",
    "B-13;2020-01-01;Loch;x;;8.23;51.96;;;;;vielleicht;": "vielleicht",
    "B-14;2020-01-01;Loch": "13",
    ";2020-01-01;Loch;x;;8.23;51.96;;;;;ja;": "Kennung",
    "A-1;2020-01-01;Loch;x;;8.23;51.96;;;;;ja;": "A-1",
    f"B-15;2020-01-01;Loch;x;{'x' * 251};8.23;51.96;;;;;ja;": "251",
    f"B-16;2020-01-01;Loch;x;;8.23;51.96;;;{'x' * 4001};;ja;": "4001",
}


def test_a_dry_run_names_every_bad_row(town: Town, tmp_path: Path) -> None:
    path = write(tmp_path, ROWS[0], "", *BAD)
    with pytest.raises(CommandError) as stopped:
        run(path, "--dry-run")
    assert stopped.value.returncode == 1
    assert str(len(BAD)) in str(stopped.value)
    assert not Case.objects.exists()
    assert not Topic.objects.filter(slug="neu").exists()


@pytest.mark.parametrize(("row", "word"), BAD.items())
def test_a_bad_row_is_named_with_its_line_and_reason(town: Town, tmp_path: Path, row: str, word: str) -> None:
    told, bad = run(write(tmp_path, ROWS[0], row, ROWS[2]))
    assert "2 neu, 0 unverändert, 1 abgelehnt" in told
    assert bad.startswith("Zeile 3: ")
    assert word in bad
    assert Case.objects.count() == 2


def test_a_dry_run_without_complaints(town: Town, tmp_path: Path) -> None:
    told, bad = run(write(tmp_path), "--dry-run")
    assert "3 neu" in told
    assert not bad
    assert not Case.objects.exists()


def test_lines_are_counted_in_the_file(town: Town, tmp_path: Path) -> None:
    long = 'A-1;2020-01-01;Loch;"zwei\nZeilen";;8.23;51.96;;;;;ja;'
    _told, bad = run(write(tmp_path, long, "", ROWS[1].replace("Loch", "Elch")))
    assert bad.startswith("Zeile 5: ")


def test_refused_rows_in_a_file(town: Town, tmp_path: Path) -> None:
    rows = [row.replace("Loch", "Elch") for row in ROWS[:1]] + [
        f"C-{n};2020-01-01;Elch;x;;8.23;51.96;;;;;ja;" for n in range(30)
    ]
    errors = tmp_path / "errors.csv"
    _told, bad = run(write(tmp_path, *rows), "--errors", str(errors))
    assert len(bad.splitlines()) == 21
    assert "11" in bad.splitlines()[-1]
    found = list(csv.DictReader(errors.open()))
    assert len(found) == 31
    assert (found[0]["line"], found[0]["Nr"], found[30]["Nr"]) == ("2", "A-1", "C-29")
    assert "Elch" in found[0]["reasons"]
    assert "errors" in refused(write(tmp_path), "--errors", str(tmp_path / "nowhere" / "errors.csv"))


@pytest.mark.parametrize(
    ("change", "line", "word"),
    [
        (("source: altsystem", "quelle: altsystem"), 1, "quelle"),
        (("source: altsystem\n", ""), 1, "source"),
        (("source: altsystem", "source: Altes System!"), 1, "source"),
        (("released: column", "released: vielleicht"), 2, "released"),
        (("  number: Nr", "  numer: Nr"), 5, "number"),
        (("  date: Eingang\n", ""), 4, "date"),
        (("  lat: Lat\n", ""), 4, "lat"),
        (("  lat: Lat", "  lat: Lat\n  x: a\n  y: b"), 4, "WGS84"),
        (("  Loch: schlagloch", "  Loch: elchgrube"), 18, "elchgrube"),
        (("  Loch: schlagloch", "  Loch: {slug: a}"), 18, "create"),
        (("  Loch: schlagloch", "  Loch: {create: true}"), 18, "group"),
        (("  Loch: schlagloch", "  Loch: {create: true, group: G, sort: elch}"), 18, "elch"),
        (("  Loch: schlagloch", "  Loch: {create: true, group: G, working_days: -1}"), 18, "working_days"),
        (("  Loch: schlagloch", "  Loch: schlagloch\n  Loch: laterne"), 19, "Loch"),
        (("  Loch: schlagloch", "  Loch:"), 18, "Loch"),
        (("  neu: new", "  neu: gestrichen"), 21, "gestrichen"),
        (("  number: Nr", "  number: [a"), 6, "YAML"),
        (("source: altsystem", "srid: zwei\nsource: altsystem"), 1, "srid"),
        (("source: altsystem", "dates: {formats: ['%H']}\nsource: altsystem"), 1, "%H"),
        (("source: altsystem", "dates: {timezone: Mond}\nsource: altsystem"), 1, "timezone"),
        (("source: altsystem", "encoding: mond\nsource: altsystem"), 1, "encoding"),
        (("source: altsystem", "delimiter: abc\nsource: altsystem"), 1, "delimiter"),
        (("source: altsystem", "default_state: {then: open}\nsource: altsystem"), 1, "younger_than_days"),
        (("source: altsystem", "municipality: {prefix: Z}\nsource: altsystem"), 1, "name"),
        (("source: altsystem", "format: xml\nsource: altsystem"), 1, "xml"),
    ],
)
def test_a_mapping_that_makes_no_sense(
    town: Town, tmp_path: Path, change: tuple[str, str], line: int, word: str
) -> None:
    assert change[0] in MAPPING
    said = refused(write(tmp_path, mapping=MAPPING.replace(*change, 1)))
    assert "mapping.yml: " in said
    assert word in said
    assert f"Zeile {line}" in said
    assert not Case.objects.exists()


@pytest.mark.parametrize("text", ["", "- a", "a: [", "\tx: 1", "source: a\ncolumns: {date: d, category: c}\n"])
def test_no_mapping_at_all(town: Town, tmp_path: Path, text: str) -> None:
    assert "mapping.yml: " in refused(write(tmp_path, mapping=text))


def test_a_column_that_is_not_there(town: Town, tmp_path: Path) -> None:
    said = refused(write(tmp_path, mapping=MAPPING.replace("address: Ort", "address: Adresse")))
    assert "Spalte Adresse." in said
    assert "Ort" in said


def test_a_quotation_mark_too_many(town: Town, tmp_path: Path) -> None:
    path = write(tmp_path, ROWS[0], 'A-9;"x;' + "y" * 140_000)
    assert "Zeile 3" in refused(path)


def test_wrong_letters(town: Town, tmp_path: Path) -> None:
    path = write(tmp_path, mapping="encoding: utf-8\n" + MAPPING)
    path.write_bytes(path.read_text().encode("cp1252"))
    assert "utf-8" in refused(path)


def test_wrong_arguments(town: Town, tmp_path: Path) -> None:
    path = write(tmp_path)
    assert "nirgends" in refused(path, town="nirgends")
    with pytest.raises(CommandError):
        call_command("import_reports", str(path), "--municipality", "x", "--mapping", "y")


def test_an_unknown_coordinate_system(town: Town, tmp_path: Path) -> None:
    mapping = MAPPING.replace("lon: Lon", "x: Lon").replace("lat: Lat", "y: Lat")
    assert "EPSG" in refused(write(tmp_path, mapping=mapping), "--srid", "99999")


def test_a_prefix_that_is_taken(town: Town, tmp_path: Path) -> None:
    rows = [f"A-{n};2020-01-01;Loch;x;;{8 + n / 100};{51 + n % 3 / 100};;;;;ja;" for n in range(9)]
    new = MAPPING.replace("schlagloch", "{create: true, group: G}").replace("laterne", "{create: true, group: G}")
    mapping = new.replace("eingeplant", "open") + "municipality: {name: Neustadt, prefix: HSW}\n"
    assert "alt.csv: " in refused(write(tmp_path, *rows, mapping=mapping), town="neustadt")
    assert not Topic.objects.filter(slug="lampe").exists()

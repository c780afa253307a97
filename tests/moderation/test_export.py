"""The list as a file: what the list shows, formula-safe, without contact data, in constant memory."""

import csv
import io
import json
import tracemalloc
import zipfile
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils import translation

from accounts.models import Unit
from cases.models import Case, Topic
from moderation.exporting.columns import NAMES, rows
from moderation.exporting.formats import as_csv, as_geojson, as_xlsx, harmless
from moderation.exporting.workbook import letters, workbook
from tests.conftest import AT

HOSTILE = ['=HYPERLINK("http://example.org")', "+49 1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1+1"]


def read(response):
    content = response.getvalue()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_file_holds_what_the_list_shows(manager, town, make_report):
    make_report("Ein Loch", email="erika@example.org")
    make_report('Laterne dunkel; schon "lange"', category=town.lamp, at=AT + timedelta(hours=1))
    found = read(manager.get(reverse("desk_export", args=["csv"]), {"liste": "alle"}))
    assert [row["Text"] for row in found] == ['Laterne dunkel; schon "lange"', "Ein Loch"]
    assert found[0]["Kategorie"] == "Laterne aus"
    assert float(found[1]["Geografische Breite"]) == pytest.approx(town.middle.y)
    only = read(manager.get(reverse("desk_export", args=["csv"]), {"liste": "alle", "kategorie": town.lamp.topic.slug}))
    assert len(only) == 1


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "geojson"])
def test_never_with_contact_data_and_never_of_others(suffix, manager, login, neighbour, client, make_report):
    make_report("Ein Loch", email="erika@example.org")
    address = reverse("desk_export", args=[suffix])
    content = manager.get(address, {"liste": "alle"}).getvalue()
    told = (
        b"".join(zipfile.ZipFile(io.BytesIO(content)).read(n) for n in zipfile.ZipFile(io.BytesIO(content)).namelist())
        if suffix == "xlsx"
        else content
    )
    assert b"Ein Loch" in told
    assert b"erika@example.org" not in told
    foreign = login(neighbour.manager).get(address, {"liste": "alle"}).getvalue()
    assert b"Ein Loch" not in foreign
    assert client.get(address).status_code == 302


def test_unknown_formats_are_not_found(manager):
    assert manager.get(reverse("desk_export", args=["exe"])).status_code == 404


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_is_run_as_a_formula(words, manager, make_report):
    assert harmless(words) == f"'{words}"
    make_report("Text", address=words)
    Case.objects.get().report.__class__.objects.update(text=words)
    (row,) = read(manager.get(reverse("desk_export", args=["csv"]), {"liste": "alle"}))
    assert row["Text"].startswith("'")
    book = zipfile.ZipFile(io.BytesIO(manager.get(reverse("desk_export", args=["xlsx"]), {"liste": "alle"}).getvalue()))
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_every_column_is_harmless_headings_too_and_numbers_stay_numbers(manager, town, make_report):
    west = Point(-8.23, -51.96, srid=4326)
    case = make_report("Text")
    hostile = "=1+1"
    Topic.objects.filter(pk=case.topic_id).update(name={"de": hostile})
    Unit.objects.filter(pk=case.unit_id).update(name=hostile)
    Case.objects.filter(pk=case.pk).update(point=west, file_number=hostile, priority=-1)
    (row,) = read(manager.get(reverse("desk_export", args=["csv"]), {"liste": "alle"}))
    assert {row["Kategorie"], row["Stelle"], row["Aktenzeichen"]} == {f"'{hostile}"}
    assert (row["Geografische Breite"], row["Geografische Länge"], row["Priorität"]) == ("-51.96", "-8.23", "-1")
    book = zipfile.ZipFile(io.BytesIO(manager.get(reverse("desk_export", args=["xlsx"]), {"liste": "alle"}).getvalue()))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>-8.23</v>" in sheet
    assert sheet.count(f">{hostile}</t>") == 3
    assert "<f>" not in sheet
    for language in ("de", "en"):
        with translation.override(language):
            assert all(harmless(str(name)) == str(name) for name in NAMES.values())
    # Whatever a column holds one day: words are made harmless wherever they stand.
    (_heading, line) = list(as_csv([dict.fromkeys(NAMES, hostile)]))
    assert line.decode().strip().split(";") == [f"'{hostile}"] * len(NAMES)


def test_geojson_has_places_and_none(manager, make_report):
    make_report("Mit Ort")
    make_report("Ohne Ort", point=None, address="Rathaus")
    found = json.loads(manager.get(reverse("desk_export", args=["geojson"]), {"liste": "alle"}).getvalue())
    kinds = {feature["properties"]["text"]: feature["geometry"] for feature in found["features"]}
    assert kinds["Ohne Ort"] is None
    assert kinds["Mit Ort"]["type"] == "Point"
    assert set(found["features"][0]["properties"]) == set(NAMES) - {"latitude", "longitude"}


def test_memory_does_not_grow_with_the_rows():
    """Formats take rows one by one; so does the query (see the next test)."""

    def many(number):
        for one in range(number):
            yield {**dict.fromkeys(NAMES, "Wort " * 20), "number": f"HSW-{one}", "latitude": 51.9, "longitude": 8.2}

    def peak(number):
        tracemalloc.start()
        for stream in (as_csv(many(number)), as_geojson(many(number)), as_xlsx(many(number))):
            for _piece in stream:
                pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(2000) < peak(200) * 1.5 + 200_000


def test_a_workbook_begins_at_once_and_holds_words_numbers_and_days():
    read_rows = []

    def some():
        for one in range(3):
            read_rows.append(one)
            words = "<&> \x00\ud800\r\n" + "ä" * 40_000
            yield [f"HSW-{one}", words, 7, -8.25, datetime(2026, 3, 2, 18, 30), date(2026, 3, 2), None, ""]

    stream = workbook(["Nr", "=Text"], [16, 48], some())
    first = next(stream)
    assert first.startswith(b"PK")
    assert not read_rows
    book = zipfile.ZipFile(io.BytesIO(first + b"".join(stream)))
    assert book.testzip() is None
    for name in book.namelist():
        ElementTree.fromstring(book.read(name))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert f">&lt;&amp;&gt; &#13;\n{'ä' * 32_761}</t>" in sheet
    assert '<c r="C2"><v>7</v></c><c r="D2"><v>-8.25</v></c>' in sheet
    assert '<c r="E2" s="2"><v>46083.770833333</v></c><c r="F2" s="3"><v>46083</v></c></row>' in sheet
    assert [letters(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_rows_are_read_in_pieces(make_report, django_assert_num_queries):
    make_report()
    make_report(point=Point(8.24, 51.97, srid=4326))
    with django_assert_num_queries(1):
        assert len(list(rows(Case.objects.order_by("pk")))) == 2

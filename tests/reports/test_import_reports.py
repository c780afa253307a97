"""`manage.py import_reports`: what a row becomes, and that a second run changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from cases.models import Case, Entry, File, Responsibility, Topic
from cases.policy import Actor, Deed, State
from cases.routing import due, unit_for
from geo import grid
from geo.gazetteer import Row, import_rows
from geo.models import District, Municipality
from geo.services import district_of, locate
from outbox.models import Event
from reports.importing import run as importing
from reports.importing.writing import Writer
from reports.models import Photo, Report
from reports.numbering import find
from tests.conftest import Town, jpeg, make_municipality, square
from tests.reports.importing_story import MAPPING, ROWS, refused, run, write

PLAIN = """\
source: zwn
released: true
columns: {date: d, category: c, lon: e, lat: n}
categories: {P: schlagloch}
"""
"""A file without ids and texts."""


def of(number: str) -> Case:
    return Case.objects.select_related("report", "stage", "topic").get(former_number=number)


def everything() -> list[list[dict[str, Any]]]:
    models: list[type[Model]] = [Case, Report, Entry, Topic]
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_a_settled_report_with_its_answer(town: Town, tmp_path: Path) -> None:
    told, _bad = run(write(tmp_path))
    assert "3 neu, 0 unverändert, 0 abgelehnt" in told
    case = of("A-1")
    assert (case.kind, case.source, case.import_key) == ("report", "import", "altsystem:A-1")
    assert case.number == f"HSW-2020-{case.pk:06d}"
    assert case.topic == town.pothole.topic
    assert case.submitted_at == datetime(2020, 3, 2, 8, 30, tzinfo=UTC)
    assert case.closed_at == case.state_since == datetime(2020, 3, 4, 23, tzinfo=UTC)
    assert State(case.state) is State.DONE
    assert case.stage is not None
    assert case.stage.slug == "erledigt"
    assert case.due_at is None
    assert case.unit == town.yard
    assert case.point is not None
    assert case.point.coords == (8.23, 51.96)
    assert case.grid == grid.of_point(case.point)
    assert (case.report.text, case.report.address) == ("Tiefes Loch", "Markt 1")
    first, moved = case.entries.all()
    assert (first.deed, first.public, first.data) == (Deed.SUBMITTED.value, False, {"import": "altsystem"})
    assert (moved.deed, moved.text, moved.public, moved.actor) == ("moved", "Gefüllt.", True, Actor.STAFF.value)
    assert moved.data == {"from": "new", "to": "done", "stage": case.stage.pk, "label": {"de": "erledigt"}}
    assert case.version == moved.version == 2


def test_an_open_report_has_a_deadline_and_its_dated_answer(town: Town, tmp_path: Path) -> None:
    run(write(tmp_path))
    case = of("A-2")
    assert case.stage is not None
    assert (State(case.state), case.stage.slug) == (State.OPEN, "eingeplant")
    assert case.due_at == due(town.municipality, case.submitted_at, 10)
    assert case.closed_at is None
    assert case.first_answer_at == datetime(2020, 4, 1, 22, tzinfo=UTC)
    assert [entry.deed for entry in case.entries.all()] == ["submitted", "update"]


def test_what_is_public_and_what_is_not(town: Town, client: Client, tmp_path: Path) -> None:
    run(write(tmp_path))
    page = client.get(reverse("report", args=[of("A-1").number])).content.decode()
    assert "Tiefes Loch" in page
    assert "Gefüllt." in page
    hidden = of("A-3")
    assert hidden.public_at is None
    assert not hidden.report.public_text
    assert "Stockfinster" not in client.get(reverse("report", args=[hidden.number])).content.decode()
    assert "Am Teich" not in client.get(reverse("map")).content.decode()


def test_old_numbers_stay_searchable(town: Town, client: Client, tmp_path: Path) -> None:
    run(write(tmp_path))
    assert find("A-1", town.municipality) == of("A-1")
    assert "Tiefes Loch" in client.get(reverse("report", args=["A-1"]), follow=True).content.decode()


def test_again_changes_nothing(town: Town, tmp_path: Path) -> None:
    run(write(tmp_path))
    before = everything()
    told, _bad = run(write(tmp_path, ROWS[2], ROWS[0].replace("Tiefes", "Flaches"), ROWS[1]))
    assert "0 neu, 3 unverändert, 0 abgelehnt" in told
    assert everything() == before


def test_nobody_is_mailed_about_history(town: Town, tmp_path: Path) -> None:
    run(write(tmp_path))
    assert not Event.objects.exists()


def test_without_ids_equal_rows_are_several_reports(town: Town, tmp_path: Path) -> None:
    mapping = PLAIN.replace("lon: e, lat: n", "x: e, y: n") + "srid: 25832\n"
    rows = ["2020-01-02,P,447095,5756930"] * 3 + ["2020-01-03,P,447095,5756930"]
    path = write(tmp_path, *rows, mapping=mapping, columns="d,c,e,n")
    assert "4 neu" in run(path)[0]
    assert Case.objects.values("import_key").distinct().count() == 4
    written_otherwise = write(
        tmp_path, *[row.replace("447095", "447095.00") for row in rows], mapping=mapping, columns="d,c,e,n"
    )
    assert "0 neu, 4 unverändert" in run(written_otherwise)[0]
    one_more = write(tmp_path, *rows, rows[0], mapping=mapping, columns="d,c,e,n")
    assert "1 neu, 4 unverändert" in run(one_more)[0]


def test_a_report_without_text_shows_its_category(town: Town, client: Client, tmp_path: Path) -> None:
    run(write(tmp_path, "2020-01-02,P,8.23,51.96", mapping=PLAIN, columns="d,c,e,n"))
    case = Case.objects.select_related("report").get()
    assert case.report.text_released
    page = client.get(reverse("report", args=[case.number]))
    assert page.status_code == 200
    assert "nicht öffentlich" not in page.content.decode()
    assert "Schlagloch" in client.get(reverse("map")).content.decode()


def test_an_interrupted_import_goes_on(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "PHOTO_BATCH", 1)
    path = write(tmp_path)
    write_batch = Writer.write
    done: list[int] = []

    def stumble(self: Writer, rows: Any) -> int:
        if done:
            raise KeyboardInterrupt
        done.append(write_batch(self, rows))
        return done[0]

    monkeypatch.setattr(Writer, "write", stumble)
    with pytest.raises(KeyboardInterrupt):
        run(path)
    assert Case.objects.count() == 1
    monkeypatch.setattr(Writer, "write", write_batch)
    assert "2 neu, 1 unverändert, 0 abgelehnt" in run(path)[0]


def test_rows_are_placed_as_the_verbs_do(town: Town, tmp_path: Path) -> None:
    here = town.municipality
    District.objects.create(municipality=here, name="Mitte", slug="mitte", boundary=square(8.23, 51.96, 0.005))
    houses = [
        Row(
            street="Markt",
            house_number=str(number),
            point=Point(8.20 + number / 100, 51.95, srid=4326),
            district="Rand",
        )
        for number in range(8)
    ]
    import_rows(municipality=here, rows=houses, source="t")
    Responsibility.objects.create(municipality=here, area=square(8.20, 51.95, 0.02), unit=town.greens)
    Responsibility.objects.create(
        municipality=here, topic=town.lamp.topic, area=square(8.23, 51.95, 0.05), unit=town.yard
    )
    rows = [
        f"N{column}{row};2020-01-01;{kind};x;;{8.19 + column / 70:.4f};{51.94 + row / 90:.4f};;;;;ja;"
        for column in range(5)
        for row in range(3)
        for kind in ["Loch" if row % 2 else "Lampe"]
    ]
    run(write(tmp_path, *rows))
    assert Case.objects.count() == len(rows)
    units = set()
    for case in Case.objects.select_related("topic__parent", "report"):
        assert case.point is not None
        assert case.unit == unit_for(municipality=here, topic=case.topic, point=case.point)
        assert case.district == district_of(here, case.point)
        assert case.report.address == locate(case.point).text
        units.add(case.unit_id)
    assert len(units) == 2


def test_a_county_gives_reports_to_its_members(town: Town, tmp_path: Path) -> None:
    county = make_municipality("kreis", "Kreis", "KRS", lon=8.23, lat=51.96)
    Municipality.objects.filter(pk=town.municipality.pk).update(parent=county)
    write(
        tmp_path,
        mapping=MAPPING.replace("schlagloch", "{create: true, slug: grube, group: Weg}")
        .replace("laterne", "{create: true, slug: licht, group: Weg}")
        .replace("eingeplant", "open"),
    )
    assert "3 neu" in run(tmp_path / "alt.csv", town="kreis")[0]
    assert of("A-1").municipality == town.municipality
    assert str(of("A-1").number).startswith("HSW-")
    assert of("A-3").municipality == county
    assert "0 neu, 3 unverändert" in run(tmp_path / "alt.csv", town="kreis")[0]


def test_categories_are_made_once(town: Town, tmp_path: Path) -> None:
    new = "{create: true, name: Straßenlampe, group: Licht & Strom, icon: lamp, working_days: 5}"
    path = write(tmp_path, mapping=MAPPING.replace("laterne", new))
    told, _bad = run(path, "--dry-run")
    assert "strassenlampe" in told
    assert not Topic.objects.filter(slug="strassenlampe").exists()
    run(path)
    topic = Topic.objects.select_related("parent", "category").get(slug="strassenlampe")
    assert (topic.name, topic.working_days, topic.category.icon) == ({"de": "Straßenlampe"}, 5, "lamp")
    assert topic.parent is not None
    assert topic.parent.slug == "licht-strom"
    assert of("A-3").topic == topic
    assert "Neue Kategorien" not in run(path)[0]


def test_a_municipality_around_the_places(db: None, tmp_path: Path) -> None:
    made = PLAIN.replace("schlagloch", "{create: true, group: G}")
    mapping = made.replace("lon: e, lat: n", "x: e, y: n") + "srid: 2056\n"
    rows = [f"2020-01-02,P,{2683000 + 500 * (n % 5)},{1246000 + 700 * (n // 5)}" for n in range(20)]
    path = write(tmp_path, *rows, "2020-01-02,P,2483000,1106000", mapping=mapping, columns="d,c,e,n")
    assert "Kommune" in refused(path, town="zuerich")
    assert "1 " in refused(path, "--dry-run", "--create-municipality", "Zürich", town="zuerich")
    assert not Municipality.objects.exists()
    told, bad = run(path, "--create-municipality", "Zürich", town="zuerich")
    assert "20 neu, 0 unverändert, 1 abgelehnt" in told
    assert "22: " in bad
    town = Municipality.objects.get()
    assert (town.name, town.prefix, town.host, town.state_key) == ("Zürich", "ZUE", "zuerich.localhost", "")
    assert "0 neu, 20 unverändert, 1 abgelehnt" in run(path, town="zuerich")[0]


def test_geojson(town: Town, tmp_path: Path) -> None:
    def feature(point: Any, **properties: Any) -> dict[str, Any]:
        return {"type": "Feature", "id": properties.pop("id"), "geometry": point, "properties": properties}

    place = {"type": "Point", "coordinates": [8.23, 51.96]}
    features = [
        feature(place, id=1, wann="2020-01-01T10:00:00Z", was="P", frei=True),
        feature(place, id="zwei", wann="2020-01-01T10:00:00+01:00", was="P", frei=False),
        feature({"type": "LineString", "coordinates": [[8.2, 51.9], [8.3, 51.9]]}, id=3, wann="2020-01-01", was="P"),
        feature(None, id=4, wann="2020-01-01", was="P"),
        feature({"type": "Point", "coordinates": ["8", None]}, id=5, wann="2020-01-01", was="P"),
    ]
    path = tmp_path / "alt.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [*features, 17]}))
    (tmp_path / "mapping.yml").write_text(
        "source: gj\nreleased: column\ncategories: {P: schlagloch}\n"
        "columns: {id: id, date: wann, category: was, released: frei}\n"
    )
    told, bad = run(path)
    assert "2 neu, 0 unverändert, 4 abgelehnt" in told
    assert len(bad.splitlines()) == 4
    assert Case.objects.get(import_key="gj:1").public_at is not None
    assert Case.objects.get(import_key="gj:zwei").submitted_at == datetime(2020, 1, 1, 9, tzinfo=UTC)
    path.write_text('{"type": "Point"}')
    assert "GeoJSON" in refused(path)
    path.write_text("{")
    assert "GeoJSON" in refused(path)


def test_photos_lie_beside_the_file(town: Town, tmp_path: Path) -> None:
    (tmp_path / "bilder").mkdir()
    (tmp_path / "bilder" / "a.jpg").write_bytes(jpeg("red").read())
    (tmp_path / "b.jpg").write_bytes(jpeg("blue").read())
    (tmp_path / "kaputt.jpg").write_bytes(b"no photo")
    row = "A-{};2020-01-01;Loch;x;;8.23;51.96;;;;;ja;{}"
    cells = ['"bilder/a.jpg;b.jpg"', "../alt.csv", "https://example.org/a.jpg", "c.jpg", "kaputt.jpg", "/etc/hostname"]
    path = write(
        tmp_path, *(row.format(n, cell) for n, cell in enumerate(cells)), mapping=MAPPING + "photos_released: true\n"
    )
    told, bad = run(path)
    assert "1 neu, 0 unverändert, 5 abgelehnt" in told
    assert len(bad.splitlines()) == 5
    case = of("A-0")
    photos = Photo.objects.filter(report__case=case)
    assert [photo.position for photo in photos] == [0, 1]
    assert all(photo.released and photo.file.public_name for photo in photos)
    assert Event.objects.filter(name="file.stored").count() == File.objects.count() == 2
    run(path)
    assert File.objects.count() == 2


def test_photos_stay_private_unless_the_mapping_says_otherwise(town: Town, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg().read())
    run(write(tmp_path, "A-1;2020-01-01;Loch;x;;8.23;51.96;;;;;ja;a.jpg"))
    photo = Photo.objects.get()
    assert not photo.released
    assert photo.file.public_name is None


def test_personal_data_waits_for_review(town: Town, tmp_path: Path) -> None:
    row = "A-1;2020-01-01;Loch;Ruf mich an: 05247 123456;;8.23;51.96;;;;;ja;"
    assert "1 " in run(write(tmp_path, row))[0]
    case = of("A-1")
    assert case.public_at is None
    assert not case.report.text_released
    trusting = MAPPING + "hold_back_personal_data: false\n"
    run(write(tmp_path, row.replace("A-1", "A-2"), mapping=trusting))
    assert of("A-2").public_at is not None


def test_never_public(town: Town, tmp_path: Path) -> None:
    mapping = MAPPING.replace("laterne", "beschwerde").replace("neu: new", "neu: withdrawn")
    rows = ["A-1;2020-01-01;Lampe;x;;8.23;51.96;;;;;ja;", "A-2;2020-01-01;Loch;x;;8.23;51.96;neu;;;;ja;"]
    run(write(tmp_path, *rows, mapping=mapping))
    assert of("A-1").confidential
    assert of("A-1").unit is None
    assert not Case.objects.public().exists()


def test_default_state_by_age(town: Town, tmp_path: Path) -> None:
    mapping = MAPPING + "default_state: {younger_than_days: 30, then: open, else: done}\n"
    today = datetime.now(tz=UTC).date().isoformat()
    rows = [f"A-{n};{day};Loch;x;;8.23;51.96;;;;;ja;" for n, day in enumerate((today, "2019-01-01"))]
    run(write(tmp_path, *rows, mapping=mapping))
    assert [State(of(number).state) for number in ("A-0", "A-1")] == [State.OPEN, State.DONE]
    assert [entry.deed for entry in of("A-1").entries.all()] == ["submitted"]


def test_other_letters_and_delimiters(town: Town, tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_bytes(path.read_text().replace(";", "\t").encode("cp1252"))
    assert "3 neu" in run(path)[0]
    assert Case.objects.filter(entries__text="Gefüllt.").exists()

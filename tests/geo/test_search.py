"""`search`: places that fit what somebody types."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from geo import names
from geo.gazetteer import import_rows
from geo.models import Address, Municipality
from geo.rows import Row
from geo.search import number_rank, search
from tests.geo.conftest import MakeMunicipality, at


def labels(municipality: Municipality, query: str) -> list[str]:
    return [hit.label for hit in search(municipality, query)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Mühlens", "Mühlenstraße"),
        ("muehlenstr.", "Mühlenstraße"),
        ("MÜHLENSTRASSE", "Mühlenstraße"),
        ("Mühlenstr. 12", "Mühlenstraße 12"),
        ("Mühlenstr. 12 a", "Mühlenstraße 12a"),
        ("33428 Mühlenstr. 14", "Mühlenstraße 14"),
        ("Mühlenstr. 14, 33428 Harsewinkel", "Mühlenstraße 14"),
        ("Gütersloherstr", "Gütersloher Straße"),
        ("gütersloher", "Gütersloher Straße"),
        ("Bleiche", "An der Bleiche"),
        ("An d. Bleiche 1", "An der Bleiche 1"),
        ("17. Juni", "Straße des 17. Juni"),
        ("Freibad", "Freibad Harsewinkel"),
        ("Harsewinkel Freibad", "Freibad Harsewinkel"),
        ("Klosterhof 3, Marienfeld", "Klosterhof 3"),
        ("Neue Str", "Neue Straße"),
        ("a. d. bleiche 1", "An der Bleiche 1"),
        ("Mühlenstraße Nr. 12", "Mühlenstraße 12"),
        ("12 Mühlenstraße", "Mühlenstraße 12"),
        ("Mühlenstr. 12/a", "Mühlenstraße 12a"),
        ("Mühlenstr. 12b", "Mühlenstraße 12"),
        ("Marienfeld Klosterhof 3", "Klosterhof 3"),
        ("Klosterhof 3, Marienfelt", "Klosterhof 3"),
        ("Klosterhof Mari", "Klosterhof"),
        ("Straße des 17. Juni 17", "Straße des 17. Juni 17"),
        ("Marienfeld", "Marienfeld"),
    ],
)
def test_first_hit(gazetteer: Municipality, query: str, first: str) -> None:
    assert labels(gazetteer, query)[:1] == [first]


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("Mühlnstraße", "Mühlenstraße"),
        ("Muhlenstrasse", "Mühlenstraße"),
        ("Gütersoher Straße", "Gütersloher Straße"),
        ("Klosterhoff", "Klosterhof"),
    ],
)
def test_light_typing_errors_are_forgiven(gazetteer: Municipality, typo: str, meant: str) -> None:
    assert labels(gazetteer, typo)[0] == meant
    assert labels(gazetteer, f"{typo} 1")[0] in (f"{meant} 1", meant)


def test_an_unknown_number_gives_the_street(gazetteer: Municipality) -> None:
    assert labels(gazetteer, "Mühlenstraße 99")[0] == "Mühlenstraße"


def test_a_number_does_not_stand_for_longer_ones(gazetteer: Municipality) -> None:
    assert labels(gazetteer, "Mühlenstr. 12")[:3] == ["Mühlenstraße 12", "Mühlenstraße 12a", "Mühlenstraße"]


def test_what_it_says_about_a_house(gazetteer: Municipality) -> None:
    hit = search(gazetteer, "Mühlenstr. 3")[0]
    assert (hit.kind, hit.street, hit.house_number, hit.postcode) == ("address", "Mühlenstraße", "3", "33428")
    assert hit.point is not None
    assert hit.as_json()["lat"] == pytest.approx(51.95)


def test_a_street_has_a_place(gazetteer: Municipality) -> None:
    hit = search(gazetteer, "Neue Straße")[0]
    assert hit.point is not None
    assert hit.point.coords == pytest.approx((8.255, 51.97))


@pytest.mark.parametrize("query", ["", " ", "x", "33428", "%", "_", "'; --", "東京", "Xyzzyplugh", "\x00", "1" * 500])
def test_nothing_fits(gazetteer: Municipality, query: str) -> None:
    assert labels(gazetteer, query) == []


def test_the_closer_of_equals_comes_first(gazetteer: Municipality, county: Municipality) -> None:
    for slug, lon in (("west", 8.1), ("east", 8.3)):
        member = Municipality.objects.get(slug=slug)
        Address.objects.create(
            municipality=member, kind="poi", label="Rathaus", folded="rathaus", place=slug, point=at(lon, 52.05)
        )
    assert [hit.place for hit in search(county, "rathaus", near=at(8.3, 52.05))] == ["east", "west"]
    assert [hit.place for hit in search(county, "rathaus", near=at(8.1, 52.05))] == ["west", "east"]
    assert labels(gazetteer, "rathaus") == []


def test_never_more_than_wanted(gazetteer: Municipality) -> None:
    assert len(search(gazetteer, "Mühlen 1", limit=3)) == 3


def test_other_municipalities_stay_out(gazetteer: Municipality, make_municipality: MakeMunicipality) -> None:
    assert labels(make_municipality("heek"), "Mühlenstr") == []


def test_the_number_of_queries_is_bounded(
    gazetteer: Municipality, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(7):
        search(gazetteer, "Mühlnstr. 12")


@pytest.mark.parametrize(
    ("own", "wanted", "rank"),
    [
        ("12", "12", 0), ("12a", "12a", 0), ("12-14", "12-14", 0), ("12a", "12", 1), ("12-14", "12", 1),
        ("12-14", "13", 2), ("12-14", "13a", 2), ("12", "12b", 3), ("12", "12-14", 3), ("120", "12", None),
        ("1", "12", None),
    ],
)  # fmt: skip
def test_house_numbers(own: str, wanted: str, rank: int | None) -> None:
    assert number_rank(own, wanted) == rank


def test_names_are_kept_until_they_change(
    transactional_db: None, town: Municipality, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [Row(street="Mühlenstraße", house_number=str(n), point=at(8.2, 51.95)) for n in range(1, 9)]
    import_rows(municipality=town, rows=rows, source="a")
    assert labels(town, "Mühlnstr. 5")[0] == "Mühlenstraße 5"
    with django_assert_num_queries(2):
        search(town, "Mühlnstr. 5", near=at(8.2, 51.95))
    with django_assert_num_queries(1):
        search(town, "Mühl")
    import_rows(municipality=town, rows=[Row(kind="poi", name="Freibad", point=at(8.2, 51.95))], source="b")
    assert labels(town, "Freibad") == ["Freibad"]
    Address.objects.create(municipality=town, kind="poi", label="Hallenbad", folded="hallenbad")
    assert labels(town, "Hallenbad") == ["Hallenbad"]
    Address.objects.all().delete()
    assert labels(town, "Hallenbad") == []


def test_eight_threads_read_the_names_once(
    transactional_db: None, town: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_rows(
        municipality=town, rows=[Row(street="Mühlenstraße", house_number="1", point=at(8.2, 51.95))], source="a"
    )
    made = []

    class Counted(names.Names):
        def __init__(self, ids: Sequence[int]) -> None:
            made.append(ids)
            super().__init__(ids)
            time.sleep(0.2)

    def ask(_number: int) -> list[str]:
        try:
            return labels(town, "Mühl")
        finally:
            connection.close()

    monkeypatch.setattr(names, "Names", Counted)
    monkeypatch.setattr(names, "_kept", OrderedDict())
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [["Mühlenstraße"]] * 8
    assert len(made) == 1

"""Cases that may tell of the same thing are found, with the reasons, in one query."""

from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.utils import translation

from cases.change import By
from cases.merging import merge
from cases.models import Case
from reports.similar import likeness, similar
from tests.conftest import AT


@pytest.fixture(autouse=True)
def _german():
    with translation.override("de"):
        yield


def at_metres(town, east):
    """A point so many metres east of the middle."""
    return Point(town.middle.x + east / 68_600, town.middle.y, srid=4326)


def found(case):
    case = Case.objects.select_related("topic__parent", "report").get(pk=case.pk)
    return similar(case, among=Case.objects.all())


def test_reasons_are_told_and_the_best_comes_first(make_report, town, django_assert_num_queries):
    case = make_report("Die Straßenlaterne am Spielplatz ist aus", category=town.lamp)
    older = make_report(
        "Laterne beim Spielplatz seit Tagen aus",
        category=town.lamp,
        point=at_metres(town, 30),
        at=AT - timedelta(days=2),
    )
    neighbour = make_report("Loch im Asphalt", category=town.pothole, point=at_metres(town, 4))
    make_report("Laterne aus", category=town.lamp, point=at_metres(town, 260))
    make_report("Laterne aus am Spielplatz", category=town.lamp, at=AT - timedelta(days=120))
    make_report("Ärger mit dem Amt", category=town.complaint, point=None)
    case = Case.objects.select_related("topic__parent", "report").get(pk=case.pk)
    with django_assert_num_queries(1):
        rows = similar(case, among=Case.objects.all())
    assert [one.case.pk for one in rows] == [older.pk, neighbour.pk]
    assert rows[0].why == "30 m entfernt, gleiche Kategorie, 2 Tage älter, ähnlicher Text"
    assert rows[1].why == "am selben Ort, benachbarte Kategorie, am selben Tag"


def test_a_report_in_words_is_compared_by_its_words(make_report):
    case = make_report("Der Mülleimer am Bahnhof quillt über", point=None, address="Bahnhof")
    same = make_report("Mülleimer am Bahnhof quillt schon wieder über", point=None, address="am Bahnhof")
    make_report("Schlagloch in der Kirchstraße", point=None, address="Kirchstraße")
    assert [one.case.pk for one in found(case)] == [same.pk]


def test_merged_withdrawn_and_foreign_cases_are_no_candidates(make_report, town, neighbour):
    case, twin, third = make_report(), make_report(), make_report()
    merge(duplicate=third, original=twin, by=By.system())
    make_report(of=neighbour)
    assert [one.case.pk for one in found(case)] == [twin.pk]
    assert found(twin)[0].case.pk == case.pk


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Laterne kaputt", "Hallo, die Laternen sind leider kaputt!", True),
        ("Strassenlampe MUEHLENSTR. 5 dunkel", "Straßenlampe Mühlenstraße 5 ist dunkel", True),
        ("Sperrmüll im Wald abgeladen", "Schlagloch vor der Schule", False),
        ("Das ist hier nicht so schön", "Hier ist es wieder so", False),
        ("🎉", "", False),
    ],
)
def test_words_are_compared_as_germans_write_them(one, other, alike):
    assert (likeness(one, other) >= 0.3) is alike

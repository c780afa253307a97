"""Filters of the address bar, and the one search behind list, map, feed and interfaces."""

from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from cases.change import By
from cases.models import Case
from cases.policy import State
from cases.services import move
from geo.models import District, Municipality
from reports import numbering, search
from reports.search import Filters
from reports.services import change_place, release_photo, withdraw_text
from tests.conftest import make_town, square


def found(town, query=""):
    filters, _problems = Filters.parse(QueryDict(query), town.municipality)
    return set(search.filtered(town.municipality, filters))


def test_only_what_is_released_is_found(town, make_report, release):
    make_report()
    case = release()
    assert found(town) == {case}


@pytest.mark.parametrize("query", ["q=Loch", "q=loch haus", "q=SCHLAGLOCH", "q=Straße", "q=strasse", "q=Tiefes+vor"])
def test_words_of_text_category_and_group_are_found_in_any_case(town, release, query):
    case = release()
    assert found(town, query) == {case}


def test_every_word_must_stand_somewhere(town, release):
    release()
    assert found(town, "q=Loch+Elefant") == set()


@pytest.mark.parametrize("typed", ["Ölspur", "ölspur", "Oelspur", "oelspur"])
def test_umlauts_are_found_however_they_are_typed(town, release, typed):
    case = release("Eine Ölspur quer über die Fahrbahn")
    assert found(town, f"q={typed}") == {case}


def test_the_released_wording_is_searched_and_not_the_citizens(town, make_report):
    from reports.services import release_text

    case = make_report("Nachbar Meier hat das Loch gegraben")
    release_text(case=case, by=By.staff(town.manager), text="Ein Loch im Weg")
    assert found(town, "q=Weg") == {case}
    assert found(town, "q=Meier") == set()


def test_words_for_a_place_are_found_only_with_the_text(town, make_report, release, photo_of):
    case = release(address="hinter Oma Ernas Garten")
    assert found(town, "q=Erna") == {case}
    release_photo(photo=photo_of(case), by=By.staff(town.manager))
    withdraw_text(case=case, by=By.staff(town.manager))
    assert found(town) == {case}
    assert found(town, "q=Erna") == set()
    assert found(town, "q=Loch+Haus") == set()


def test_filters_narrow_down(town, release):
    lamp = release("Dunkel", category=town.lamp)
    hole = release()
    move(case=hole, to=State.DONE, by=By.staff(town.manager), text="Repariert")
    assert found(town, "kategorie=laterne") == {lamp}
    assert found(town, "category=laterne") == {lamp}
    assert found(town, "kategorie=strasse") == {lamp, hole}
    assert found(town, "status=erledigt") == {hole}
    assert found(town, "status=neu&status=in-arbeit") == {lamp}
    assert found(town, "status=neu,erledigt") == {lamp, hole}
    assert found(town, "art=idee") == set()
    assert found(town, "art=mangel") == {lamp, hole}


def test_the_period_counts_days_of_berlin(town, release):
    case = release(at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))  # the 2nd in Berlin
    assert found(town, "von=2026-03-02&bis=2026-03-02") == {case}
    assert found(town, "bis=2026-03-01") == set()
    assert found(town, "zeitraum=woche") == set() or case.submitted_at.year == 2026
    for extreme in ("von=0001-01-01", "bis=9999-12-31"):
        assert found(town, extreme) == {case}


def test_districts_are_filtered_by_slug(town, release):
    part = District.objects.create(
        municipality=town.municipality, name="Marienfeld", slug="marienfeld", boundary=square(8.23, 51.96, 0.01)
    )
    case = release()
    assert case.district == part
    assert found(town, "stadtteil=marienfeld") == {case}
    assert found(town, "q=marien") == {case}


def test_nonsense_is_left_out_and_told(town, release):
    case = release()
    query = QueryDict("status=quatsch&kategorie=x&zeitraum=y&von=gestern&stadtteil=z&art=q&bbox=1,2,3&q=%00&nach=a-b")
    filters, problems = Filters.parse(query, town.municipality)
    assert len(problems) == 7
    assert filters == Filters()
    assert set(search.filtered(town.municipality, filters)) == {case}


def test_the_query_of_filters_leads_back_to_them(town):
    text = "q=Loch&kategorie=laterne&status=neu&status=erledigt&zeitraum=monat&von=2026-01-02&art=idee"
    filters, problems = Filters.parse(QueryDict(text), town.municipality)
    again, _problems = Filters.parse(QueryDict(filters.query()), town.municipality)
    assert not problems
    assert again == filters
    assert next(label for label, _query in filters.chips()) == "„Loch“"
    without, _problems = Filters.parse(QueryDict(filters.chips()[0][1]), town.municipality)
    assert without.words == ""


def test_a_county_shows_its_towns_but_no_neighbour(town, neighbour, release):
    county = Municipality.objects.create(
        slug="kreis", name="Kreis", prefix="KRS", host="kreis.localhost", state_key="05"
    )
    Municipality.objects.filter(pk=town.municipality.pk).update(parent=county)
    inside, outside = release(), release(of=neighbour)
    filters, _problems = Filters.parse(QueryDict("kategorie=schlagloch"), county)
    assert set(search.filtered(county, filters)) == {inside}
    assert outside not in found(town)


def test_pages_follow_each_other_without_gap_or_double(town, release):
    made = [release(at=datetime(2026, 3, 1 + day // 2, tzinfo=UTC)).pk for day in range(7)]
    seen, cursor = [], ""
    while True:
        ids, cursor = search.page_of(Case.objects.public(), cursor, size=3)
        seen += ids
        if not cursor:
            break
    assert seen == sorted(made, reverse=True)


def test_the_box_is_exact(town, release):
    release()
    assert len(found(town, "bbox=8.22,51.95,8.24,51.97")) == 1
    assert found(town, "bbox=8.231,51.95,8.24,51.97") == set()


class TestNumbers:
    """Numbers as people type them."""

    def test_is_tolerant(self, town, release):
        case = release()
        year, n = case.number.split("-")[1:]
        for typed in (
            case.number,
            case.number.lower(),
            f"HSW {year} {n}",
            f"hsw{year}{n}",
            f"HSW-{year}-{int(n)}",
            str(int(n)),
            f" {case.number} ",
            f"{year}-{n}",
        ):
            assert numbering.find(typed, town.municipality) == case, typed
            assert found(town, f"q={typed}") == {case}, typed

    def test_another_year_or_prefix_is_another_number(self, town, release):
        n = int(release().number.rsplit("-", 1)[1])
        assert numbering.find(f"HSW-1999-{n}", town.municipality) is None
        assert numbering.find(f"ABC-2026-{n}", town.municipality) is None

    def test_an_unreleased_number_is_not_found_by_the_search(self, town, make_report):
        assert found(town, f"q={make_report().number}") == set()

    def test_a_former_number_is_found_as_it_was_written(self, town, release):
        case = release()
        Case.objects.filter(pk=case.pk).update(former_number="2019/ab-7")
        assert found(town, "q=2019/AB-7".lower()) == {case}

    @pytest.mark.parametrize("typed", ["9" * 40, "HSW-2026-" + "9" * 30, "-", "0", "%", "１２", "HSW-²³"])
    def test_nonsense_is_no_number(self, town, typed):
        assert numbering.find(typed, town.municipality) is None
        found(town, f"q={typed}")


def test_a_place_that_was_moved_is_found_there(town, release):
    from django.contrib.gis.geos import Point

    case = release()
    change_place(case=case, by=By.staff(town.manager), point=Point(8.25, 51.97, srid=4326))
    assert found(town, "bbox=8.24,51.96,8.26,51.98") == {case}


def test_the_same_in_another_town_of_the_platform(release):
    other = make_town("eschwege", "Eschwege", "ESW", lon=10.05, lat=51.19)
    case = release(of=other)
    assert found(other) == {case}

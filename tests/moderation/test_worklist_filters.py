"""Each filter of the work list narrows, stands in the address bar as a chip, and costs no more queries."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.gis.geos import Point
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import Unit
from accounts.policy import Role
from accounts.services import grant
from cases.change import By
from cases.following import email_hash
from cases.models import Case, Support
from cases.policy import State
from cases.services import assign, feedback, move, note
from geo.models import District
from moderation.worklist.lists import PARAMETERS, Query
from moderation.worklist.query import PLACES
from tests.conftest import square
from tests.moderation.test_desk import DESK, numbers


@pytest.fixture
def two(town, make_report, photo_of):
    """A case that every filter below names, and one that none does."""
    by = By.staff(town.manager)
    east = Point(town.middle.x + 0.02, town.middle.y, srid=4326)
    one = make_report("Loch", email="erika@example.org", answers={})
    make_report("Dunkel", category=town.lamp, point=east, at=timezone.now())
    photo_of(one)
    move(case=one, to=State.OPEN, by=by)
    assign(case=one, by=by, unit=town.greens, assignee=town.other_clerk)
    part = District.objects.create(
        municipality=town.municipality, name="Mitte", slug="mitte", boundary=square(town.middle.x, town.middle.y, 0.001)
    )
    Case.objects.filter(pk=one.pk).update(
        district=part,
        priority=1,
        source="phone",
        due_at=timezone.now() - timedelta(days=1),
        first_answer_at=one.submitted_at,
    )
    Case.objects.exclude(pk=one.pk).update(part_of=one)
    feedback(case=one, by=By.citizen(), still_there=False, own=True)
    for name in ("a", "b"):
        Support.objects.create(
            case=one,
            email_hash=email_hash(f"{name}@example.org"),
            created_at=one.submitted_at,
            confirmed_at=one.submitted_at,
        )
    return one


def every_filter(one, town):
    """One value of each filter that the case fits."""
    lon, lat = town.middle.x, town.middle.y
    day = timezone.localdate(one.submitted_at).isoformat()
    triangle = [(lon - 0.01, lat - 0.01), (lon + 0.01, lat - 0.01), (lon, lat + 0.01)]
    return {
        "q": "loch",
        "status": "open",
        "stufe": "in-arbeit",
        "kategorie": "schlagloch",
        "stelle": town.greens.pk,
        "person": town.other_clerk.pk,
        "stadtteil": District.objects.get(slug="mitte").pk,
        "bbox": f"{lon - 0.01},{lat - 0.01},{lon + 0.01},{lat + 0.01}",
        "flaeche": ";".join(f"{x},{y}" for x, y in triangle),
        "von": day,
        "bis": day,
        "zeit": "antwort",
        "antwort": "ja",
        "rueckmeldung": "geloest",
        "feld": f"17-{one.grid >> 28}",
        "teile": "ohne",
        "quelle": "phone",
        "prio": "hoch",
        "faellig": "1",
        "foto": "1",
        "unterstuetzt": "2",
    }


def test_each_filter_alone_and_all_together_find_the_one_case(manager, two, town):
    filters = every_filter(two, town)
    assert set(filters) | {"liste", "sort", *PLACES} == set(PARAMETERS)
    assert len(numbers(manager.get(DESK, {"liste": "alle"}))) == 2
    for name, value in filters.items():
        days = {day: filters[day] for day in ("von", "bis") if name == "von"}
        page = manager.get(DESK, {"liste": "alle", **days, name: value})
        assert numbers(page) == [two.number], name
        assert len(page.context["chips"]) == max(len(days), 1), name
        assert name not in QueryDict(page.context["chips"][0].url[1:]), name
    page = manager.get(DESK, {"liste": "alle", **filters})
    assert numbers(page) == [two.number]
    assert len(page.context["chips"]) == len(filters)
    # The address the list writes itself asks for the same.
    here = page.context["query"].address()
    assert Query.read(QueryDict(here[1:]), town.manager) == page.context["query"]


def test_a_filter_that_does_not_fit_leaves_it_out(manager, two, town):
    for name, value in (
        ("status", "done"),
        ("person", "niemand"),
        ("prio", "niedrig"),
        ("unterstuetzt", "3"),
        ("bis", "2001-01-01"),
        ("bbox", "1,1,2,2"),
    ):
        assert two.number not in numbers(manager.get(DESK, {"liste": "alle", name: value})), name


@pytest.mark.parametrize(
    "nonsense",
    [
        "bbox=1,2,3",
        "bbox=nan,0,1,1",
        "flaeche=1,1;2,2",
        "flaeche=0,0;1,1;1,0;0,1",
        "flaeche=0,0;0,0;0,0",
        "von=gestern&bis=0001-01-01",
        "bis=9999-12-31&von=0001-01-01",
        "unterstuetzt=-1&prio=x&person=%00&stadtteil=1e9&quelle=%27&stufe=../&sort=nix&status=x",
        "stelle=99999999999999999&person=99999999999999999",
    ],
)
def test_nonsense_in_a_filter_is_left_out(manager, two, nonsense):
    assert manager.get(f"{DESK}?liste=alle&{nonsense}").status_code == 200


def test_sorting_is_a_choice(manager, two, town):
    newest = Case.objects.exclude(pk=two.pk).get()
    both = {"prio": two, "unterstuetzt": two, "faellig": two, "alt": two, "neu": newest}
    for sort, first in both.items():
        assert numbers(manager.get(DESK, {"liste": "alle", "sort": sort}))[0] == first.number, sort


def test_words_find_answers_and_the_history(manager, make_report, town):
    case = make_report("Loch")
    make_report("Anderes")
    case.report.answers = {"mast": "4711-Süd", "mehr": ["rechts"]}
    case.report.save()
    note(case=case, by=By.staff(town.manager), text="Firma Öztürk ist beauftragt")
    for words in ("4711", "süd", "rechts", "öztürk", "loch 4711 öztürk"):
        assert numbers(manager.get(DESK, {"liste": "alle", "q": words})) == [case.number], words
    assert numbers(manager.get(DESK, {"liste": "alle", "q": "mast"})) == [], "the name of a question is no word"


def test_contact_data_are_searched_by_those_alone_who_may_read_them(login, make_report, town, neighbour):
    case = make_report("Loch", email="erika.mustermann@example.org")
    abroad = make_report("Loch in Heek", of=neighbour, email="erika.mustermann@example.org")
    asked = {"liste": "alle", "q": "mustermann"}
    assert numbers(login(town.manager).get(DESK, asked)) == [case.number]
    assert numbers(login(town.clerk).get(DESK, asked)) == [case.number]
    for user in (town.editor, town.field):
        assert numbers(login(user).get(DESK, asked)) == [], user
        assert numbers(login(user).get(DESK, {"liste": "alle", "q": "loch"})) == [case.number], user
    # The right in one municipality says nothing about another one.
    grant(user=town.manager, municipality=neighbour.municipality, role=Role.EDITOR)
    both = login(town.manager)
    assert abroad.number in numbers(both.get(DESK, {"liste": "alle", "q": "heek"}))
    assert numbers(both.get(DESK, asked)) == [case.number]


def test_filters_offer_nothing_of_foreign_cases(login, make_report, town, neighbour):
    Unit.objects.create(municipality=neighbour.municipality, slug="geheim", name="Geheimamt")
    theirs = make_report(of=neighbour)
    assign(case=theirs, by=By.staff(neighbour.manager), unit=neighbour.greens, assignee=neighbour.other_clerk)
    make_report()
    page = login(town.manager).get(DESK)
    assert [name for _pk, name in page.context["offered"].units] == ["Bauhof"]
    assert page.context["offered"].people == []


@pytest.mark.parametrize("rows", [3, 60])
def test_twelve_queries_with_every_filter(rows, login, two, make_report, town, django_assert_max_num_queries):
    for number in range(rows - 2):
        make_report(email=f"p{number}@example.org", category=[town.pothole, town.lamp, town.idea][number % 3])
    filters = urlencode({"liste": "alle", "sort": "unterstuetzt", **every_filter(two, town)})
    for user in (town.manager, town.other_clerk):
        client = login(user)
        client.get(DESK)
        with django_assert_max_num_queries(12):
            assert numbers(client.get(f"{DESK}?{filters}")) == [two.number]
        with django_assert_max_num_queries(12):
            assert client.get(f"{DESK}?liste=alle").status_code == 200
        with django_assert_max_num_queries(25):
            assert client.get(f"{reverse('desk_case', args=[two.pk])}?{filters}").status_code == 200

"""Pages of the work list go on from a place, in every order it offers, forth and back, and see few rows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.change import By
from cases.models import Case
from cases.services import assign
from moderation.worklist.tabs import SORTS
from tests.moderation.test_desk import DESK, counts, numbers


def leaf(client, query, name):
    """The numbers of each page, and the address of each, following the links `name` from `query` on."""
    found = []
    while query:
        page = client.get(f"{DESK}{query}")
        found.append(numbers(page))
        last, query = query, getattr(page.context["page"], name)
    return found, last


@pytest.fixture
def many(make_report, town, monkeypatch):
    """Seven cases, some alike in what they are sorted by, one without a deadline."""
    monkeypatch.setattr("moderation.worklist.lists.PAGE", 3)
    now = timezone.now()
    made = [make_report(at=now - timedelta(hours=number // 2)) for number in range(7)]
    for number, case in enumerate(made):
        Case.objects.filter(pk=case.pk).update(
            priority=number % 2, due_at=None if number == 3 else now, supported=number % 3
        )
    return made


@pytest.mark.parametrize("sort", ["", *SORTS])
@pytest.mark.parametrize("tab", ["pruefen", "alle"])
def test_every_order_is_leafed_through_forth_and_back(manager, many, monkeypatch, tab, sort):
    start = f"?liste={tab}&sort={sort}"
    forth, last = leaf(manager, start, "after")
    assert [len(page) for page in forth] == [3, 3, 1]
    back, _first = leaf(manager, last, "before")
    assert back == forth[::-1]
    monkeypatch.setattr("moderation.worklist.lists.PAGE", 50)
    assert [number for page in forth for number in page] == numbers(manager.get(DESK + start))


def test_what_comes_from_elsewhere_stands_in_the_same_order(login, many, make_report, town, neighbour, monkeypatch):
    theirs = make_report(of=neighbour, at=timezone.now() - timedelta(minutes=90))
    assign(case=theirs, by=By.staff(neighbour.manager), unit=neighbour.greens)
    Case.objects.filter(pk=theirs.pk).update(unit=town.yard)
    client = login(town.manager)
    pages, _last = leaf(client, "?liste=alle", "after")
    found = [number for page in pages for number in page]
    due = Case.objects.order_by("-submitted_at", "-id").values_list("number", flat=True)
    assert found == list(due)
    assert theirs.number in found
    assert counts(client.get(f"{DESK}?liste=alle"))["Alle"] == 8


def test_nonsense_as_a_place_is_the_first_page(manager, many):
    for place in ("weiter=1", "weiter=x_y", "zurueck=99999999999999999999_1", "weiter=1_2_3_4_5", "zurueck=-"):
        assert len(numbers(manager.get(f"{DESK}?liste=alle&{place}"))) == 3


def test_counts_end(manager, many, monkeypatch):
    monkeypatch.setattr("moderation.worklist.lists.COUNTED", 5)
    page = manager.get(f"{DESK}?liste=alle")
    assert "1 bis 3 von 5+ Vorgängen" in page.content.decode()
    assert len(numbers(page)) == 3

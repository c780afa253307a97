"""Which subscriptions a new public report fits: the same ones whose map would show it."""

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from cases.change import Act, By
from cases.models import Case, Entry
from reports.search import Filters, filtered
from reports.services import release_text, withdraw_text
from subscriptions.matching import just_published, matching
from subscriptions.models import Subscription
from subscriptions.wanted import Circle
from tests.conftest import AT, square

QUERIES = [
    "",
    "kategorie=schlagloch",
    "kategorie=strasse",
    "kategorie=laterne&kategorie=schlagloch",
    "kategorie=laterne",
    "art=mangel",
    "art=idee",
    "stadtteil=marienfeld",
    "stadtteil=greffen",
    "stadtteil=marienfeld&kategorie=schlagloch&q=Loch",
    "q=loch",
    "q=Mühlenstr.",
    "q=mühlenstraße+loch",
    "q=Mühlenstraße+laterne",
    "q=schlagl",
    "q=Marienfeld",
    "q=5",
    "q=Ampel",
    "bbox=8.22,51.95,8.24,51.97",
    "bbox=8.0,51.0,9.0,52.0",
    "bbox=8.24,51.95,8.26,51.97",
    "bbox=8.22,51.95,8.24,51.97&q=loch&art=mangel",
]


def found(case):
    return {pk for pk, _rhythm, _subscriber in matching(Case.objects.get(pk=case.pk))}


@pytest.mark.parametrize("released", [True, False])
def test_finds_whom_the_search_of_the_map_finds(town, subscribe, make_report, released):
    part = town.municipality.districts.create(name="Marienfeld", slug="marienfeld", boundary=square(8.23, 51.96))
    town.municipality.districts.create(name="Greffen", slug="greffen")
    case = make_report("Tiefes Loch, Straße 5!", address="Mühlenstraße 3")
    Case.objects.filter(pk=case.pk).update(public_at=AT, district=part)
    if released:
        release_text(case=case, by=By.system())
    case.refresh_from_db()
    for index, query in enumerate(QUERIES):
        subscribe(query, email=f"person-{index}@example.org")
    expected = set()
    for index, query in enumerate(QUERIES):
        filters, _problems = Filters.parse(QueryDict(query), town.municipality)
        if filtered(town.municipality, filters).filter(pk=case.pk).exists():
            expected.add(index)
    rows = Subscription.objects.filter(pk__in=found(case)).values_list("subscriber__email", flat=True)
    assert {int(email.partition("@")[0].removeprefix("person-")) for email in rows} == expected
    assert 5 < len(expected) < len(QUERIES)


def test_a_circle_is_round(town, subscribe, publish):
    middle = town.middle
    near = subscribe(circle=Circle(middle.x, middle.y, 500, "Rathaus"))
    corner = Point(middle.x + 0.0065, middle.y + 0.0040, srid=4326)  # in the box, 630 m away
    assert found(publish(point=Point(middle.x + 0.006, middle.y, srid=4326))) == {near.pk}
    assert found(publish(point=corner)) == set()
    assert found(publish("Danke", category=town.praise, point=None)) == set()


def test_only_who_confirmed_and_lives_here(town, neighbour, subscribe, publish):
    subscribe(confirmed=False)
    subscribe("q=Loch", of=neighbour)
    bounced = subscribe(email="weg@example.org")
    type(bounced.subscriber).objects.filter(pk=bounced.subscriber.pk).update(bounced_at=AT)
    county = town.municipality
    assert found(publish()) == set()
    neighbour.municipality.parent = county
    neighbour.municipality.save()
    above = subscribe("art=mangel", email="kreis@example.org")
    assert found(publish(of=neighbour)) >= {above.pk}, "who follows the county hears of its towns"


def test_only_the_entry_that_made_it_public_is_news(town, make_report):
    case = make_report()
    first = release_text(case=case, by=By.system(), act=Act(at=AT))
    assert just_published(case.pk, first.pk) == case
    handed_in = Entry.objects.filter(case=case).order_by("pk").first()
    assert just_published(case.pk, handed_in.pk) is None or handed_in.at == first.at
    again = release_text(case=case, by=By.system(), text="Anders gesagt")
    assert just_published(case.pk, again.pk) is None
    withdraw_text(case=case, by=By.system())
    assert just_published(case.pk, first.pk) is None


def test_a_thousand_more_subscriptions_cost_no_more_queries(town, subscribe, publish, django_assert_num_queries):
    case = publish()
    subscribe("kategorie=schlagloch")
    subscribe("q=loch", email="b@example.org")
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert len(found(case)) == 2
    for index in range(30):
        subscribe("q=loch", email=f"c{index}@example.org")
    with CaptureQueriesContext(connection) as many:
        assert len(found(case)) == 32
    assert len(many) == len(few)

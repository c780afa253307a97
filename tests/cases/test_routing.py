"""Responsibility, inheritance of rows, deadlines in working days."""

from datetime import UTC, datetime

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon

from accounts.models import Unit
from cases import routing
from cases.models import Responsibility, Stage
from cases.policy import State
from tests.conftest import make_category, make_municipality, square


def unit(town, slug):
    return Unit.objects.create(municipality=town.municipality, slug=slug, name=slug.title())


def test_the_most_specific_row_wins(town):
    anybody, roads, potholes, state_road = (unit(town, slug) for slug in ("alle", "strassen", "loecher", "bund"))
    Responsibility.objects.all().delete()
    where = {"municipality": town.municipality, "topic": town.pothole.topic, "point": town.middle}
    assert routing.unit_for(**where) is None
    Responsibility.objects.create(municipality=town.municipality, unit=anybody)
    assert routing.unit_for(**where) == anybody
    Responsibility.objects.create(municipality=town.municipality, unit=roads, topic=town.pothole.topic.parent)
    assert routing.unit_for(**where) == roads
    Responsibility.objects.create(municipality=town.municipality, unit=potholes, topic=town.pothole.topic)
    assert routing.unit_for(**where) == potholes
    Responsibility.objects.create(
        municipality=town.municipality,
        unit=state_road,
        area=square(town.middle.x, town.middle.y, 0.01),
        area_name="B 513",
    )
    assert routing.unit_for(**where) == state_road
    assert routing.unit_for(**{**where, "point": None}) == potholes


def test_of_two_areas_the_smaller_wins_and_others_do_not_count(town):
    large, small, elsewhere = (unit(town, slug) for slug in ("gross", "klein", "anderswo"))
    for owner, lon, half in ((large, 8.23, 0.04), (small, 8.23, 0.01), (elsewhere, 8.27, 0.001)):
        area = MultiPolygon(Polygon.from_bbox((lon - half, 51.96 - half, lon + half, 51.96 + half)), srid=4326)
        Responsibility.objects.create(municipality=town.municipality, unit=owner, area=area)
    assert routing.unit_for(municipality=town.municipality, topic=town.lamp.topic, point=town.middle) == small


@pytest.mark.django_db
def test_a_town_overrides_the_countys_rows_one_by_one():
    county = make_municipality("kreis", "Kreis", "KR", lon=9.5, lat=52.9)
    child = make_municipality("kind", "Kind", "KI", lon=9.5, lat=52.9, parent=county)
    make_category(county, "laub", "Laub")
    make_category(county, "schnee", "Schnee")
    own = make_category(child, "laub", "Laub und Äste")
    names = {topic.slug: str(topic) for topic in routing.topics(child)}
    assert names["laub"] == "Laub und Äste"
    assert names["schnee"] == "Schnee"
    own.topic.active = False
    own.topic.save()
    assert "laub" not in {topic.slug for topic in routing.topics(child)}
    Stage.objects.filter(municipality=child, slug="in-arbeit").update(label={"de": "wir kümmern uns"})
    assert str(routing.stages(child, State.OPEN)[0]) == "wir kümmern uns"


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        # Thursday before Easter 2026: Good Friday (3 April) and Easter Monday (6 April) do not count.
        (datetime(2026, 4, 2, 8, tzinfo=UTC), 1, "2026-04-07T18:00:00+02:00"),
        (datetime(2026, 3, 2, 8, tzinfo=UTC), 5, "2026-03-09T18:00:00+01:00"),
        # Late on Friday in UTC it is Saturday in Berlin.
        (datetime(2026, 3, 6, 23, 30, tzinfo=UTC), 1, "2026-03-09T18:00:00+01:00"),
    ],
)
def test_deadlines_count_working_days_of_the_state(start, days, due, town):
    assert routing.due(town.municipality, start, days).isoformat() == due

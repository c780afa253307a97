"""The tour that is proposed for a team's day: from the depot and back, never longer than the order that was entered."""

from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point

from cases.models import Case
from dispatch import lists, routes
from dispatch.tours import distance
from tests.conftest import AT
from tests.dispatch.conftest import MONDAY

pytestmark = pytest.mark.django_db


def at_places(cases, places):
    for case, (lon, lat) in zip(cases, places, strict=True):
        Case.objects.filter(pk=case.pk).update(point=Point(lon, lat, srid=4326))


def test_a_zigzag_becomes_a_line_there_and_back(town, team, planned):
    cases = planned(5)
    at_places(cases, [(8.21 + 0.01 * n, 51.95) for n in (0, 4, 1, 3, 2)])
    team.depot_lon, team.depot_lat = 8.20, 51.95
    team.save()
    route = routes.proposed(team=team, day=MONDAY, at=AT)
    there = distance((8.20, 51.95), (8.25, 51.95))
    assert route.proposed == pytest.approx(2 * there, rel=1e-6)
    assert route.entered > route.proposed * 1.3
    assert sorted(route.cases) == sorted(case.pk for case in cases)


def test_a_team_without_a_depot_starts_at_its_units(town, team, planned):
    (case,) = planned()
    at_places([case], [(8.22, 51.95)])
    town.yard.depot_lon, town.yard.depot_lat = 8.20, 51.95
    town.yard.save()
    team.parent.refresh_from_db()
    assert routes.proposed(team=team, day=MONDAY, at=AT).proposed == pytest.approx(
        2 * distance((8.20, 51.95), (8.22, 51.95))
    )


def test_the_tour_is_by_distance_and_what_is_urgent_is_on_top_all_the_same(town, team, planned):
    near, far, late, nowhere = planned(4)
    at_places([near, far, late], [(8.21, 51.95), (8.23, 51.95), (8.29, 51.95)])
    Case.objects.filter(pk=nowhere.pk).update(point=None)
    Case.objects.update(due_at=AT + timedelta(days=9))
    Case.objects.filter(pk=late.pk).update(due_at=AT - timedelta(days=1))
    route = routes.proposed(team=team, day=MONDAY, at=AT)
    assert route.cases == [near.pk, far.pk, late.pk, nowhere.pk]
    assert route.proposed <= route.entered
    listed = lists.of_day(team=team, day=MONDAY, at=AT)
    assert routes.urgent_first(listed, AT)[0].case_id == late.pk


def test_the_jobs_may_be_given_and_cost_no_query_then(team, planned, django_assert_num_queries):
    planned(3)
    jobs = lists.of_day(team=team, day=MONDAY, at=AT)
    assert team.depot is None
    with django_assert_num_queries(0):
        assert len(routes.proposed(team=team, day=MONDAY, at=AT, jobs=jobs).cases) == 3

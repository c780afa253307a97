"""Conditions by the spatial index, compared with brute force on either database."""

from __future__ import annotations

import random

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet

from geo import grid
from geo.models import Address, Municipality, Street
from geo.spatial import (
    at_point,
    box_around,
    check_box,
    make_point,
    metres_between,
    transform,
    within_box,
    within_metres,
)
from geo.spatial_index import refresh_statistics
from tests.geo.conftest import at

BOX = (8.15, 51.92, 8.22, 51.96)


@pytest.fixture
def scattered(town: Municipality) -> dict[int, tuple[float, float]]:
    """300 places at random, some exactly on the edge and the corner of BOX, one without a point."""
    dice = random.Random(7)
    places = [(dice.uniform(8.1, 8.3), dice.uniform(51.9, 51.99)) for _ in range(300)]
    places += [(8.15, 51.94), (8.22, 51.96), (8.15, 51.92), (8.1499999, 51.94), (8.2200001, 51.96)]
    Address.objects.bulk_create(
        Address(municipality=town, label=str(n), folded=str(n), point=at(*place)) for n, place in enumerate(places)
    )
    Address.objects.create(municipality=town, label="none", folded="none")
    return {row.id: (row.point.x, row.point.y) for row in Address.objects.all() if row.point is not None}


def test_box_equals_brute_force(scattered: dict[int, tuple[float, float]]) -> None:
    west, south, east, north = BOX
    expected = {pk for pk, (x, y) in scattered.items() if west <= x <= east and south <= y <= north}
    found = set(within_box(Address.objects.all(), "point", BOX).values_list("id", flat=True))
    assert found == expected
    assert 20 < len(found) < 200


def test_box_sees_moved_and_deleted_rows(scattered: dict[int, tuple[float, float]]) -> None:
    inside = within_box(Address.objects.all(), "point", BOX)
    first, second, *_rest = inside.order_by("id")
    outside = Address.objects.exclude(id__in=inside.values("id")).exclude(point=None).order_by("id")[2]
    first.point = at(8.29, 51.91)
    first.save()
    second.delete()
    outside.point = at(8.2, 51.95)
    outside.save()
    ids = set(inside.values_list("id", flat=True))
    assert outside.id in ids
    assert first.id not in ids


def test_box_over_a_join(scattered: dict[int, tuple[float, float]], town: Municipality) -> None:
    rows = within_box(Address.objects.all(), "municipality__boundary", (8.0, 51.0, 8.11, 51.91))
    assert rows.count() == len(scattered) + 1


def test_box_with_further_conditions(scattered: dict[int, tuple[float, float]]) -> None:
    rows = within_box(Address.objects.filter(label="300"), "point", BOX)
    assert [row.label for row in rows] == ["300"]
    assert not within_box(Address.objects.none(), "point", BOX).exists()


def test_metres_equal_brute_force(scattered: dict[int, tuple[float, float]]) -> None:
    rows = list(within_metres(Address.objects.all(), at(8.2, 51.95), 1500))
    expected = {pk for pk, (x, y) in scattered.items() if metres_between(8.2, 51.95, x, y) <= 1500}
    unsure = {pk for pk, (x, y) in scattered.items() if 1490 < metres_between(8.2, 51.95, x, y) < 1510}
    assert {row.id for row in rows} ^ expected <= unsure
    distances = [row.distance.m for row in rows]  # type: ignore[attr-defined]
    assert distances == sorted(distances)
    assert distances[-1] <= 1500


def test_distance_on_the_ellipsoid(town: Municipality) -> None:
    Address.objects.create(municipality=town, label="x", folded="x", point=at(8.0, 52.0))
    row = within_metres(Address.objects.all(), at(9.0, 52.0), 100_000).get()
    assert row.distance.m == pytest.approx(68_677.4, abs=10)  # type: ignore[attr-defined]


def test_a_place_itself_has_no_distance(town: Municipality) -> None:
    Address.objects.create(municipality=town, label="x", folded="x", point=at(8.0, 52.0))
    assert within_metres(Address.objects.all(), at(8.0, 52.0), 1).get().distance.m == 0  # type: ignore[attr-defined]


def test_a_point_in_an_area(county: Municipality) -> None:
    found = at_point(Municipality.objects.all(), "boundary", at(8.1, 52.05))
    assert set(found.values_list("slug", flat=True)) == {"kreis", "west"}


@pytest.mark.parametrize("reach", [1.0, 500.0, 50_000.0])
@pytest.mark.parametrize("lat", [0.0, 51.95, -70.0, 89.9])
def test_the_box_around_is_never_too_small(lat: float, reach: float) -> None:
    _west, south, east, north = box_around(8.2, lat, reach)
    assert metres_between(8.2, lat, 8.2, south) >= reach or south == -90
    assert metres_between(8.2, lat, 8.2, north) >= reach or north == 90
    assert east == 180 or metres_between(8.2, lat, east, lat) >= reach * 0.999


@pytest.mark.parametrize(
    "box", [(1, 2, 3), (9, 51, 8, 52), (8, 52, 9, 51), (float("nan"), 1, 2, 3), (8, 51, 181, 52), (8, 51, 9, 91)]
)
def test_nonsense_is_no_box(box: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError):
        check_box(box)


@pytest.mark.parametrize("place", [(float("nan"), 1.0), (float("inf"), 1.0), (-181.0, 1.0), (1.0, 91.0)])
def test_nonsense_is_no_point(place: tuple[float, float]) -> None:
    with pytest.raises(ValidationError):
        make_point(*place)


def test_swiss_and_german_coordinates() -> None:
    (zurich,) = transform([(2_683_920, 1_245_604)], 2056)
    assert zurich == pytest.approx((8.5499, 47.3560), abs=1e-3)
    (back,) = transform([(8.2, 51.95)], 4326, to=25832)
    assert back == pytest.approx((445_033, 5_755_822), abs=100)
    assert back is not None
    assert transform([back], 25832)[0] == pytest.approx((8.2, 51.95), abs=1e-9)


def test_places_that_make_no_sense_are_none() -> None:
    nan = float("nan")
    assert transform([(nan, 1.0), (8.0, 52.0)], 4326) == [None, (8.0, 52.0)]
    assert transform([(1e30, 1e30), (nan, nan)], 25832) == [None, None]
    assert transform([(500.0, 52.0)], 4326) == [None]
    assert transform([], 25832) == []


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(ValidationError):
        transform([(1, 1)], 99999)


def plan(rows: QuerySet[Address] | QuerySet[Street]) -> str:
    """What the database means to do, told not to read small tables as a whole."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        return str(rows.order_by().explain())


def test_a_box_is_answered_by_the_spatial_index(scattered: dict[int, tuple[float, float]]) -> None:
    for rows in (
        within_box(Address.objects.all(), "point", BOX),
        within_box(Street.objects.all(), "line", BOX),
        within_metres(Address.objects.all(), at(8.2, 51.95), 100),
    ):
        told = plan(rows)
        if connection.vendor == "postgresql":
            assert "Seq Scan" not in told
            assert "_point_" in told or "_line_" in told
        else:
            assert "USING INTEGER PRIMARY KEY" in told
            assert "SCAN idx_geo_" in told


def test_the_grid_is_answered_by_a_plain_index(scattered: dict[int, tuple[float, float]]) -> None:
    told = plan(Address.objects.filter(grid.condition(BOX, "id")))
    assert "Seq Scan" not in told
    assert "SCAN geo_address" not in told


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL counts by itself")
def test_with_statistics_the_spatial_index_wins_over_others(town: Municipality) -> None:
    Address.objects.bulk_create(
        Address(municipality=town, label=str(n), folded=str(n), point=at(8.1 + n * 0.0002, 51.95)) for n in range(1000)
    )
    rows = within_box(Address.objects.filter(municipality=town, kind="address"), "point", BOX)
    refresh_statistics()
    assert "SCAN idx_geo_" in plan(rows)
    assert "geo_address_search" not in plan(rows)

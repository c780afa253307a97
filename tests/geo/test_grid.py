"""The grid: one number per place, cells and ranges."""

from __future__ import annotations

import random

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from geo import grid

LON = st.floats(-180, 180)
LAT = st.floats(-85, 85)


@given(LON, st.floats(-90, 90))
def test_a_number_is_positive_and_fits(lon: float, lat: float) -> None:
    assert 0 <= grid.morton(lon, lat) < 2**62


@given(LON, LAT, st.integers(0, 31))
def test_a_place_lies_in_its_cell(lon: float, lat: float, zoom: int) -> None:
    number = grid.morton(lon, lat)
    cell = grid.cell(number, zoom)
    west, south, east, north = grid.cell_bounds(cell, zoom)
    assert west - 1e-6 <= lon <= east + 1e-6
    assert south - 1e-6 <= lat <= north + 1e-6
    first, last = grid.cell_range(cell, zoom)
    assert first <= number <= last


def test_cells_are_map_tiles() -> None:
    cell = grid.cell(grid.morton(8.2, 51.95), 14)
    assert grid.cell_tile(cell, 14) == (8565, 5415)
    assert grid.tile_cell(8565, 5415) == cell
    west, south, east, north = grid.cell_bounds(cell, 14)
    middle = grid.cell_middle(cell, 14)
    assert west < middle[0] < east
    assert south < middle[1] < north


def test_many_at_once_are_the_same() -> None:
    dice = random.Random(1)
    lons = [dice.uniform(-180, 180) for _ in range(500)] + [-180, 180, 0, 8.2]
    lats = [dice.uniform(-90, 90) for _ in range(500)] + [-90, 90, 0, 51.95]
    many = grid.morton_many(lons, lats)
    assert many.dtype == "int64"
    assert many.tolist() == [grid.morton(lon, lat) for lon, lat in zip(lons, lats, strict=True)]


@given(LON, LAT, LON, LAT, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=5))
def test_ranges_cover_the_box(
    one: float, low: float, other: float, high: float, inner: list[tuple[float, float]]
) -> None:
    west, east = sorted((one, other))
    south, north = sorted((low, high))
    found = grid.ranges((west, south, east, north))
    assert 1 <= len(found) <= 16
    for east_share, north_share in [(0, 0), (1, 1), *inner]:
        lon = min(east, west + (east - west) * east_share)
        lat = min(north, south + (north - south) * north_share)
        number = grid.morton(lon, lat)
        assert any(first <= number <= last for first, last in found)


def test_ranges_cover_little_more_than_the_box() -> None:
    box = (8.11, 51.93, 8.31, 52.07)
    covered = sum(last - first + 1 for first, last in grid.ranges(box))
    left, top = grid.cell_tile(grid.morton(box[0], box[3]), 31)
    right, bottom = grid.cell_tile(grid.morton(box[2], box[1]), 31)
    assert covered < 2.5 * (right - left) * (bottom - top)


def test_more_ranges_fit_closer() -> None:
    box = (8.11, 51.93, 8.31, 52.07)
    sizes = [sum(last - first for first, last in grid.ranges(box, limit=limit)) for limit in (1, 16, 64)]
    assert sizes[0] > sizes[1] > sizes[2]


def test_the_zoom_bounds_the_split() -> None:
    (only,) = grid.ranges((8.2, 51.95, 8.2, 51.95), 14)
    assert only == grid.cell_range(grid.cell(grid.morton(8.2, 51.95), 14), 14)


@pytest.mark.parametrize("place", [(float("nan"), 1.0), (1.0, float("inf")), (181.0, 1.0), (1.0, 90.1)])
def test_nonsense_has_no_number(place: tuple[float, float]) -> None:
    with pytest.raises(ValidationError):
        grid.morton(*place)


def test_no_point_no_number() -> None:
    assert grid.of_point(None) is None


@pytest.mark.parametrize("level", [3, 9, 14, 20])
@pytest.mark.parametrize("limit", [1, 3, 16])
def test_a_window_holds_the_cells_whose_middle_lies_in_the_box_and_its_ranges_leave_none_out(level, limit):
    chance = random.Random(level * limit)
    for _ in range(20):
        size = 360 / 2**level * chance.uniform(0.1, 60)
        west, south = chance.uniform(5, 15), chance.uniform(47, 55)
        box = (west, south, min(west + size, 180), min(south + size, 85))
        window = grid.window(box, level)
        lows, highs = grid.cover(window, limit)
        assert len(lows) == len(highs) <= limit
        left, right, top, bottom = window.corners()
        for _point in range(20):
            place = (west + size * chance.uniform(-0.3, 1.3), south + size * chance.uniform(-0.3, 1.3))
            cell = grid.cell(grid.morton(max(-180, min(180, place[0])), max(-85, min(85, place[1]))), level)
            lon, lat = grid.cell_middle(cell, level)
            holds = window.holds(cell)
            assert holds == (left <= (cell & grid.X) <= right and top <= (cell & grid.Y) <= bottom)
            near = 1e-6
            if box[0] + near < lon < box[2] - near and box[1] + near < lat < box[3] - near:
                assert holds
            if not (box[0] - near < lon < box[2] + near and box[1] - near < lat < box[3] + near):
                assert not holds
            if holds:
                assert any(low <= cell <= high for low, high in zip(lows, highs, strict=True))

"""What the map draws: single pins, or clusters wherever a view holds more than PINS reports.

Clusters are made of kept counts (reports.counts), which cost the same whatever number of reports there is. What they
do not know (words, dates, districts) is counted by the stored grid number. Neither reads a geometry: cells of half a
cluster's width or less give its mean place to within a few pixels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Count, F

from cases.models import STATES, CaseQuerySet
from cases.policy import FACTS, State
from geo import grid
from geo.localized import localized
from geo.models import Municipality
from geo.spatial import Box
from reports.counts import reading
from reports.search import Filters, asked_states, asked_topics, filtered

PINS = 500
"""A view with more reports shows clusters."""
ZOOMS = range(20)
EXACT = 5000
"""Nearer than the finest kept counts, up to so many reports are counted one by one."""
#: A cluster gathers cells of 64 px (a tile of 256 px is four of them), counted in cells of 16 or 32 px.
_COARSE, _FINE = 2, 4
#: Clusters nearer than this (in coarse cells) would lie over each other and are put together.
_APART = 0.95
_FIELDS = (
    "number",
    "grid",
    "state",
    "stage__label",
    "topic__name",
    "topic__category__icon",
    "report__address",
    "report__address_by_citizen",
    "report__text_released",
    "district__name",
)
_LOOKS = tuple(FACTS[state].look for state in State)


class Cluster(NamedTuple):
    """How many reports lie around a place (WGS84), and how many of them in each state, in the order of State."""

    reports: int
    lon: float
    lat: float
    by_state: tuple[int, ...]


def view(municipality: Municipality, filters: Filters, zoom: int) -> tuple[int, list[dict[str, Any]]]:
    """How many reports the section `filters.bbox` holds, and its pins or clusters as GeoJSON features."""
    zoom = min(max(zoom, ZOOMS.start), ZOOMS.stop - 1)
    family = municipality.family_ids()
    rough = filtered(municipality, replace(filters, bbox=None), family).filter(grid__isnull=False)
    if filters.bbox is not None:
        rough = rough.filter(grid.condition(filters.bbox, limit=24))
    topics = asked_topics(municipality, filters)
    counted, level = _counted(family, topics, filters, zoom)
    if counted is None:
        counted, level = _by_cell(rough, zoom, filters.bbox), zoom + _FINE
    total = sum(map(sum, counted.values()))
    if total > 2 * PINS:
        # Exact to the 16 px by which a cell at the edge may lie outside.
        return total, [_cluster_feature(one) for one in clusters(counted, level, zoom)]
    found = [row for row in rough.values_list(*_FIELDS) if _inside(row[1], filters.bbox)]
    if len(found) > PINS:
        level = zoom + _FINE
        pairs = Counter((row[1] >> 2 * (grid.ZOOM - level), row[2]) for row in found)
        return len(found), [_cluster_feature(one) for one in clusters(_together(pairs), level, zoom)]
    return len(found), [_pin_feature(row) for row in found]


def tile_box(z: int, x: int, y: int) -> Box | None:
    """The section of a tile, from the middle of its first to the middle of its last finest cell; None if there is none.

    So tiles share nothing, and each is one range of numbers.
    """
    if z not in ZOOMS or x >= 1 << z or y >= 1 << z:
        return None
    deeper = grid.ZOOM - z
    west, north = grid.cell_middle(grid.tile_cell(x << deeper, y << deeper), grid.ZOOM)
    last = grid.tile_cell(((x + 1) << deeper) - 1, ((y + 1) << deeper) - 1)
    east, south = grid.cell_middle(last, grid.ZOOM)
    return Box(west, south, east, north)


def _counted(
    family: Sequence[int], topics: Sequence[int] | None, filters: Filters, zoom: int
) -> tuple[reading.Cells | None, int]:
    """Reports per cell and state as the kept counts say, and the level of the cells; None where they cannot."""
    level = reading.level_at(zoom)
    if filters.words or filters.period or filters.since or filters.until or filters.districts:
        return None, level
    cells = reading.cells(
        municipalities=family,
        topics=topics,
        states=asked_states(filters),
        bbox=filters.bbox,
        level=level,
    )
    if zoom + 3 > level and 2 * PINS < sum(map(sum, cells.values())) <= EXACT:
        return None, level
    return _meeting(cells, level, filters.bbox), level


def _by_cell(found: CaseQuerySet, zoom: int, bbox: Box | None) -> reading.Cells:
    """Reports per cell of 16 px and state, counted now."""
    cells = found.order_by().annotate(cell=F("grid").bitrightshift(2 * (grid.ZOOM - zoom - _FINE)))
    pairs = {(cell, state): n for cell, state, n in cells.values_list("cell", "state").annotate(n=Count("pk"))}
    return _meeting(_together(pairs), zoom + _FINE, bbox)


def _together(pairs: Mapping[tuple[int, str], int]) -> reading.Cells:
    """Counts by cell and state as counts by cell."""
    cells: dict[int, list[int]] = {}
    for (cell, state), n in pairs.items():
        cells.setdefault(cell, [0] * len(State))[_POSITION[state]] += n
    return {cell: tuple(numbers) for cell, numbers in cells.items()}


_POSITION = {state.value: position for position, state in enumerate(State)}


def _meeting(cells: reading.Cells, level: int, bbox: Box | None) -> reading.Cells:
    """The cells whose middle lies in the box."""
    if bbox is None or not cells:
        return cells
    numbers = np.fromiter(cells, np.int64, len(cells))
    # Middles and the box in half cells of the finest level, so that no rounding matters.
    columns, rows = ((2 * part + 1) << (grid.ZOOM - level) for part in grid.cell_tiles(numbers))
    left, top = grid.cell_tile(grid.morton(bbox.west, bbox.north), grid.ZOOM)
    right, bottom = grid.cell_tile(grid.morton(bbox.east, bbox.south), grid.ZOOM)
    inside = (columns >= 2 * left) & (columns <= 2 * right + 1) & (rows >= 2 * top) & (rows <= 2 * bottom + 1)
    return {number: cells[number] for number in numbers[inside].tolist()}


def clusters(cells: Mapping[int, Sequence[int]], level: int, zoom: int) -> list[Cluster]:
    """Put cells of a level (counts by state) together to clusters that do not lie over each other at a zoom."""
    if not cells:
        return []
    counts = np.array(list(cells.values()), dtype=np.float64)
    columns, rows = grid.cell_tiles(np.fromiter(cells, np.int64, len(cells)))
    scale = 2.0 ** (zoom + _COARSE - level)
    x, y = (columns + 0.5) * scale, (rows + 0.5) * scale
    keys, whose = np.unique(np.stack([x, y]).astype(np.int64), axis=1, return_inverse=True)
    every = counts.sum(axis=1)
    sums = np.zeros((keys.shape[1], 3 + counts.shape[1]))
    np.add.at(sums, whose.reshape(-1), np.column_stack([every, every * x, every * y, counts]))
    found = dict(zip(zip(*keys.tolist(), strict=True), sums.tolist(), strict=True))
    return [_place(one, zoom) for one in _apart(found)]


def _apart(sums: dict[tuple[int, int], list[float]]) -> Iterable[list[float]]:
    """The largest first, each takes in what lies too near in the cells around it."""
    left = dict(sums)
    for key in sorted(sums, key=lambda key: (-sums[key][0], key)):
        one = left.pop(key, None)
        if one is None:
            continue
        x, y = one[1] / one[0], one[2] / one[0]
        for column in range(key[0] - 1, key[0] + 2):
            for row in range(key[1] - 1, key[1] + 2):
                other = left.get((column, row))
                if other is None:
                    continue
                far = (other[1] / other[0] - x) ** 2 + (other[2] / other[0] - y) ** 2
                if far < _APART**2:
                    del left[column, row]
                    one = [mine + theirs for mine, theirs in zip(one, other, strict=True)]
        yield one


def _place(sums: list[float], zoom: int) -> Cluster:
    # Cells of the finest zoom are exact enough; their middle is the place.
    factor = 1 << (grid.ZOOM - zoom - _COARSE)
    x, y = int(sums[1] / sums[0] * factor), int(sums[2] / sums[0] * factor)
    lon, lat = grid.cell_middle(grid.tile_cell(x, y), grid.ZOOM)
    return Cluster(int(sums[0]), lon, lat, tuple(map(int, sums[3:])))


def _inside(number: int, bbox: Box | None) -> bool:
    if bbox is None:
        return True
    lon, lat = grid.cell_middle(number, grid.ZOOM)
    return bbox.west <= lon <= bbox.east and bbox.south <= lat <= bbox.north


def _feature(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {"type": "Feature", "geometry": point, "properties": properties}


def _cluster_feature(one: Cluster) -> dict[str, Any]:
    looks = {look: number for look, number in zip(_LOOKS, one.by_state, strict=True) if number}
    return _feature(one.lon, one.lat, {"count": one.reports, "looks": looks})


def _pin_feature(row: tuple[Any, ...]) -> dict[str, Any]:
    """The title says what reports.showing.public_report says, without a model object per pin (a test compares)."""
    number, cell, state, stage, name, icon, address, by_citizen, released, district = row
    place = address if address and (not by_citizen or released) else district or ""
    title = f"{localized(name)}, {place}" if place else localized(name)
    label = localized(stage) or str(dict(STATES)[state])
    lon, lat = grid.cell_middle(cell, grid.ZOOM)
    return _feature(
        lon,
        lat,
        {"number": number, "title": title, "icon": icon, "look": FACTS[State(state)].look, "state": label},
    )

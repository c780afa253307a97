"""What the map draws: single pins, or clusters wherever a view holds more than PINS reports.

Clusters are made of kept counts (reports.counts), which cost the same whatever number of reports there is. What they
do not know (words, dates, districts) is counted by the stored grid number. Neither reads a geometry: cells of half a
cluster's width or less give its mean place to within a few pixels.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cases.policy import FACTS, State
from geo import grid
from geo.models import Municipality
from geo.spatial import Box
from reports import pin_rows
from reports.counts import reading
from reports.counts.reading import Counts
from reports.search import Filters, asked_states, asked_topics, filtered

PINS = 500
"""A view with more reports shows clusters."""
ZOOMS = range(20)
EXACT = 5000
"""Nearer than the finest kept counts, up to so many reports are counted one by one."""
MANY = 20_000
"""What the kept counts do not know: of more than so many reports only the newest are counted."""
#: A cluster gathers cells of 64 px (a tile of 256 px is four of them).
_COARSE, _FINE = 2, 4
#: Clusters nearer than this (in coarse cells) would lie over each other and are put together.
_APART = 0.95
_LOOKS = tuple(FACTS[state].look for state in State)
_AROUND = ((0, 1), (1, -1), (1, 0), (1, 1))
"""Half of the cells around one; the other half has it among its own."""


class View(NamedTuple):
    """What a section of the map holds: how many reports, GeoJSON features, and whether there are more than counted."""

    total: int
    features: list[dict[str, Any]]
    more: bool = False


def view(municipality: Municipality, filters: Filters, zoom: int) -> View:
    """How many reports the section `filters.bbox` holds, and its pins or clusters as GeoJSON features.

    At most two statements where the kept counts know the filters: one for clusters or few pins, one for the pins.
    """
    zoom = min(max(zoom, ZOOMS.start), ZOOMS.stop - 1)
    if filters.words or filters.period or filters.since or filters.until or filters.districts:
        return _uncounted(municipality, filters, zoom)
    topics, states = asked_topics(municipality, filters), asked_states(filters)
    level = reading.level_at(zoom)
    kept = reading.counts(
        municipalities=[municipality.pk],
        topics=topics,
        states=states,
        window=_window(filters.bbox, level),
        level=zoom + _COARSE,
    )
    total = kept.total
    if total > (EXACT if zoom + 3 > level else 2 * PINS):
        # Exact to the 16 px by which a cell at the edge may lie outside.
        return View(total, clusters(kept, zoom))
    asked = pin_rows.Asked(
        [municipality.pk], topics, states if filters.status else None, _window(filters.bbox, grid.ZOOM)
    )
    if total <= 2 * PINS:
        rows = pin_rows.rows(asked, most=PINS + 1)
        if len(rows) <= PINS:
            return View(len(rows), pin_rows.features(rows))
    counted = _by_cell(pin_rows.places(asked, most=MANY), zoom)
    return View(counted.total, clusters(counted, zoom))


def _uncounted(municipality: Municipality, filters: Filters, zoom: int) -> View:
    """The same where only the rows can tell: never more than the newest MANY of them."""
    found = filtered(municipality, replace(filters, bbox=None)).filter(grid__isnull=False)
    if filters.bbox is not None:
        found = found.filter(grid.condition(filters.bbox, limit=24))
    window = _window(filters.bbox, grid.ZOOM)
    newest = list(found.order_by("-submitted_at", "-pk").values_list("grid", "state")[: MANY + 1])
    places = [(cell, state) for cell, state in newest[:MANY] if cell is not None and window.holds(cell)]
    more = len(newest) > MANY
    if len(places) > PINS or more:
        counted = _by_cell(places, zoom)
        return View(counted.total, clusters(counted, zoom), more)
    rows = [row for row in found.values_list(*pin_rows.FIELDS) if row[1] is not None and window.holds(row[1])]
    return View(len(rows), pin_rows.features(rows))


def _window(bbox: Box | None, level: int) -> grid.Window:
    """The cells of a level in the section, all of them without one."""
    return grid.Window(level, 0, 0, (1 << level) - 1, (1 << level) - 1) if bbox is None else grid.window(bbox, level)


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


def _by_cell(places: list[tuple[int, str]], zoom: int) -> Counts:
    """Reports (grid number and state) gathered in cells of 64 px, with their mean places."""
    level = zoom + _COARSE
    numbers = np.array([number for number, _state in places], dtype=np.int64)
    states = np.array([_POSITION[state] for _number, state in places], dtype=np.int64)
    cells, whose = np.unique(numbers >> 2 * (grid.ZOOM - level), return_inverse=True)
    by_state = np.zeros((len(cells), len(State)), dtype=np.int64)
    np.add.at(by_state, (whose, states), 1)
    every = by_state.sum(axis=1)
    x, y = (
        np.bincount(whose, weights=(part + 0.5) / (1 << (grid.ZOOM - level)), minlength=len(cells)) / every
        for part in grid.cell_tiles(numbers)
    )
    return Counts(level, cells, x, y, by_state)


_POSITION = {state.value: position for position, state in enumerate(State)}


def clusters(found: Counts, zoom: int) -> list[dict[str, Any]]:
    """Cells of 64 px or more as clusters that do not lie over each other at a zoom: GeoJSON features, largest first."""
    if not len(found.cells):
        return []
    scale = 2.0 ** (zoom + _COARSE - found.level)
    every = found.by_state.sum(axis=1)
    order = np.lexsort((found.cells, -every))
    x, y, every = found.x[order] * scale, found.y[order] * scale, every[order]
    owners = _owners(x, y)
    sums = np.column_stack([every * x, every * y, every, found.by_state[order]])
    taken = np.flatnonzero(owners != np.arange(len(owners)))
    if len(taken):
        np.add.at(sums, owners[taken], sums[taken])
        sums = np.delete(sums, taken, axis=0)
    # Cells of the finest zoom are exact enough; their middle is the place.
    factor = 1 << (grid.ZOOM - zoom - _COARSE)
    places = np.floor(sums[:, :2] / sums[:, 2:3] * factor).astype(np.int64)
    lons, lats = grid.middles(places[:, 0], places[:, 1])
    reports, by_state = sums[:, 2].astype(np.int64).tolist(), sums[:, 3:].astype(np.int64).tolist()
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": (lon, lat)},
            "properties": {"count": n, "looks": {look: some for look, some in zip(_LOOKS, states) if some}},  # noqa: B905
        }
        for lon, lat, n, states in zip(lons.tolist(), lats.tolist(), reports, by_state, strict=True)
    ]


def _owners(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which cluster each belongs to: in their order, each takes in what lies too near in the cells around it."""
    owners = np.arange(len(x))
    columns, rows = x.astype(np.int64), y.astype(np.int64)
    codes = columns << 32 | rows
    order = np.argsort(codes)
    ordered = codes[order]
    near: dict[int, list[int]] = {}
    for across, down in _AROUND:
        wanted = codes + (across << 32) + down
        at = np.minimum(np.searchsorted(ordered, wanted), len(codes) - 1)
        other = order[at]
        meets = (ordered[at] == wanted) & ((x[other] - x) ** 2 + (y[other] - y) ** 2 < _APART**2)
        for one, two in zip(np.flatnonzero(meets).tolist(), other[meets].tolist(), strict=True):
            near.setdefault(one, []).append(two)
            near.setdefault(two, []).append(one)
    settled: set[int] = set()
    for one in sorted(near):
        if one in settled:
            continue
        settled.add(one)
        for two in near[one]:
            if two not in settled:
                settled.add(two)
                owners[two] = one
    return owners

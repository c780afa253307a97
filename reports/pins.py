"""What the map draws: single pins, or clusters wherever a view holds more than PINS reports.

Clusters count cells of the stored grid number (see geo.grid) and read no geometry: cells of a quarter of the
cluster's width give its mean place to within a few pixels.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.db.models import Count, F

from cases.models import STATES, CaseQuerySet
from cases.policy import FACTS, State
from geo import grid
from geo.localized import localized
from geo.models import Municipality
from geo.spatial import Box
from reports.search import Filters, filtered

PINS = 500
"""A view with more reports shows clusters."""
ZOOMS = range(20)
#: A cluster gathers cells of 64 px (a tile of 256 px is four of them), counted in cells of 16 px.
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


class Cluster(NamedTuple):
    """How many reports lie around a place (WGS84)."""

    reports: int
    lon: float
    lat: float


def view(municipality: Municipality, filters: Filters, zoom: int) -> tuple[int, list[dict[str, Any]]]:
    """How many reports the section `filters.bbox` holds, and its pins or clusters as GeoJSON features."""
    zoom = min(max(zoom, ZOOMS.start), ZOOMS.stop - 1)
    rough = filtered(municipality, replace(filters, bbox=None)).filter(grid__isnull=False)
    if filters.bbox is not None:
        rough = rough.filter(grid.condition(filters.bbox, limit=24))
    cells = {cell: n for cell, n in _cells(rough, zoom).items() if _meets(cell, zoom, filters.bbox)}
    total = sum(cells.values())
    if total > 2 * PINS:
        # Exact to the 8 px by which a cell at the edge may lie outside.
        return total, [_cluster_feature(one) for one in clusters(cells, zoom)]
    found = [row for row in rough.values_list(*_FIELDS) if _inside(row[1], filters.bbox)]
    if len(found) > PINS:
        cells = Counter(row[1] >> _shift(zoom) for row in found)
        return len(found), [_cluster_feature(one) for one in clusters(cells, zoom)]
    return len(found), [_pin_feature(row) for row in found]


def _shift(zoom: int) -> int:
    """Bits of the stored number below a cell of 16 px."""
    return 2 * (grid.ZOOM - zoom - _FINE)


def _meets(cell: int, zoom: int, bbox: Box | None) -> bool:
    """Whether the middle of a cell of 16 px lies in the box."""
    if bbox is None:
        return True
    lon, lat = grid.cell_middle(cell, zoom + _FINE)
    return bbox.west <= lon <= bbox.east and bbox.south <= lat <= bbox.north


def _cells(found: CaseQuerySet, zoom: int) -> dict[int, int]:
    """Reports per cell of 16 px."""
    cells = found.order_by().annotate(cell=F("grid").bitrightshift(_shift(zoom)))
    return dict(cells.values_list("cell").annotate(n=Count("pk")))


def clusters(cells: Mapping[int, int], zoom: int) -> list[Cluster]:
    """Put cells of 16 px together to clusters that do not lie over each other."""
    sums: dict[tuple[int, int], list[float]] = defaultdict(lambda: [0, 0.0, 0.0])
    scale = 1 << (_FINE - _COARSE)
    for number, count in cells.items():
        column, row = grid.cell_tile(number, zoom + _FINE)
        x, y = (column + 0.5) / scale, (row + 0.5) / scale
        one = sums[int(x), int(y)]
        one[0] += count
        one[1] += count * x
        one[2] += count * y
    return [_place(one, zoom) for one in _apart(sums)]


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
    return Cluster(int(sums[0]), lon, lat)


def _inside(number: int, bbox: Box | None) -> bool:
    if bbox is None:
        return True
    lon, lat = grid.cell_middle(number, grid.ZOOM)
    return bbox.west <= lon <= bbox.east and bbox.south <= lat <= bbox.north


def _feature(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {"type": "Feature", "geometry": point, "properties": properties}


def _cluster_feature(one: Cluster) -> dict[str, Any]:
    return _feature(one.lon, one.lat, {"count": one.reports})


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

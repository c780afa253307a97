"""The grid: one 62-bit number per place, so that a plain b-tree index answers boxes and counts clusters.

The number is the quadkey at zoom 31 of web mercator (bits of x and y interleaved, y first, as tile addresses
do), always positive and within a signed 64-bit column. A cell of zoom z is the number shifted right by
2·(31 - z) bits: grouping by it gives clusters, a cell is one range of numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from django.db.models import Q

from geo.spatial import Box, check_box, check_point

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

ZOOM = 31
_SIZE = 1 << ZOOM
#: Web mercator ends here; what lies beyond is drawn at the edge.
LATITUDE = 85.05112877980659
_MASKS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)
_GATHER = (
    (1, 0x3333333333333333),
    (2, 0x0F0F0F0F0F0F0F0F),
    (4, 0x00FF00FF00FF00FF),
    (8, 0x0000FFFF0000FFFF),
    (16, 0x00000000FFFFFFFF),
)


def _spread(value: int) -> int:
    """Bits of `value` at the even places."""
    for shift, mask in _MASKS:
        value = (value | (value << shift)) & mask
    return value


def _gather(value: int) -> int:
    """The even bits of `value`, put together."""
    value &= 0x5555555555555555
    for shift, mask in _GATHER:
        value = (value | (value >> shift)) & mask
    return value


def _tile(lon: float, lat: float) -> tuple[int, int]:
    """Column and row at zoom 31, row 0 in the north."""
    lat = max(-LATITUDE, min(LATITUDE, lat))
    x = (lon + 180.0) / 360.0
    y = (1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0
    return min(_SIZE - 1, max(0, int(x * _SIZE))), min(_SIZE - 1, max(0, int(y * _SIZE)))


def morton(lon: float, lat: float) -> int:
    """The number of a place (WGS84 degrees), 0 to 2**62 - 1; ValidationError for nonsense."""
    x, y = _tile(*check_point(lon, lat))
    return _spread(y) << 1 | _spread(x)


def morton_many(lons: ArrayLike, lats: ArrayLike) -> NDArray[np.int64]:
    """`morton` for arrays of the same length; places must be finite and within range."""
    lon = np.asarray(lons, dtype=np.float64)
    lat = np.clip(np.asarray(lats, dtype=np.float64), -LATITUDE, LATITUDE)
    y_share = (1.0 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2.0
    parts: list[NDArray[np.uint64]] = []
    for share in ((lon + 180.0) / 360.0, y_share):
        value = np.clip((share * _SIZE).astype(np.int64), 0, _SIZE - 1).astype(np.uint64)
        for shift, mask in _MASKS:
            value = (value | (value << np.uint64(shift))) & np.uint64(mask)
        parts.append(value)
    return (parts[1] << np.uint64(1) | parts[0]).astype(np.int64)


def cell(number: int, zoom: int) -> int:
    """The cell of zoom 0 to 31 in which a place lies."""
    return number >> 2 * (ZOOM - zoom)


def cell_range(number: int, zoom: int) -> tuple[int, int]:
    """First and last number of a cell."""
    shift = 2 * (ZOOM - zoom)
    return number << shift, ((number + 1) << shift) - 1


def cell_tile(number: int, zoom: int) -> tuple[int, int]:
    """Column and row of a cell, the x and y of a map tile."""
    return _gather(number), _gather(number >> 1)


def cell_tiles(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`cell_tile` of many cells: their columns and their rows."""
    parts = []
    for shift in (0, 1):
        value = (numbers >> shift) & 0x5555555555555555
        for step, mask in _GATHER:
            value = (value | (value >> step)) & mask
        parts.append(value)
    return parts[0], parts[1]


def middles(columns: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitudes and latitudes of the middles of finest cells, to a tenth of a metre (six digits)."""
    lons = (columns + 0.5) / _SIZE * 360.0 - 180.0
    lats = np.asarray(np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * (rows + 0.5) / _SIZE)))), dtype=np.float64)
    return np.round(lons, 6), np.round(lats, 6)


def tile_cell(x: int, y: int) -> int:
    """The cell of a map tile, the reverse of `cell_tile`."""
    return _spread(y) << 1 | _spread(x)


def _degrees(x: float, y: float, zoom: int) -> tuple[float, float]:
    size = float(1 << zoom)
    return x / size * 360.0 - 180.0, math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * y / size))))


def cell_bounds(number: int, zoom: int) -> Box:
    """The box of a cell in WGS84 degrees."""
    x, y = cell_tile(number, zoom)
    west, north = _degrees(x, y, zoom)
    east, south = _degrees(x + 1, y + 1, zoom)
    return Box(west, south, east, north)


def cell_middle(number: int, zoom: int) -> tuple[float, float]:
    """Longitude and latitude of a cell's middle."""
    x, y = cell_tile(number, zoom)
    return _degrees(x + 0.5, y + 0.5, zoom)


def _merge(found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(found):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def ranges(bbox: Sequence[float], zoom: int = ZOOM, *, limit: int = 16) -> list[tuple[int, int]]:
    """Ranges (first, last) of numbers that together cover a box, at most `limit` of them.

    Cells at the edge of the box are split, the largest first, down to `zoom` or until the limit is reached;
    so the ranges may cover a little more than the box, never less. Who needs it exact checks the point too.
    """
    box = check_box(bbox)
    left, top = _tile(box.west, box.north)
    right, bottom = _tile(box.east, box.south)
    whole: list[tuple[int, int]] = []
    level = 0
    edge = [0]
    while edge and level < zoom:
        level += 1
        shift = ZOOM - level
        inner = list(whole)
        split: list[int] = []
        for parent in edge:
            for one in range(parent << 2, (parent << 2) + 4):
                x, y = cell_tile(one, level)
                x_low, x_high = x << shift, ((x + 1) << shift) - 1
                y_low, y_high = y << shift, ((y + 1) << shift) - 1
                if x_high < left or x_low > right or y_high < top or y_low > bottom:
                    continue
                if left <= x_low and x_high <= right and top <= y_low and y_high <= bottom:
                    inner.append(cell_range(one, level))
                else:
                    split.append(one)
        if len(_merge(inner + [cell_range(one, level) for one in split])) > limit:
            level -= 1
            break
        whole, edge = inner, split
    return _merge(whole + [cell_range(one, level) for one in edge])


class Window(NamedTuple):
    """The cells of a level whose middle lies in a box: columns and rows, all inclusive; none where left > right."""

    level: int
    left: int
    top: int
    right: int
    bottom: int

    @property
    def empty(self) -> bool:
        """Whether no cell's middle lies in the box."""
        return self.left > self.right or self.top > self.bottom

    def corners(self) -> tuple[int, int, int, int]:
        """Least and greatest x part, least and greatest y part of the numbers of its cells.

        The bits of one axis keep the order of its columns, so that `number & X` between two numbers is exact.
        """
        return _spread(self.left), _spread(self.right), _spread(self.top) << 1, _spread(self.bottom) << 1

    def holds(self, number: int) -> bool:
        """Whether a cell of its level is one of them."""
        return self.left <= _gather(number) <= self.right and self.top <= _gather(number >> 1) <= self.bottom


X, Y = 0x5555555555555555, 0x2AAAAAAAAAAAAAAA
"""The bits of a number that say its column, and those that say its row."""


def window(bbox: Sequence[float], level: int) -> Window:
    """The cells of `level` whose middle lies in a box (WGS84 degrees), exact to the finest cell."""
    box = check_box(bbox)
    left, top = _tile(box.west, box.north)
    right, bottom = _tile(box.east, box.south)
    deeper = ZOOM - level
    half = (1 << deeper) >> 1
    least = [-((half - edge) >> deeper) for edge in (left, top)]
    most = [(2 * edge + 1 - (1 << deeper)) >> (deeper + 1) for edge in (right, bottom)]
    return Window(level, least[0], least[1], most[0], most[1])


def cover(found: Window, limit: int = 16) -> tuple[list[int], list[int]]:
    """First and last numbers of at most `limit` ranges of its cells: together they hold all of them, and few others.

    What lies between the ranges is left out where that spares most.
    """
    if found.empty:
        return [], []
    shift = 0
    while ((found.right >> shift) - (found.left >> shift) + 1) * (
        (found.bottom >> shift) - (found.top >> shift) + 1
    ) > _MOST_CELLS:
        shift += 1
    columns = _spread_many(np.arange(found.left >> shift, (found.right >> shift) + 1))
    rows = _spread_many(np.arange(found.top >> shift, (found.bottom >> shift) + 1)) << 1
    numbers = np.sort((rows[:, None] | columns[None, :]).reshape(-1))
    gaps = np.diff(numbers)
    wide = np.flatnonzero(gaps > 1)
    if len(wide) >= limit:
        wide = np.sort(wide[np.argpartition(gaps[wide], len(wide) - limit)[len(wide) - limit + 1 :]])
    lows = numbers[np.concatenate(([0], wide + 1))] << (2 * shift)
    highs = ((numbers[np.concatenate((wide, [len(numbers) - 1]))] + 1) << (2 * shift)) - 1
    return lows.tolist(), highs.tolist()


_MOST_CELLS = 2048


def _spread_many(values: NDArray[np.int64]) -> NDArray[np.int64]:
    for shift, mask in _MASKS:
        values = (values | (values << shift)) & mask
    return values


def condition(bbox: Sequence[float], field: str = "grid", *, limit: int = 16) -> Q:
    """Condition on the b-tree column `field`: the place may lie in the box (see `ranges`)."""
    found = Q()
    for low, high in ranges(bbox, limit=limit):
        found |= Q(**{f"{field}__range": (low, high)})
    return found


def of_point(point: Any) -> int | None:
    """The number of a GEOS point, None for None: what is stored beside a point."""
    return None if point is None else morton(point.x, point.y)

"""A good tour through the places of a day: insertion, then 2-opt and moving single stops (Or-opt).

Distances are great circles, which is enough for an order: the ways between stops of one town differ little in their
detour. Sources: Rosenkrantz, Stearns and Lewis 1977 (insertion), Croes 1958 (2-opt), Or 1976 (moving stops).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

LonLat = tuple[float, float]
EARTH = 6_371_008.8
"""Mean radius in metres (IUGG)."""
FEW = 12
"""Up to so many stops insertion is begun with each of them: of a few stops the tour is then nearly always the best."""
_GAIN = 1e-6
"""Metres; less is no gain but rounding."""


def distance(a: LonLat, b: LonLat) -> float:
    """Great-circle distance in metres between two (longitude, latitude) in degrees, by the haversine formula."""
    (lon_a, lat_a), (lon_b, lat_b) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    half = math.sin((lat_b - lat_a) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))


def length(
    points: Sequence[LonLat], order: Sequence[int], start: LonLat | None = None, end: LonLat | None = None
) -> float:
    """Metres through the points in `order`, from `start` and to `end` where they are given."""
    way = [points[one] for one in order]
    return sum(distance(a, b) for a, b in pairwise([*_or_none(start), *way, *_or_none(end)])) if way else 0.0


def propose(points: Sequence[LonLat], start: LonLat | None = None, end: LonLat | None = None) -> list[int]:
    """Indices of `points` in a good order, never longer than the order they come in.

    The tour begins at `start` and stops at `end` (a depot is both); where one is None, that end is open. About O(n³);
    a day has some dozens of stops.
    """
    number = len(points)
    given = list(range(number))
    if number < 2:
        return given
    # The last two are where the tour begins and stops; an open end is as near to everything as can be.
    apart = [[distance(a, b) for b in points] for a in points]
    for fixed in (start, end):
        away = [distance(fixed, one) if fixed else 0.0 for one in points]
        for row, metres in zip(apart, away, strict=False):
            row.append(metres)
        apart.append([*away, 0.0, 0.0])
    begun = [_inserted(apart), *([_inserted(apart, first) for first in given] if number <= FEW else [])]
    found = [_improved(order, apart) for order in (*begun, given)]
    best = min(found, key=lambda order: _length(order, apart))
    return best if _length(best, apart) < _length(given, apart) - _GAIN else given


def _or_none(point: LonLat | None) -> list[LonLat]:
    return [point] if point is not None else []


def _ends(apart: list[list[float]]) -> tuple[int, int]:
    return len(apart) - 2, len(apart) - 1


def _length(order: Sequence[int], apart: list[list[float]]) -> float:
    start, end = _ends(apart)
    return sum(apart[a][b] for a, b in pairwise([start, *order, end]))


def _inserted(apart: list[list[float]], first: int | None = None) -> list[int]:
    """Take `first`, then always the stop nearest to the tour so far, and put it where it lengthens it least."""
    start, end = _ends(apart)
    way = [start, end]
    left = set(range(start))
    near = {one: min(apart[start][one], apart[end][one]) for one in left}
    while left:
        stop = min(left, key=lambda one: (one != first, near[one], one))
        at = min(range(1, len(way)), key=lambda i: _detour(apart, way[i - 1], stop, way[i]))
        way.insert(at, stop)
        left.remove(stop)
        for one in left:
            near[one] = min(near[one], apart[one][stop])
    return way[1:-1]


def _detour(apart: list[list[float]], a: int, stop: int, b: int) -> float:
    return apart[a][stop] + apart[stop][b] - apart[a][b]


def _improved(order: list[int], apart: list[list[float]]) -> list[int]:
    """Turn pieces round and move pieces of up to three stops, as long as that shortens the tour."""
    start, end = _ends(apart)
    way = [start, *order, end]
    while _turned(way, apart) or _moved(way, apart):
        pass
    return way[1:-1]


def _turned(way: list[int], apart: list[list[float]]) -> bool:
    """Turn the first piece round that shortens the way (2-opt); whether there was one."""
    for i in range(1, len(way) - 2):
        for j in range(i + 1, len(way) - 1):
            before = apart[way[i - 1]][way[i]] + apart[way[j]][way[j + 1]]
            after = apart[way[i - 1]][way[j]] + apart[way[i]][way[j + 1]]
            if after < before - _GAIN:
                way[i : j + 1] = way[i : j + 1][::-1]
                return True
    return False


def _moved(way: list[int], apart: list[list[float]]) -> bool:
    """Move the first piece of one to three stops that shortens the way elsewhere (Or-opt); whether there was one."""
    for size in (1, 2, 3):
        for i in range(1, len(way) - size):
            piece, rest = way[i : i + size], way[:i] + way[i + size :]
            a, b = way[i - 1], way[i + size]
            gain = apart[a][piece[0]] + apart[piece[-1]][b] - apart[a][b]
            for k, (left, right) in enumerate(pairwise(rest)):
                for one in (piece, piece[::-1]):
                    cost = apart[left][one[0]] + apart[one[-1]][right] - apart[left][right]
                    if cost < gain - _GAIN:
                        way[:] = [*rest[: k + 1], *one, *rest[k + 1 :]]
                        return True
    return False

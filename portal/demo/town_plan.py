"""Draws the street net of an invented small town: roads out of the centre, a ring, lanes, curved residential streets.

Works in metres east and north of the centre; the same name and random source give the same town. Knows no models.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiLineString, Point

Metres = tuple[float, float]
HOUSE_EVERY = 25.0
HOUSE_ASIDE = 14.0
STREET_FREE = 10.0
"""No house stands nearer than this to the middle of any street, in metres."""
HOUSE_FREE = 17.0


@dataclass(frozen=True)
class Drawn:
    """A street in metres from the centre; houses stand along its first `built` metres."""

    name: str
    line: LineString
    built: float


@dataclass(frozen=True)
class House:
    """A house number of a street and its place in metres from the centre."""

    street: str
    number: int
    x: float
    y: float


class TownPlan:
    """The streets and houses of one settlement."""

    def __init__(self, settlement: Mapping[str, Any], random: Random) -> None:
        self.settlement = settlement
        self.random = random
        self.reach = float(settlement["reach"])
        self.bearings = sorted(settlement["radials"].items(), key=lambda pair: pair[1])
        self.phases = [random.uniform(0, 2 * math.pi) for _ in range(4)]
        self.streets = list(self._streets())

    def _warped(self, points: list[Metres]) -> LineString:
        """A line bent by one smooth field for the whole town, so that nothing is straight and crossings hold."""
        one, two, three, four = self.phases
        size = min(75.0, self.reach * 0.055)
        bent = []
        for x, y in points:
            fade = min(1.0, math.hypot(x, y) / 250)
            bent.append(
                (
                    x + fade * size * (math.sin(y / 330 + one) + 0.5 * math.sin((x + y) / 190 + two)),
                    y + fade * size * (math.sin(x / 290 + three) + 0.5 * math.sin((x - y) / 210 + four)),
                )
            )
        return LineString(bent)

    @staticmethod
    def _at(bearing: float, radius: float) -> Metres:
        angle = math.radians(bearing)
        return radius * math.sin(angle), radius * math.cos(angle)

    def _ray(self, bearing: float, start: float, end: float) -> list[Metres]:
        steps = max(2, round((end - start) / 40))
        return [self._at(bearing, start + (end - start) * step / steps) for step in range(steps + 1)]

    def _arc(self, start: float, end: float, radius: float, to_radius: float | None = None) -> list[Metres]:
        """From one bearing to another, clockwise; a spiral when `to_radius` differs."""
        last = radius if to_radius is None else to_radius
        steps = max(4, round(math.radians(abs(end - start)) * radius / 35))
        return [
            self._at(start + (end - start) * step / steps, radius + (last - radius) * step / steps)
            for step in range(steps + 1)
        ]

    def _oval(self, points: list[Metres]) -> list[Metres]:
        """A circle as old town walls really run: longer than wide, and a little dented."""
        turn = self.phases[0]
        found = []
        for x, y in points:
            angle = math.atan2(x, y)
            factor = 1 + 0.2 * math.cos(2 * (angle - turn)) + 0.06 * math.sin(3 * angle + turn)
            found.append((x * factor, y * factor))
        return found

    def _streets(self) -> Iterator[Drawn]:
        reach, given = self.reach, self.settlement
        for name, bearing in self.bearings:
            end = float(given.get("long", {}).get(name, reach * self.random.uniform(0.9, 1.05)))
            yield Drawn(name, self._warped(self._ray(bearing, 0, end)), reach)
        if "ring" in given:
            first = self.bearings[0][1]
            yield self._home(given["ring"], self._oval(self._arc(first, first + 360, reach * 0.24)))
        if "outer" in given:
            start, end = self.bearings[-1][1] - 360, self.bearings[1][1]
            yield self._home(given["outer"], self._arc(start, end, reach * 0.86, reach * 0.8))
        sectors = self._sectors()
        for index, name in enumerate(given.get("lanes", [])):
            start, end = sectors[index % len(sectors)]
            way = self.random.uniform(0.08, 0.18), self.random.uniform(0.08, 0.18)
            one, other = self._at(start, reach * way[0]), self._at(end, reach * way[1])
            yield self._home(name, curve(one, ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2), other))
        yield from self._homes(given.get("homes", []), sectors)

    def _sectors(self) -> list[tuple[float, float]]:
        """The bearings between which the residential quarters lie, the widest first."""
        turns = [bearing for _name, bearing in self.bearings]
        pairs = list(zip(turns, [*turns[1:], turns[0] + 360], strict=True))
        return sorted(pairs, key=lambda pair: pair[0] - pair[1])

    def _homes(self, names: list[str], sectors: list[tuple[float, float]]) -> Iterator[Drawn]:
        """Per quarter one street from main road to main road, two that branch off it, and one that joins these."""
        quarters = [self._quarter(start, end) for start, end in sectors]
        for index, name in enumerate(names):
            row, quarter = index // len(sectors), quarters[index % len(sectors)]
            yield self._home(name, quarter[min(row, len(quarter) - 1)])

    def _quarter(self, start: float, end: float) -> list[list[Metres]]:
        """The lines of one quarter between two main roads, the most important first."""
        toss, reach = self.random.uniform, self.reach
        near = 0.36 if "ring" in self.settlement else 0.3
        one = self._at(start, reach * toss(near, near + 0.2))
        other = self._at(end, reach * toss(near, near + 0.2))
        middle = self._at((start + end) / 2, reach * toss(near, near + 0.22))
        main = curve(one, middle, other)
        first, second = toss(0.2, 0.4), toss(0.6, 0.8)
        branch = self._branch(main, first, reach * toss(0.28, 0.42), toss(-16, 16))
        further = self._branch(main, second, reach * toss(0.24, 0.38), toss(-16, 16))
        joined = curve(branch[len(branch) * 2 // 3], branch[-1], further[len(further) * 2 // 3])
        inward = self._branch(main, toss(0.44, 0.56), -reach * 0.16, toss(-10, 10))
        return [main, branch, further, joined, inward]

    @staticmethod
    def _branch(main: list[Metres], share: float, length: float, turn: float) -> list[Metres]:
        """A street that leaves another one about squarely, away from the centre (or towards it: negative length)."""
        line = LineString(main)
        here = line.interpolate(share, normalized=True)
        ahead = line.interpolate(min(share + 0.02, 1.0), normalized=True)
        angle = math.atan2(ahead.y - here.y, ahead.x - here.x) + math.radians(90 + turn)
        if math.cos(angle) * here.x + math.sin(angle) * here.y < 0:
            angle += math.pi
        end = here.x + math.cos(angle) * length, here.y + math.sin(angle) * length
        bend = math.radians(turn) * 1.5
        via = here.x + math.cos(angle + bend) * length / 2, here.y + math.sin(angle + bend) * length / 2
        return curve((here.x, here.y), via, end)

    def _home(self, name: str, points: list[Metres]) -> Drawn:
        line = self._warped(points)
        return Drawn(name, line, line.length)

    def houses(self) -> Iterator[House]:
        """Houses every 25 m on both sides, odd numbers left and even ones right, away from crossings."""
        net = MultiLineString([street.line for street in self.streets])
        shapely.prepare(net)
        taken: dict[tuple[int, int], list[Metres]] = {}
        for street in self.streets:
            numbers = {1: 1, -1: 2}
            along = HOUSE_EVERY * 0.8
            while along < min(street.built, street.line.length):
                for side in (1, -1):
                    x, y = beside(street.line, along + self.random.uniform(-4, 4), HOUSE_ASIDE * side)
                    if net.distance(Point(x, y)) >= STREET_FREE and self._free(taken, x, y):
                        yield House(street.name, numbers[side], x, y)
                    numbers[side] += 2
                along += HOUSE_EVERY

    @staticmethod
    def _free(taken: dict[tuple[int, int], list[Metres]], x: float, y: float) -> bool:
        """Whether no house stands there yet; if so, it does now."""
        column, row = int(x // HOUSE_FREE), int(y // HOUSE_FREE)
        near = [other for i in (-1, 0, 1) for j in (-1, 0, 1) for other in taken.get((column + i, row + j), [])]
        if any(math.hypot(x - a, y - b) < HOUSE_FREE for a, b in near):
            return False
        taken.setdefault((column, row), []).append((x, y))
        return True


def curve(start: Metres, towards: Metres, end: Metres) -> list[Metres]:
    """A smooth bend from start to end that leans towards a third place (quadratic Bézier)."""
    steps = max(4, round(math.dist(start, end) / 35))
    found = []
    for step in range(steps + 1):
        t = step / steps
        one, two, three = (1 - t) ** 2, 2 * t * (1 - t), t * t
        found.append(
            (
                one * start[0] + two * towards[0] + three * end[0],
                one * start[1] + two * towards[1] + three * end[1],
            )
        )
    return found


def beside(line: LineString, along: float, aside: float) -> Metres:
    """The place `aside` metres left (or, negative, right) of a line after `along` metres."""
    along = min(max(along, 1.0), line.length - 1.0)
    here, ahead = line.interpolate(along), line.interpolate(along + 1.0)
    dx, dy = ahead.x - here.x, ahead.y - here.y
    length = math.hypot(dx, dy) or 1.0
    return here.x - dy / length * aside, here.y + dx / length * aside


class Frame:
    """Metres around a centre to WGS84 and back; good to a few metres in ten kilometres."""

    def __init__(self, centre: tuple[float, float]) -> None:
        self.lon, self.lat = centre
        self.per_lat = 111_320.0
        self.per_lon = self.per_lat * math.cos(math.radians(self.lat))

    def degrees(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2) metres to (n, 2) longitude and latitude."""
        return np.column_stack([self.lon + xy[:, 0] / self.per_lon, self.lat + xy[:, 1] / self.per_lat])

    def place(self, x: float, y: float) -> tuple[float, float]:
        """One place as (lon, lat)."""
        return self.lon + x / self.per_lon, self.lat + y / self.per_lat

    def line(self, line: LineString) -> LineString:
        """A line in metres as a line in degrees."""
        return shapely.transform(line, self.degrees)


def member_settlement(names: Mapping[str, Any], place: str, centre: list[float], random: Random) -> dict[str, Any]:
    """A village of three streets."""
    bearing = random.uniform(0, 180)
    return {
        "place": place,
        "centre": centre,
        "reach": names["reach"],
        "radials": {names["through"]: bearing, names["side"]: bearing + random.uniform(100, 140)},
        "homes": [names["home"]],
    }

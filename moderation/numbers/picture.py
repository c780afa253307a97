"""The pictures of the figures as plain shapes: bars of the weeks, and the map of hotspots. No script draws them.

Shapes are numbers in the units of the picture's own view box, for a template (SVG) and for paper (PDF) alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from geo.ground import base_layer
from geo.models import Municipality
from moderation.numbers.page import Spot, Step

WIDTH: Final = 720
HEIGHT: Final = 180
LABELS: Final = 10
"""At most so many weeks are named below the picture."""
MAP_WIDTH, MAP_MOST = 640, 640
"""The map is so wide, and at most so high."""
EDGE: Final = 60
"""So much is seen around the hotspots at least."""
LEAST: Final = 0.006
"""Degrees of latitude: hotspots beside each other are not looked at through a magnifying glass."""
Line = list[tuple[int, int]]


@dataclass(frozen=True)
class Bar:
    """One week or month: received beside settled."""

    step: Step
    x: float
    middle: float
    settled_x: float
    width: float
    received: float
    received_y: float
    settled: float
    settled_y: float
    label: str


@dataclass(frozen=True)
class Bars:
    """The picture of the weeks."""

    bars: list[Bar]
    top: int
    """The number at the upper line."""
    half: int
    width: int = WIDTH
    height: int = HEIGHT
    whole: int = HEIGHT + 28


def bars(steps: Sequence[Step]) -> Bars:
    """Two bars for each step, on a scale that ends with a round number."""
    top = round_up(max((max(step.received.value, step.settled.value) for step in steps), default=0))
    wide = (WIDTH - 64) / max(len(steps), 1)
    every = math.ceil(len(steps) / LABELS)
    found = []
    for index, step in enumerate(steps):
        left = 44 + index * wide
        one = wide * 0.4
        came, done = (HEIGHT * figure.value / top for figure in (step.received, step.settled))
        found.append(
            Bar(
                step=step,
                x=round(left + wide * 0.08, 1),
                middle=round(left + wide / 2, 1),
                settled_x=round(left + wide * 0.08 + one, 1),
                width=round(one, 1),
                received=round(came, 1),
                received_y=round(HEIGHT - came, 1),
                settled=round(done, 1),
                settled_y=round(HEIGHT - done, 1),
                label=step.label if (len(steps) - 1 - index) % every == 0 else "",
            )
        )
    return Bars(found, top, top // 2)


def round_up(number: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100 … that is not below, so that its half is whole, too."""
    power = 1
    while True:
        for one in (2, 4, 10):
            if number <= one * power:
                return one * power
        power *= 10


@dataclass(frozen=True)
class Mark:
    """A hotspot on the map."""

    spot: Spot
    x: int
    y: int
    radius: int


@dataclass(frozen=True)
class Map:
    """Outlines, streets and hotspots."""

    width: int
    height: int
    areas: list[Line]
    """Boundary and districts, closed."""
    streets: list[Line]
    marks: list[Mark]

    @property
    def area_path(self) -> str:
        """All areas as one SVG path."""
        return "".join(f"M{_points(line)}Z" for line in self.areas)

    @property
    def street_path(self) -> str:
        """All streets as one SVG path."""
        return "".join(f"M{_points(line)}" for line in self.streets)


def hot_map(town: Municipality, spots: Sequence[Spot]) -> Map | None:
    """The part of the municipality in which the hotspots lie; None without any."""
    features = orjson.loads(base_layer(town)[0])["features"]
    outlines = [line for one in features if one["properties"]["layer"] != "street" for line in lines(one["geometry"])]
    streets = [line for one in features if one["properties"]["layer"] == "street" for line in lines(one["geometry"])]
    places = [(spot.spot.lon, spot.spot.lat) for spot in spots]
    if not places:
        return None
    west, east = min(lon for lon, _lat in places), max(lon for lon, _lat in places)
    south, north = min(lat for _lon, lat in places), max(lat for _lon, lat in places)
    stretch = math.cos(math.radians((south + north) / 2))
    wide, high = max((east - west) * stretch, LEAST), max(north - south, LEAST)
    scale = min((MAP_WIDTH - 2 * EDGE) / wide, (MAP_MOST - 2 * EDGE) / high)
    width, height = MAP_WIDTH, max(round(high * scale) + 2 * EDGE, MAP_WIDTH // 2)
    middle = (west + east) / 2, (south + north) / 2

    def at(lon: float, lat: float) -> tuple[int, int]:
        across, up = (lon - middle[0]) * stretch * scale, (lat - middle[1]) * scale
        return round(width / 2 + across), round(height / 2 - up)

    def drawn(shapes: Iterable[Sequence[Sequence[float]]]) -> list[Line]:
        found = []
        for shape in shapes:
            line: Line = []
            for lon, lat, *_height in shape:
                if not line or at(lon, lat) != line[-1]:
                    line.append(at(lon, lat))
            if len(line) > 1 and _meets(line, width, height):
                found.append(line)
        return found

    top = max(spot.figure.value for spot in spots)
    marks = [
        Mark(spot, *at(spot.spot.lon, spot.spot.lat), radius=round(11 + 15 * math.sqrt(spot.figure.value / top)))
        for spot in spots
    ]
    return Map(width, height, drawn(outlines), drawn(streets), list(reversed(marks)))


def lines(geometry: dict[str, Any]) -> list[list[list[float]]]:
    """The lines (rings) of a GeoJSON geometry."""
    parts = geometry["coordinates"]
    match geometry["type"]:
        case "LineString":
            return [parts]
        case "MultiLineString" | "Polygon":
            return list(parts)
        case "MultiPolygon":
            return [ring for polygon in parts for ring in polygon]
    return []


def _meets(line: Line, width: int, height: int) -> bool:
    """Whether the box around a line and the picture have anything in common."""
    across, down = [x for x, _y in line], [y for _x, y in line]
    return min(across) <= width and max(across) >= 0 and min(down) <= height and max(down) >= 0


def _points(line: Line) -> str:
    return " ".join(f"{x},{y}" for x, y in line)

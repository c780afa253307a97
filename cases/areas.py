"""Areas of a picture that nobody may see: rectangles and strokes of a brush, painted over in solid colour.

All numbers are parts of the upright picture, 0 to 1 from its upper left corner; the width of a stroke is a part of the
longer edge. Stored as plain lists: `{"rect": [x, y, width, height]}`, `{"stroke": [x, y, x, y, …], "size": s}`.
People write them as lines of percents (`from_lines`). Knows neither models nor storage.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

INK = (0, 0, 0)
"""Opaque: what is blurred or pixelated can be guessed."""
MAX_AREAS = 200
MAX_POINTS = 4000
"""Of all strokes together."""
SMALLEST = 0.002
"""Side of a rectangle and width of a stroke at least."""
_STROKE = "~"


class Unreadable(ValueError):
    """Areas that cannot be read; its text is for the person who typed them."""


@dataclass(frozen=True)
class Rectangle:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {"rect": [self.x, self.y, self.width, self.height]}

    def line(self) -> str:
        """As a person types it, in percents."""
        return "; ".join(_percent(one) for one in (self.x, self.y, self.width, self.height))


@dataclass(frozen=True)
class Stroke:
    """A line of a round brush."""

    points: tuple[tuple[float, float], ...]
    size: float

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {"stroke": [number for point in self.points for number in point], "size": self.size}

    def line(self) -> str:
        """As a person types it, in percents: the width, then the points."""
        numbers = [self.size, *(number for point in self.points for number in point)]
        return f"{_STROKE} " + "; ".join(_percent(one) for one in numbers)


Area = Rectangle | Stroke


def read(stored: Any) -> list[Area]:
    """Areas out of JSON. Raises Unreadable for anything that is none, or for too many."""
    if stored is None:
        return []
    if not isinstance(stored, list):
        raise Unreadable(_("These areas cannot be read."))
    found = [_area(one) for one in stored[: MAX_AREAS + 1]]
    return _checked(found)


def _area(one: Any) -> Area:
    try:
        if "rect" in one:
            x, y, width, height = (float(number) for number in one["rect"])
            return _rectangle(x, y, width, height)
        numbers = [float(number) for number in one["stroke"]]
        return _stroke(numbers, float(one["size"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(_("These areas cannot be read.")) from error


def from_lines(text: str) -> list[Area]:
    """Areas out of lines of percents: `left; top; width; height`, or `~ width; left; top; left; top …` for a stroke.

    Numbers stand apart by semicolons or spaces and are written with point or comma. Raises Unreadable with the line.
    """
    found: list[Area] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if len(found) > MAX_AREAS:
            break
        words = line.strip().removeprefix(_STROKE)
        parts = [part for part in re.split(r"[;\s]+|,\s+", words.strip()) if part]
        if len(parts) == 1:
            parts = parts[0].split(",")
        try:
            numbers = [float(part.replace(",", ".").rstrip("%")) / 100 for part in parts]
            if line.strip().startswith(_STROKE):
                found.append(_stroke(numbers[1:], numbers[0]))
            else:
                x, y, width, height = numbers
                found.append(_rectangle(x, y, width, height))
        except (ValueError, IndexError) as error:
            raise Unreadable(
                _("Line %(number)d: please write four numbers from 0 to 100, such as “10; 20; 15; 8”.")
                % {"number": number}
            ) from error
    return _checked(found)


def to_lines(areas: Iterable[Area]) -> str:
    """The reverse of `from_lines`."""
    return "\n".join(area.line() for area in areas)


def _checked(areas: list[Area]) -> list[Area]:
    points = sum(len(area.points) for area in areas if isinstance(area, Stroke))
    if len(areas) > MAX_AREAS or points > MAX_POINTS:
        raise Unreadable(_("These are too many areas. Please use fewer and larger ones."))
    return areas


def _rectangle(x: float, y: float, width: float, height: float) -> Rectangle:
    """Within the picture; ValueError for what lies outside, is empty or no number."""
    if not all(math.isfinite(number) for number in (x, y, width, height)):
        raise ValueError
    left, top, right, bottom = _inside(x), _inside(y), _inside(x + width), _inside(y + height)
    if right - left < SMALLEST or bottom - top < SMALLEST:
        raise ValueError
    return Rectangle(*(round(number, 5) for number in (left, top, right - left, bottom - top)))


def _stroke(numbers: Sequence[float], size: float) -> Stroke:
    if len(numbers) % 2 or not numbers or not all(math.isfinite(number) for number in (*numbers, size)):
        raise ValueError
    if not SMALLEST <= size <= 1:
        raise ValueError
    places = [round(_inside(number), 5) for number in numbers]
    return Stroke(tuple(zip(places[::2], places[1::2], strict=True)), round(size, 5))


def _inside(number: float) -> float:
    return min(1.0, max(0.0, number))


def _percent(number: float) -> str:
    return f"{number * 100:.3f}".rstrip("0").rstrip(".")


def paint(image: Image.Image, areas: Sequence[Area], *, margin: int) -> None:
    """Paint the areas over a picture, each larger by `margin` pixels: no pixel beside them was mixed with them."""
    if not areas:
        return
    pen = ImageDraw.Draw(image)
    width, height = image.size
    for area in areas:
        if isinstance(area, Rectangle):
            pen.rectangle(
                (
                    math.floor(area.x * width) - margin,
                    math.floor(area.y * height) - margin,
                    math.ceil((area.x + area.width) * width) + margin,
                    math.ceil((area.y + area.height) * height) + margin,
                ),
                fill=INK,
            )
        else:
            _paint_stroke(pen, area, width, height, margin)


def _paint_stroke(pen: ImageDraw.ImageDraw, area: Stroke, width: int, height: int, margin: int) -> None:
    radius = math.ceil(area.size * max(width, height) / 2) + margin
    points = [(x * width, y * height) for x, y in area.points]
    for x, y in points:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=INK)
    for (ax, ay), (bx, by) in pairwise(points):
        length = math.hypot(bx - ax, by - ay)
        if length:
            aside, down = -(by - ay) / length * radius, (bx - ax) / length * radius
            corners = [
                (ax + aside, ay + down),
                (bx + aside, by + down),
                (bx - aside, by - down),
                (ax - aside, ay - down),
            ]
            pen.polygon(corners, fill=INK)

"""The surroundings of a place as a picture for a page, shown before a live map is asked for.

Our own ground is drawn as SVG in the colours of static/js/map/base.js; a base map of tiles gives one WebP instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon
from PIL import Image

from geo.models import District, Municipality, Street
from geo.picture import MOST_STREETS, PAPER, lines_of, lonlat, paste_tiles, pixels
from geo.tiles import Tile

WIDTH, HEIGHT, ZOOM = 960, 224, 16
"""As wide as a page can be with a map below its text; narrower ones show the middle."""
PIN = (20.0, 46.0)
"""Half the width and the height of a pin, whose point stands in the middle."""
STRAIGHT = 0.15
"""Radians that a street may turn within its name."""
LETTER = 6.2
"""Pixels that a letter of a name takes."""
STREET_WIDTH = round(1.5 * 1.55 ** (ZOOM - 13), 1)


class Colours(NamedTuple):
    """Of the ground, as static/js/map/base.js has them."""

    paper: str
    outside: str
    street: str
    casing: str
    border: str
    district: str
    name: str


LIGHT = Colours("#f0f1ed", "#dfe2e6", "#ffffff", "#bdc2c9", "#8a8f9c", "#b5bac4", "#4a4f60")
DARK = Colours("#1d2033", "#14172a", "#4a5072", "#2f3450", "#8f96b0", "#4a5070", "#c3c8da")

Spot = tuple[float, float]


def surroundings(municipality: Municipality, point: Point, *, dark: bool = False) -> Tile:
    """WIDTH by HEIGHT pixels with the point (WGS84) in the middle, north is up, without a mark: SVG, or WebP of tiles.

    Pages darken tiles themselves, so these are the same in both schemes.
    """
    x, y = pixels(point.x, point.y, ZOOM)
    left, top = x - WIDTH / 2, y - HEIGHT / 2
    if settings.TILE_URL:
        image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        if paste_tiles(image, left, top, ZOOM):
            target = BytesIO()
            image.save(target, "WEBP", quality=80)
            return Tile(target.getvalue(), "image/webp")
    return Tile(_svg(municipality, left, top, DARK if dark else LIGHT).encode(), "image/svg+xml")


def _svg(municipality: Municipality, left: float, top: float, colours: Colours) -> str:
    west, north = lonlat(left - 10, top - 10, ZOOM)
    east, south = lonlat(left + WIDTH + 10, top + HEIGHT + 10, ZOOM)
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = 4326
    rows = Street.objects.filter(municipality=municipality, line__bboverlaps=box).order_by("id")[:MOST_STREETS]
    streets = [(row.name, _placed(lines_of(_cut(row.line, box)), left, top)) for row in rows]
    ways = _path(line for _name, lines in streets for line in lines)
    street = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
    border = _areas(municipality.boundary, box, left, top) if municipality.boundary else _whole()
    districts = District.objects.filter(municipality=municipality, boundary__bboverlaps=box).order_by("id")
    inner = "".join(_areas(row.boundary, box, left, top) for row in districts if row.boundary)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path fill="{colours.outside}" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>'
        f'<path fill="{colours.paper}" stroke="{colours.border}" stroke-width="2" stroke-dasharray="8 4" d="{border}"/>'
        f'<path fill="none" stroke="{colours.district}" stroke-width="1.5" stroke-dasharray="2 5" d="{inner}"/>'
        f'<path {street} stroke="{colours.casing}" stroke-width="{STREET_WIDTH + 2}" d="{ways}"/>'
        f'<path {street} stroke="{colours.street}" stroke-width="{STREET_WIDTH}" d="{ways}"/>'
        f"{''.join(_names(streets, colours))}</svg>"
    )


def _cut(shape: GEOSGeometry | None, box: Polygon) -> GEOSGeometry | None:
    return shape.intersection(box) if shape is not None and shape.valid else shape


def _placed(lines: Iterable[Iterable[tuple[float, ...]]], left: float, top: float) -> list[list[Spot]]:
    """Lines of longitude and latitude in pixels of the picture."""
    return [[(x - left, y - top) for x, y in (pixels(at[0], at[1], ZOOM) for at in line)] for line in lines]


def _path(lines: Iterable[list[Spot]]) -> str:
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line) for line in lines)


def _whole() -> str:
    return f"M-20-20h{WIDTH + 40}v{HEIGHT + 40}H-20z"


def _areas(shape: GEOSGeometry, box: Polygon, left: float, top: float) -> str:
    found = _cut(shape, box)
    parts = list(found) if isinstance(found, MultiPolygon) else [found]
    rings = [ring.coords for part in parts if isinstance(part, Polygon) and not part.empty for ring in part]
    return _path(_placed(rings, left, top))


# Names ----------------------------------------------------------------------------------------------------------------
class Piece(NamedTuple):
    """A nearly straight piece of a street: its middle, length in pixels and angle in radians, readable from below."""

    x: float
    y: float
    length: float
    angle: float


def _names(streets: list[tuple[str, list[list[Spot]]]], colours: Colours) -> Iterator[str]:
    """Names along their streets, never one over another: first what a narrow page shows, then further out."""
    taken = [(WIDTH / 2, HEIGHT / 2 - PIN[1] / 2, PIN[0], PIN[1] / 2)]
    written = set()
    for half in (160, 240, WIDTH / 2):
        for name, lines in streets:
            wide = len(name) * LETTER
            if name in written or (piece := _longest(lines, half, wide)) is None:
                continue
            room = max(0.0, (piece.length - wide) / 2)
            for along in (0.0, -room, room):
                x, y = piece.x + math.cos(piece.angle) * along, piece.y + math.sin(piece.angle) * along
                w = abs(math.cos(piece.angle)) * wide / 2 + 8
                h = abs(math.sin(piece.angle)) * wide / 2 + 8
                if any(abs(x - a) < w + c and abs(y - b) < h + d for a, b, c, d in taken):
                    continue
                taken.append((x, y, w, h))
                written.add(name)
                turn = f"translate({x:.1f} {y:.1f})rotate({math.degrees(piece.angle):.1f})"
                yield (
                    f'<text transform="{turn}" text-anchor="middle" dy="4" font-family="Fira Sans,sans-serif" '
                    f'font-size="12" fill="{colours.name}" stroke="{colours.paper}" stroke-width="3" '
                    f'stroke-linejoin="round" paint-order="stroke">{escape(name)}</text>'
                )
                break


def _longest(lines: list[list[Spot]], half: float, wide: float) -> Piece | None:
    """The longest piece on which a name of this width fits, at most `half` pixels aside from the middle."""
    best: Piece | None = None
    for line in lines:
        start: Spot | None = None
        for here, there in pairwise(line):
            if (cut := _within(here, there, half)) is None:
                start = None
                continue
            goes_on = start is not None and cut[0] == here and abs(_bend(start, here, cut[1])) < STRAIGHT
            start = start if goes_on and start is not None else cut[0]
            length = math.dist(start, cut[1])
            if length >= wide and (best is None or length > best.length):
                (x1, y1), (x2, y2) = sorted((start, cut[1]))
                best = Piece((x1 + x2) / 2, (y1 + y2) / 2, length, math.atan2(y2 - y1, x2 - x1))
    return best


def _within(a: Spot, b: Spot, half: float) -> tuple[Spot, Spot] | None:
    """What lies of a line in the picture, `half` pixels to both sides of its middle."""
    first, last = 0.0, 1.0
    for from_, to, low, high in (
        (a[0], b[0], WIDTH / 2 - half, WIDTH / 2 + half),
        (a[1], b[1], 0.0, float(HEIGHT)),
    ):
        if from_ == to:
            if not low <= from_ <= high:
                return None
            continue
        enter, leave = sorted(((low - from_) / (to - from_), (high - from_) / (to - from_)))
        first, last = max(first, enter), min(last, leave)
    if first >= last:
        return None

    def at(part: float) -> Spot:
        return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part

    return a if first == 0 else at(first), b if last == 1 else at(last)


def _bend(a: Spot, b: Spot, c: Spot) -> float:
    turn = math.atan2(c[1] - b[1], c[0] - b[0]) - math.atan2(b[1] - a[1], b[0] - a[0])
    return math.atan2(math.sin(turn), math.cos(turn))

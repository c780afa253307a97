"""A place as a picture for paper: tiles of the base map, or the streets we know ourselves, and a mark in the middle."""

from __future__ import annotations

import math
from io import BytesIO

from django.contrib.gis.geos import LineString, MultiLineString, Point, Polygon
from PIL import Image, ImageDraw, UnidentifiedImageError

from geo.models import Municipality, Street
from geo.tiles import tile

ZOOM = 17
SIDE = 256
"""Pixels of a tile."""
PAPER, STREET, MARK = (244, 245, 247), (176, 182, 192), (29, 79, 145)
MOST_STREETS = 400


def _pixels(lon: float, lat: float) -> tuple[float, float]:
    """Web Mercator in pixels of the whole world at ZOOM."""
    world = SIDE * (1 << ZOOM)
    sine = math.sin(math.radians(max(-85.0, min(85.0, lat))))
    return (lon + 180) / 360 * world, (0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * world


def _lonlat(x: float, y: float) -> tuple[float, float]:
    world = SIDE * (1 << ZOOM)
    return x / world * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / world))))


def place_picture(municipality: Municipality, point: Point, *, width: int = 960, height: int = 480) -> bytes:
    """PNG of the surroundings of a point (WGS84); north is up. A tile that is missing leaves its place empty."""
    x, y = _pixels(point.x, point.y)
    left, top = x - width / 2, y - height / 2
    image = Image.new("RGB", (width, height), PAPER)
    if not _tiles(image, left, top):
        _streets(image, municipality, left, top)
    pen = ImageDraw.Draw(image)
    middle = (width / 2, height / 2)
    pen.ellipse((middle[0] - 14, middle[1] - 14, middle[0] + 14, middle[1] + 14), fill=MARK, outline="white", width=4)
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def _tiles(image: Image.Image, left: float, top: float) -> bool:
    """Paste the tiles of the base map; whether there was any."""
    found = False
    for column in range(int(left // SIDE), int((left + image.width) // SIDE) + 1):
        for row in range(int(top // SIDE), int((top + image.height) // SIDE) + 1):
            one = tile(ZOOM, column, row)
            if one is None:
                if not found:
                    return False  # no source, or it fails: do not wait for each tile
                continue
            try:
                picture = Image.open(BytesIO(one.body)).convert("RGB")
            except (UnidentifiedImageError, OSError):
                continue
            image.paste(picture, (round(column * SIDE - left), round(row * SIDE - top)))
            found = True
    return found


def _streets(image: Image.Image, municipality: Municipality, left: float, top: float) -> None:
    west, north = _lonlat(left, top)
    east, south = _lonlat(left + image.width, top + image.height)
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = 4326
    pen = ImageDraw.Draw(image)
    rows = Street.objects.filter(municipality=municipality, line__bboverlaps=box)[:MOST_STREETS]
    for street in rows:
        for line in _lines(street.line):
            places = [_pixels(lon, lat) for lon, lat in line.coords]
            pen.line([(x - left, y - top) for x, y in places], fill=STREET, width=7, joint="curve")


def _lines(line: MultiLineString | LineString | None) -> list[LineString]:
    if line is None:
        return []
    parts = list(line) if isinstance(line, MultiLineString) else [line]
    return [part for part in parts if isinstance(part, LineString)]

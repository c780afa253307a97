"""Places as a picture for paper: tiles of the base map, or the streets we know ourselves, and marks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from io import BytesIO

from django.contrib.gis.geos import GeometryCollection, GEOSGeometry, LineString, Point, Polygon
from PIL import Image, ImageDraw, UnidentifiedImageError

from geo.models import Municipality, Street
from geo.tiles import tile

ZOOM = 17
SIDE = 256
"""Pixels of a tile."""
PAPER, STREET, MARK = (244, 245, 247), (176, 182, 192), (29, 79, 145)
MOST_STREETS = 400


def pixels(lon: float, lat: float, zoom: int) -> tuple[float, float]:
    """Web Mercator in pixels of the whole world at a zoom."""
    world = SIDE * (1 << zoom)
    sine = math.sin(math.radians(max(-85.0, min(85.0, lat))))
    return (lon + 180) / 360 * world, (0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * world


def lonlat(x: float, y: float, zoom: int) -> tuple[float, float]:
    """Longitude and latitude of a place given in `pixels`."""
    world = SIDE * (1 << zoom)
    return x / world * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / world))))


def place_picture(municipality: Municipality, point: Point, *, width: int = 960, height: int = 480) -> bytes:
    """PNG of the surroundings of a point (WGS84); north is up. A tile that is missing leaves its place empty."""
    x, y = pixels(point.x, point.y, ZOOM)
    image = _ground(municipality, (width, height), x - width / 2, y - height / 2, ZOOM)
    pen = ImageDraw.Draw(image)
    middle = (width / 2, height / 2)
    pen.ellipse((middle[0] - 14, middle[1] - 14, middle[0] + 14, middle[1] + 14), fill=MARK, outline="white", width=4)
    return _png(image)


def places_picture(
    municipality: Municipality, places: Sequence[tuple[str, Point]], *, width: int = 960, height: int = 640
) -> bytes:
    """PNG of a map that holds all places (WGS84, at least one), each with its short name in its mark; north is up."""
    zoom = next((one for one in range(ZOOM, 3, -1) if _fits(places, one, width - 120, height - 120)), 3)
    spots = [(name, *pixels(point.x, point.y, zoom)) for name, point in places]
    xs, ys = [x for _name, x, _y in spots], [y for _name, _x, y in spots]
    left, top = (min(xs) + max(xs) - width) / 2, (min(ys) + max(ys) - height) / 2
    image = _ground(municipality, (width, height), left, top, zoom)
    pen = ImageDraw.Draw(image)
    for name, x, y in reversed(spots):
        at = (x - left, y - top)
        pen.ellipse((at[0] - 17, at[1] - 17, at[0] + 17, at[1] + 17), fill=MARK, outline="white", width=3)
        pen.text(at, name, fill="white", anchor="mm", font_size=19)
    return _png(image)


def _fits(places: Sequence[tuple[str, Point]], zoom: int, width: int, height: int) -> bool:
    spots = [pixels(point.x, point.y, zoom) for _name, point in places]
    xs, ys = [x for x, _y in spots], [y for _x, y in spots]
    return max(xs) - min(xs) <= width and max(ys) - min(ys) <= height


def _png(image: Image.Image) -> bytes:
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def _ground(municipality: Municipality, size: tuple[int, int], left: float, top: float, zoom: int) -> Image.Image:
    image = Image.new("RGB", size, PAPER)
    if not paste_tiles(image, left, top, zoom):
        _streets(image, municipality, left, top, zoom)
    return image


def paste_tiles(image: Image.Image, left: float, top: float, zoom: int) -> bool:
    """Paste the tiles of the base map, `left` and `top` as of `pixels`; whether there was any."""
    found = False
    for column in range(int(left // SIDE), int((left + image.width) // SIDE) + 1):
        for row in range(int(top // SIDE), int((top + image.height) // SIDE) + 1):
            one = tile(zoom, column, row)
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


def _streets(image: Image.Image, municipality: Municipality, left: float, top: float, zoom: int) -> None:
    west, north = lonlat(left, top, zoom)
    east, south = lonlat(left + image.width, top + image.height, zoom)
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = 4326
    pen = ImageDraw.Draw(image)
    rows = Street.objects.filter(municipality=municipality, line__bboverlaps=box)[:MOST_STREETS]
    for street in rows:
        for line in lines_of(street.line):
            places = [pixels(lon, lat, zoom) for lon, lat in line.coords]
            pen.line([(x - left, y - top) for x, y in places], fill=STREET, width=max(2, zoom - 10), joint="curve")


def lines_of(line: GEOSGeometry | None) -> list[LineString]:
    """The lines of a course, whatever cutting left of it."""
    if line is None:
        return []
    parts = list(line) if isinstance(line, GeometryCollection) else [line]
    return [part for part in parts if isinstance(part, LineString)]

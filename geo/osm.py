"""Reads OSM extracts (`.osm.pbf`, `.osm`): districts, streets, houses and points of interest within a boundary.

Two passes: parts of town first, so that streets and houses find theirs, then everything else as it comes; only the
lines of the streets are kept in memory. What is named twice (a house by its building and by the shop in it, a bus stop
on both sides of the road) comes once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import osmium
import shapely
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiLineString, MultiPolygon, Point, Polygon
from osmium.filter import KeyFilter
from osmium.geom import WKBFactory

from geo.folding import fold, fold_number
from geo.policy import KIND_ADDRESS, KIND_DISTRICT, KIND_POI, KIND_STREET
from geo.rows import Bad, BadFile, Row

OSM_ENDINGS: Final = (".osm.pbf", ".osm", ".osm.bz2", ".osm.gz")
#: Values of `place` that are parts of a municipality.
PLACES: Final = {"village", "suburb", "quarter", "hamlet", "town", "borough"}
#: Levels of administrative boundaries below the municipality (8).
LEVELS: Final = {"9", "10", "11"}
#: Key → values that people look for by name; None: all.
POINTS: Final[dict[str, set[str] | None]] = {
    "amenity": None,
    "leisure": {"park", "playground", "pitch", "sports_centre", "stadium", "swimming_pool", "garden", "nature_reserve"},
    "tourism": {"attraction", "museum", "gallery", "zoo", "camp_site", "viewpoint"},
    "railway": {"station", "halt", "tram_stop"},
    "highway": {"bus_stop"},
    "landuse": {"cemetery", "allotments"},
    "office": {"government"},
    "shop": {"supermarket", "mall"},
    "historic": {"castle", "monument", "memorial"},
    "natural": {"water"},
}
_SPLIT = re.compile(r"\s*[;,]\s*")


class _Ground:
    """The area of the import; without a boundary everything lies in it."""

    def __init__(self, boundary: MultiPolygon | None) -> None:
        self.shape = None if boundary is None else shapely.from_wkb(bytes(boundary.wkb))
        if self.shape is not None:
            shapely.prepare(self.shape)

    def holds(self, point: Point) -> bool:
        """Whether a point lies in it."""
        return self.shape is None or bool(shapely.intersects_xy(self.shape, point.x, point.y))


def wkb_of(factory: WKBFactory, thing: Any) -> str | None:
    """Point, line or area of a thing in WGS84 (WKB as hexadecimal digits); None where the extract cuts it off."""
    try:
        if thing.is_node():
            made: str = factory.create_point(thing)
        elif thing.is_way():
            made = factory.create_linestring(thing)
        else:
            made = factory.create_multipolygon(thing)
    except (RuntimeError, osmium.InvalidLocationError):
        return None
    return made


def _shape(thing: Any, factory: WKBFactory) -> GEOSGeometry | None:
    made = wkb_of(factory, thing)
    return None if made is None else GEOSGeometry(made, srid=4326)


def _point(shape: GEOSGeometry) -> Point:
    found: Point = shape if isinstance(shape, Point) else shape.point_on_surface
    return Point(found.x, found.y, srid=4326)


def _id(thing: Any) -> str:
    if thing.is_area():
        return f"{'w' if thing.from_way() else 'r'}{thing.orig_id()}"
    return f"{'n' if thing.is_node() else 'w'}{thing.id}"


def _things(path: Path, keys: KeyFilter) -> Iterator[tuple[Any, dict[str, str], GEOSGeometry]]:
    """Nodes, ways and areas with one of the keys, their tags and their shape. A closed way is an area only."""
    factory = WKBFactory()
    things: Iterator[Any] = iter(osmium.FileProcessor(str(path)).with_areas(keys).with_filter(keys))
    for thing in things:
        if thing.is_relation():
            continue
        tags = {tag.k: tag.v for tag in thing.tags}
        if thing.is_way() and thing.is_closed() and "highway" not in tags:
            continue
        shape = _shape(thing, factory)
        if shape is not None and not shape.empty:
            yield thing, tags, shape


def _district(thing: Any, tags: dict[str, str], shape: GEOSGeometry) -> Row | None:
    """A part of town: an administrative boundary below the municipality, or a named place."""
    name = tags.get("name", "")
    bounded = tags.get("boundary") == "administrative" and tags.get("admin_level") in LEVELS
    if not name or not (bounded or tags.get("place") in PLACES):
        return None
    boundary: MultiPolygon | None = None
    if isinstance(shape, MultiPolygon | Polygon):
        boundary = shape if isinstance(shape, MultiPolygon) else MultiPolygon(shape, srid=4326)
    elif not isinstance(shape, Point):
        return None
    return Row(kind=KIND_DISTRICT, name=name, point=_point(shape), boundary=boundary, external_id=_id(thing))


def _districts(path: Path, ground: _Ground) -> Iterator[Row]:
    """Parts of town, each name once, one with a boundary before one without."""
    found: dict[str, Row] = {}
    for thing, tags, shape in _things(path, KeyFilter("place", "boundary")):
        row = _district(thing, tags, shape)
        if row is None or row.point is None or not ground.holds(row.point):
            continue
        before = found.get(fold(row.name))
        if before is None or (before.boundary is None and row.boundary is not None):
            found[fold(row.name)] = row
    yield from found.values()


def _houses(thing: Any, tags: dict[str, str], point: Point) -> Iterator[Row]:
    """The houses of a thing: “12;14” are two."""
    street = tags.get("addr:street") or tags.get("addr:place") or ""
    numbers = [number for number in _SPLIT.split(tags["addr:housenumber"].strip()) if number]
    for at, number in enumerate(numbers):
        yield Row(
            kind=KIND_ADDRESS,
            street=street,
            house_number=number.replace(" ", "")[:20],
            postcode=tags.get("addr:postcode", "")[:10],
            place=tags.get("addr:city", "")[:100],
            district=tags.get("addr:suburb", "")[:100],
            point=point,
            external_id=_id(thing) + (f".{at}" if at else ""),
        )


def _is_point(tags: dict[str, str]) -> bool:
    return any(key in tags and (values is None or tags[key] in values) for key, values in POINTS.items())


def read_osm(path: Path, *, boundary: MultiPolygon | None = None) -> Iterator[Row | Bad]:
    """Rows of an OSM extract that lie within `boundary` (everything, if None); BadFile if it is none."""
    try:
        ground = _Ground(boundary)
        yield from _districts(path, ground)
        yield from _rest(path, ground)
    except (RuntimeError, OSError) as error:
        raise BadFile(f"not an OSM extract: {error}") from error


def _rest(path: Path, ground: _Ground) -> Iterator[Row | Bad]:
    """Houses and points of interest as they come, then the streets."""
    lines: dict[str, list[LineString]] = {}
    met: set[tuple[object, ...]] = set()
    for number, (thing, tags, shape) in enumerate(_things(path, KeyFilter("addr:housenumber", *POINTS)), start=1):
        name = tags.get("name", "")
        if isinstance(shape, LineString):
            if name and "highway" in tags and ground.holds(_point(shape)):
                lines.setdefault(name, []).append(shape)
            continue
        point = _point(shape)
        if not ground.holds(point):
            continue
        for row in _houses(thing, tags, point) if "addr:housenumber" in tags else ():
            house = (fold(row.street), fold_number(row.house_number), row.postcode, fold(row.place))
            if not row.street:
                yield Bad(number, f"{_id(thing)}: a house number without a street")
            elif house not in met:
                met.add(house)
                yield row
        spot = (fold(name), round(point.x * 200), round(point.y * 200))
        if name and _is_point(tags) and spot not in met:
            met.add(spot)
            yield Row(kind=KIND_POI, name=name, point=point, external_id=f"p{_id(thing)}")
    for name, parts in lines.items():
        yield Row(
            kind=KIND_STREET, street=name, line=MultiLineString(parts, srid=4326), external_id=f"s:{fold(name)}"[:100]
        )

"""What a base map draws of an OSM extract (`.osm.pbf`, `.osm`), sorted into the layers and kinds that Protomaps uses.

Keys and values: https://wiki.openstreetmap.org/wiki/Map_features. Data of OpenStreetMap is under the ODbL: who shows it
names its source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import osmium
import shapely
from osmium.filter import KeyFilter
from osmium.geom import WKBFactory

from geo.osm import wkb_of
from geo.pmtiles import BadArchive, Layer
from geo.spatial import Box

SOURCE: Final = "© OpenStreetMap-Mitwirkende"

Place = tuple[str, str, int]
"""Layer, kind, and the zoom from which it is drawn."""

_KEYS: Final = (
    "highway", "railway", "waterway", "building", "addr:housenumber", "landuse", "leisure", "natural", "place",
    "amenity",
)  # fmt: skip
_ROADS: Final[dict[str, Place]] = (
    dict.fromkeys(("motorway", "trunk"), ("roads", "highway", 7))
    | dict.fromkeys(("primary", "secondary"), ("roads", "major_road", 8))
    | dict.fromkeys(("tertiary", "motorway_link", "trunk_link", "primary_link"), ("roads", "major_road", 10))
    | dict.fromkeys(("residential", "unclassified", "living_street", "pedestrian", "road"), ("roads", "minor_road", 11))
    | dict.fromkeys(("service", "secondary_link", "tertiary_link"), ("roads", "minor_road", 13))
    | dict.fromkeys(("footway", "path", "cycleway", "track", "steps", "bridleway"), ("roads", "path", 14))
)
_RAILS: Final = {"rail", "light_rail", "tram", "subway", "narrow_gauge"}
_STREAMS: Final = {"river": 9, "canal": 10, "stream": 13, "ditch": 14}
_GREEN: Final[dict[str, set[str]]] = {
    "landuse": {"forest", "grass", "meadow", "cemetery", "allotments", "village_green", "recreation_ground"},
    "leisure": {"park", "garden", "pitch", "playground", "golf_course", "nature_reserve"},
    "natural": {"wood", "scrub", "grassland"},
}
_TOWNS: Final = {"city": 7, "town": 8, "village": 10, "suburb": 11, "quarter": 12, "hamlet": 12, "neighbourhood": 13}
_POINTS: Final = {
    "townhall", "school", "kindergarten", "library", "hospital", "fire_station", "police", "place_of_worship",
    "theatre", "university", "college", "community_centre", "bus_station", "post_office",
}  # fmt: skip


def layers(path: Path, box: Box) -> Iterator[Layer]:
    """Everything that touches the box, layer by layer; raises BadArchive where the extract cannot be read."""
    found: dict[tuple[str, int], list[tuple[bytes, str, str, str]]] = defaultdict(list)
    area = shapely.box(*box)
    factory = WKBFactory()
    try:
        for thing in osmium.FileProcessor(str(path)).with_areas().with_filter(KeyFilter(*_KEYS)):
            places = list(_places(thing))
            made = wkb_of(factory, thing) if places else None
            shape = shapely.from_wkb(made) if made is not None else None
            if shape is None or not _touches(shape.bounds, box):
                continue
            tags = thing.tags
            for layer, kind, zoom in places:
                number = (tags.get("addr:housenumber") or "") if kind == "address" else ""
                name = "" if kind == "address" else tags.get("name:de") or tags.get("name") or ""
                drawn = shape.representative_point() if kind == "address" or layer == "pois" else shape
                found[layer, zoom].append((shapely.to_wkb(drawn), kind, name, number))
    except (RuntimeError, OSError) as error:
        raise BadArchive(f"{path.name} cannot be read: {error}") from error
    yield Layer("earth", 0, [shapely.to_wkb(area)], {"kind": ["earth"]})
    for (layer, zoom), rows in sorted(found.items()):
        shapes, kinds, names, numbers = zip(*rows, strict=True)
        # All words on every layer: readers take a layer's fields from its first part.
        fields = {"kind": kinds, "name": _words(names), "addr_housenumber": _words(numbers)}
        yield Layer(layer, zoom, shapes, fields)


def _words(values: tuple[str, ...]) -> tuple[str | None, ...]:
    return tuple(value or None for value in values)


def _touches(bounds: tuple[float, float, float, float], box: Box) -> bool:
    west, south, east, north = bounds
    return west <= box.east and east >= box.west and south <= box.north and north >= box.south


def _places(thing: Any) -> Iterator[Place]:
    """Where a thing is drawn: a building with a number is a building and an address."""
    tags = thing.tags
    if thing.is_way():
        yield from _lines(tags)
        return
    if thing.is_area():
        yield from _areas(tags)
    elif thing.is_node() and tags.get("place") in _TOWNS and tags.get("name"):
        yield "places", "locality", _TOWNS[tags["place"]]
    if tags.get("addr:housenumber"):
        yield "buildings", "address", 15
    if tags.get("amenity") in _POINTS and tags.get("name"):
        yield "pois", tags["amenity"], 15


def _lines(tags: Any) -> Iterator[Place]:
    if (road := _ROADS.get(tags.get("highway", ""))) and tags.get("area") != "yes":
        yield road
    elif tags.get("railway") in _RAILS:
        yield "roads", "rail", 10
    elif (zoom := _STREAMS.get(tags.get("waterway", ""))) and tags.get("tunnel", "no") == "no":
        yield "water", tags["waterway"], zoom


def _areas(tags: Any) -> Iterator[Place]:
    if tags.get("natural") == "water" or tags.get("waterway") == "riverbank":
        yield "water", "water", 8
    elif tags.get("building", "no") != "no":
        yield "buildings", "building", 13
    else:
        for key, kinds in _GREEN.items():
            if tags.get(key) in kinds:
                yield "landuse", tags[key], 9
                return

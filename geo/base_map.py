"""The vector base map of a municipality: DATA_DIR/maps/SLUG.pmtiles, made of its gazetteer or of OpenStreetMap.

Layers are named as Protomaps names them, so an archive made by others with that schema can lie there as well. A town
without one shows that of its county.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.urls import reverse
from django.utils.html import strip_tags

from geo import osm_map, ranges
from geo.models import Address, District, Municipality, Street
from geo.pmtiles import BadArchive, Layer, about, write
from geo.policy import KIND_ADDRESS, KIND_POI
from geo.spatial import check_box

logger = logging.getLogger(__name__)

KIND = "application/vnd.pmtiles"


class Archive(NamedTuple):
    """An archive as pages need it: its address, which changes with it, its last zoom, and whose data it is."""

    address: str
    max_zoom: int
    source: str


def path_of(slug: str) -> Path:
    """Where the archive of a municipality lies, if there is one."""
    return Path(settings.DATA_DIR) / "maps" / f"{slug}.pmtiles"


def tag_of(path: Path) -> str:
    """Changes with the file, "" without one."""
    try:
        return ranges.tag_of(path.stat())
    except OSError:
        return ""


def archive_of(municipality: Municipality) -> Archive | None:
    """Its own archive or that of the nearest municipality above it."""
    slug, above = municipality.slug, municipality.parent_id
    if not path_of(slug).parent.is_dir():
        return None
    for _level in range(5):
        path = path_of(slug)
        if tag := tag_of(path):
            return _archive(path, slug, tag)
        if above is None:
            return None
        # Not the whole row: a county's boundary is large.
        slug, above = Municipality.objects.values_list("slug", "parent_id").get(pk=above)
    return None


@lru_cache(maxsize=64)
def _archive(path: Path, slug: str, tag: str) -> Archive | None:
    try:
        found = about(path)
    except BadArchive:
        return None
    return Archive(f"{reverse('geo:archive', args=[slug])}?{tag}", found.max_zoom, strip_tags(found.source))


def build(municipality: Municipality) -> int:
    """Make the archive of the streets, houses, places and boundaries in the database; returns how many features it has.

    Raises BadArchive where there is nothing to draw.
    """
    return write(_gazetteer(municipality), path_of(municipality.slug), title=municipality.title)


def build_again(municipality: Municipality, *, since: datetime) -> list[str]:
    """Build the archives of a municipality and of those above it again that were made of the gazetteer, unless younger
    than `since`; returns their slugs. Those made of an extract, or by others, stay as they are."""
    built = []
    for one in municipality.chain():
        path = path_of(one.slug)
        if not path.is_file() or path.stat().st_mtime > since.timestamp() or not _is_own(path, one):
            continue
        try:
            build(one)
        except BadArchive as error:
            logger.warning("base map of %s stays as it is: %s", one.slug, error)
        else:
            built.append(one.slug)
    return built


def _is_own(path: Path, municipality: Municipality) -> bool:
    try:
        found = about(path)
    except BadArchive:
        return False
    return not found.source and found.title == municipality.title


def build_from_osm(municipality: Municipality, extract: Path) -> int:
    """The same of what an OSM extract has in and around the municipality.

    Raises BadArchive where it cannot be read, and without a boundary: nobody knows then what to take.
    """
    if municipality.boundary is None:
        raise BadArchive("The municipality has no boundary.")
    west, south, east, north = municipality.boundary.extent
    wide, high = (east - west) / 2, (north - south) / 2  # so far a map can be moved
    box = check_box((west - wide, south - high, east + wide, north + high))
    target = path_of(municipality.slug)
    return write(osm_map.layers(extract, box), target, title=municipality.title, description=osm_map.SOURCE)


def _wkb(shape: GEOSGeometry | None) -> bytes:
    if shape is None:
        raise ValueError("A row without a shape was asked for.")
    return bytes(shape.wkb)


def _gazetteer(municipality: Municipality) -> Iterator[Layer]:
    ids = municipality.family_ids()
    members = list(Municipality.objects.filter(id__in=ids).exclude(boundary=None).order_by("id"))
    yield Layer("earth", 0, [_wkb(row.boundary) for row in members], {"kind": ["earth"] * len(members)})
    yield _named("places", 0, "locality", [(row.name, row.boundary) for row in members if row.id != municipality.id])
    districts = District.objects.filter(municipality_id__in=ids).exclude(boundary=None).order_by("id")
    areas = [(row.name, row.boundary) for row in districts]
    yield _named("boundaries", 10, "district", [(name, shape.boundary) for name, shape in areas if shape])
    yield _named("places", 10, "neighbourhood", areas)
    streets = Street.objects.filter(municipality_id__in=ids).exclude(line=None).order_by("id")
    yield _named("roads", 10, "minor_road", list(streets.values_list("name", "line")))
    entries = Address.objects.filter(municipality_id__in=ids).exclude(point=None).order_by("id")
    houses = entries.filter(kind=KIND_ADDRESS).exclude(house_number="").values_list("house_number", "point")
    yield _named("buildings", 15, "address", list(houses), word="addr_housenumber")
    yield _named("pois", 14, "point", list(entries.filter(kind=KIND_POI).values_list("label", "point")))


def _named(
    layer: str, zoom: int, kind: str, rows: Sequence[tuple[str, GEOSGeometry | None]], *, word: str = "name"
) -> Layer:
    """Rows of names and shapes; places are points within their area."""
    shapes = [shape.point_on_surface if layer == "places" and shape else shape for _name, shape in rows]
    fields = {"kind": [kind] * len(rows), word: [name for name, _shape in rows]}
    return Layer(layer, zoom, [_wkb(shape) for shape in shapes], fields)

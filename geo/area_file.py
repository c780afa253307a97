"""Finds the area of one municipality in a file of boundaries, whatever the columns are called.

Understood are the files of the BKG (VG250: AGS, GEN, BEZ), our own (ags, name, designation) and a single area without
any property; as a feature collection, a feature or a bare geometry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.core.exceptions import ValidationError

from geo.boundaries import areas
from geo.reading import BadFile, shape_of

KEYS: Final = ("ags", "ags_0", "gemeindeschluessel", "gkz", "key", "ars", "ars_0", "rs")
NAMES: Final = ("name", "gen", "gemeinde", "gemeindename")
DESIGNATIONS: Final = ("designation", "bez", "bezeichnung")
#: Designations that nobody says, and what people say.
SPOKEN: Final = {"Kreisfreie Stadt": "Stadt", "Gemeindefreies Gebiet": "", "Einheitsgemeinde": ""}
#: Germany with its waters, in degrees: west, south, east, north.
GERMANY: Final = (5.0, 47.0, 15.5, 55.6)
COUNTY_DIGITS: Final = 5
_EPSG = re.compile(r"EPSG:+(\d{4,6})$", re.IGNORECASE)


@dataclass(frozen=True)
class Area:
    """A boundary (WGS84) with what the file says of it; name and designation may be empty."""

    boundary: MultiPolygon
    name: str = ""
    designation: str = ""


def read_area(path: Path, *, ags: str, srid: int | None = None) -> Area:
    """The area with the key `ags`; a county that is not in the file is what its municipalities cover together.

    `srid` is the EPSG code of the coordinates, by default what the file says, else WGS84. Raises BadFile with what is
    wrong and what to do.
    """
    data = _json(path)
    found = _wanted(_features(data), ags)
    system = srid or _system(data) or 4326
    try:
        shapes = [shape for one in found if (shape := shape_of(one.get("geometry"), system)) is not None]
        if not shapes:
            raise ValidationError("the geometry is missing")
        boundary = areas(_union(shapes))
    except ValidationError as error:
        hint = "" if srid else " Are the coordinates not in degrees? Then name their system, such as --srid 25832."
        raise BadFile(f"{' '.join(error.messages)}.{hint}") from error
    _in_germany(boundary)
    properties = _lower(found[0].get("properties")) if len(found) == 1 or _key(found[0], ags) == ags else {}
    designation = _first(properties, DESIGNATIONS)
    return Area(boundary, _first(properties, NAMES), SPOKEN.get(designation, designation))


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise BadFile(f"the file cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadFile(f"not a GeoJSON file: {error}") from error


def _features(data: Any) -> list[dict[str, Any]]:
    """The features of whatever GeoJSON it is."""
    if not isinstance(data, dict):
        raise BadFile("not a GeoJSON file")
    if data.get("type") == "Feature":
        return [data]
    if "coordinates" in data or "geometries" in data:
        return [{"type": "Feature", "properties": {}, "geometry": data}]
    found = data.get("features")
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise BadFile("there is no area in the file")
    return found


def _wanted(features: list[dict[str, Any]], ags: str) -> list[dict[str, Any]]:
    """The features of the key (several where the BKG parts land and water), or the only one without a key."""
    keyed = [(_key(one, ags), one) for one in features]
    if mine := [one for key, one in keyed if key == ags]:
        return mine
    if len(ags) == COUNTY_DIGITS and (mine := [one for key, one in keyed if key.startswith(ags)]):
        return mine
    if len(features) == 1 and not keyed[0][0]:
        return features
    known = [f"{key} {_first(_lower(one.get('properties')), NAMES)}".strip() for key, one in keyed if key]
    if not known:
        raise BadFile(f"{len(features)} areas and none has a key; name the right one by a property “ags”")
    more = f" and {len(known) - 8} more" if len(known) > 8 else ""
    raise BadFile(f"there is no area with the key {ags}; the file has {', '.join(known[:8])}{more}")


def _key(feature: Mapping[str, Any], ags: str) -> str:
    """The key of a feature as digits; a number has lost its leading zero, a regional key (ARS) holds the AGS."""
    value = _first(_lower(feature.get("properties")), KEYS)
    if value.isdecimal() and len(value) in {4, 7, 11}:
        value = f"0{value}"
    return value[:5] + value[9:] if len(value) == 12 else value


def _lower(properties: Any) -> dict[str, Any]:
    return {str(name).lower(): value for name, value in properties.items()} if isinstance(properties, dict) else {}


def _first(properties: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := str(properties.get(name) or "").strip())), "")


def _system(data: Any) -> int | None:
    """EPSG code that an older GeoJSON names by itself."""
    name = str(((data.get("crs") or {}).get("properties") or {}).get("name") or "")
    found = _EPSG.search(name)
    return int(found[1]) if found else None


def _union(shapes: list[GEOSGeometry]) -> GEOSGeometry:
    whole = shapes[0]
    for shape in shapes[1:]:
        whole = whole.union(shape)
    return whole


def _in_germany(boundary: MultiPolygon) -> None:
    """Coordinates of another system often are degrees too, only elsewhere."""
    west, south, east, north = boundary.extent
    if west < GERMANY[0] or south < GERMANY[1] or east > GERMANY[2] or north > GERMANY[3]:
        raise BadFile(
            f"the area lies at {west:.4f}, {south:.4f}, not in Germany; are east and north swapped, or is it another"
            " coordinate system (--srid)?"
        )

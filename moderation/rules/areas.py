"""Areas typed as GeoJSON, and shown as such."""

from __future__ import annotations

import json
from typing import Any, Final

from django.contrib.gis.geos import GeometryCollection, GEOSGeometry, MultiPolygon
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from geo.boundaries import areas
from geo.reading import shape_of

LONGEST: Final = 1_000_000
"""Characters of a pasted area."""
DIGITS: Final = 6
"""Of coordinates in degrees: a tenth of a metre."""


def area_of(text: str) -> MultiPolygon:
    """The areas of a GeoJSON text (geometry, feature or collection) in WGS84. Raises ValidationError."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValidationError(
            _("This is no GeoJSON. Please copy it once more, from the first to the last bracket.")
        ) from error
    shapes = []
    for geometry in _geometries(data):
        try:
            shape = shape_of(geometry)
            shapes += [areas(shape)] if shape is not None and shape.num_coords else []
        except ValidationError as error:
            raise ValidationError(_("An area cannot be read. It must be a polygon, in degrees (WGS84).")) from error
    if not shapes:
        raise ValidationError(_("There is no area in it."))
    found: GEOSGeometry = shapes[0]
    for shape in shapes[1:]:
        found = found.union(shape)
    west, south, east, north = found.extent
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise ValidationError(_("An area cannot be read. It must be a polygon, in degrees (WGS84)."))
    return areas(found)


def _geometries(data: Any) -> list[Any]:
    if not isinstance(data, dict):
        return []
    if data.get("type") == "FeatureCollection":
        features = data.get("features")
        return [one.get("geometry") for one in features if isinstance(one, dict)] if isinstance(features, list) else []
    return [data.get("geometry")] if data.get("type") == "Feature" else [data]


def geometry_of(area: MultiPolygon | GeometryCollection) -> dict[str, Any]:
    """As a GeoJSON geometry with rounded coordinates."""
    return {"type": area.geom_type, "coordinates": _rounded(area.coords)}


def _rounded(part: Any) -> Any:
    return [_rounded(one) for one in part] if isinstance(part, tuple | list) else round(part, DIGITS)


def text_of(area: MultiPolygon | None) -> str:
    """As a GeoJSON text on one line; "" without an area."""
    return json.dumps(geometry_of(area), separators=(",", ":")) if area is not None else ""

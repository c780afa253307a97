"""The base layer the map always has: boundary, districts and streets, without any other machine."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from django.contrib.gis.geos import GEOSGeometry
from django.core.cache import cache

from geo.models import District, Municipality, Street

#: Lines are simplified to about ten metres, areas to about twenty.
LINE_DEGREES = 0.0001
AREA_DEGREES = 0.0002
SECONDS = 3600


def _key(municipality_id: int) -> str:
    return f"geo:ground:{municipality_id}"


def forget_of(**kwargs: Any) -> None:
    """Drop the layer of a municipality (`instance` or `municipality`) and of those above it."""
    municipality = kwargs.get("municipality") or kwargs.get("instance")
    if isinstance(municipality, Municipality):
        cache.delete_many([_key(pk) for pk in municipality.chain_ids() if pk is not None])


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates[0], float | int):
        return [round(float(part), 5) for part in coordinates[:2]]
    return [_rounded(part) for part in coordinates]


def _feature(shape: GEOSGeometry, tolerance: float, **properties: Any) -> dict[str, Any]:
    simple = shape.simplify(tolerance, preserve_topology=True)
    if simple.empty:
        simple = shape
    geometry = {"type": simple.geom_type, "coordinates": _rounded(orjson.loads(simple.json)["coordinates"])}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _make(municipality: Municipality) -> bytes:
    ids = municipality.family_ids()
    features = []
    for row in Municipality.objects.filter(id__in=ids).exclude(boundary=None).order_by("id"):
        if row.boundary is not None:
            layer = "boundary" if row.id == municipality.id else "member"
            features.append(_feature(row.boundary, AREA_DEGREES, layer=layer, name=row.title, slug=row.slug))
    for district in District.objects.filter(municipality_id__in=ids).exclude(boundary=None).order_by("id"):
        if district.boundary is not None:
            features.append(_feature(district.boundary, AREA_DEGREES, layer="district", name=district.name))
    for street in Street.objects.filter(municipality_id__in=ids).exclude(line=None).order_by("id"):
        if street.line is not None:
            features.append(_feature(street.line, LINE_DEGREES, layer="street", name=street.name))
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def base_layer(municipality: Municipality) -> tuple[bytes, str]:
    """GeoJSON of the municipality's ground and its ETag (quoted); made once an hour or after a change.

    Features carry `layer`: boundary, member (of a county), district or street.
    """
    kept = cache.get(_key(municipality.id))
    if kept is None:
        body = _make(municipality)
        kept = body, f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        cache.set(_key(municipality.id), kept, SECONDS)
    body, tag = kept
    return body, tag

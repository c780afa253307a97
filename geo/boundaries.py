"""Boundaries of municipalities from a GeoJSON file, found by their official key."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.gis.geos import GeometryCollection, GEOSGeometry, MultiPolygon, Polygon
from django.core.exceptions import ValidationError
from django.db import transaction

from geo.models import Municipality
from geo.reading import features, shape_of
from geo.signals import GROUND_CHANGED
from outbox.events import emit


@dataclass(slots=True)
class Outcome:
    """Slugs whose boundary was set or stayed, keys nobody here has, and reasons of bad features."""

    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)


def areas(shape: GEOSGeometry) -> MultiPolygon:
    """The areas of a geometry, repaired where lines cross; ValidationError if there are none."""
    sound = shape if shape.valid else shape.make_valid()
    polygons: list[Polygon] = []
    waiting: list[GEOSGeometry] = [sound]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, Polygon):
            polygons.append(part)
        elif isinstance(part, GeometryCollection):
            waiting += list(part)
    if not polygons:
        raise ValidationError("the geometry is no area")
    return MultiPolygon(*polygons, srid=4326)


def import_boundaries(path: Path, *, srid: int = 4326) -> Outcome:
    """Set the boundaries of existing municipalities from features with `ags`, all or none.

    A county (key of five digits) that the file does not hold gets the union of its children's areas.
    """
    outcome = Outcome()
    with transaction.atomic():
        for number, feature in enumerate(features(path), start=1):
            properties = feature.get("properties") or {}
            key = str(properties.get("ags") or properties.get("AGS") or "")
            here = Municipality.objects.filter(ags=key).first() if key else None
            if here is None:
                outcome.unknown.append(key or f"feature {number}")
                continue
            try:
                shape = shape_of(feature.get("geometry"), srid)
                if shape is None:
                    raise ValidationError("the geometry is missing")
                _set(here, areas(shape), outcome)
            except ValidationError as error:
                outcome.bad.append(f"{key}: {' '.join(error.messages)}")
        for county in Municipality.objects.filter(children__isnull=False, boundary=None).distinct():
            surround(county, outcome)
    return outcome


def surround(county: Municipality, outcome: Outcome | None = None) -> None:
    """Give a county the union of its children's boundaries."""
    shapes = [child.boundary for child in county.children.all() if child.boundary is not None]
    if not shapes:
        return
    union: GEOSGeometry = shapes[0]
    for shape in shapes[1:]:
        union = union.union(shape)
    _set(county, areas(union), outcome or Outcome())


def _set(here: Municipality, boundary: MultiPolygon, outcome: Outcome) -> None:
    if here.boundary is not None and here.boundary.equals_exact(boundary):
        outcome.same.append(here.slug)
        return
    with transaction.atomic():
        here.boundary = boundary
        here.save(update_fields=["boundary", "updated_at"])
        emit(GROUND_CHANGED, municipality=here.pk, districts=False)
    outcome.changed.append(here.slug)

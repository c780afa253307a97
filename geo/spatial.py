"""Spatial conditions that use the index on both databases, and coordinates in and out.

Django's own lookups never use SpatiaLite's R-tree (measured: 611 ms against 2.5 ms over a million rows), so a
box condition names the R-tree table itself there; PostGIS uses its GiST index by `ST_Intersects`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, cast

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point, Polygon
from django.contrib.gis.measure import D
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, FloatField, Func, Model, Q, QuerySet
from django.db.models.expressions import Col
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext_lazy as _
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

_M = TypeVar("_M", bound=Model)

#: Metres of one degree of latitude, rounded down so that a box is never too small.
METRES_PER_DEGREE = 110_500.0


class Box(NamedTuple):
    """A box in WGS84 degrees."""

    west: float
    south: float
    east: float
    north: float


class InTree(Expression):
    """Condition on SpatiaLite: the geometry's box touches `box`, asked of the R-tree table.

    The R-tree keeps 32-bit floats rounded outwards, so this may find a little too much, never too little;
    an exact condition stands beside it. A missing index is an error, not an empty answer.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, field: str | Expression, box: Box) -> None:
        super().__init__(output_field=BooleanField())
        self.source: Any = F(field) if isinstance(field, str) else field
        self.box = box

    def get_source_expressions(self) -> list[Any]:
        return [self.source]

    def set_source_expressions(self, exprs: Any) -> None:
        (self.source,) = exprs

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        column: Col = self.source
        model = column.target.model
        quote = connection.ops.quote_name
        tree = quote(f"idx_{model._meta.db_table}_{column.target.column}")
        row = f"{quote(column.alias or model._meta.db_table)}.{quote(str(model._meta.pk.column))}"
        west, south, east, north = self.box
        touching = "xmax >= %s AND xmin <= %s AND ymax >= %s AND ymin <= %s"
        # Names of a table and its columns come from the model, numbers are parameters.
        sql = f"{row} IN (SELECT pkid FROM {tree} WHERE {touching})"  # noqa: S608
        return sql, (west, east, south, north)


def _rough(queryset: QuerySet[_M], field: str, box: Box) -> QuerySet[_M]:
    """Narrow by the R-tree where the database would not do it by itself."""
    if connections[queryset.db].vendor == "sqlite":
        return queryset.filter(InTree(field, box))
    return queryset


def check_box(bbox: Iterable[float]) -> Box:
    """Four finite WGS84 degrees: west ≤ east, south ≤ north; ValidationError for anything else."""
    numbers = tuple(float(part) for part in bbox)
    if len(numbers) != 4 or not all(math.isfinite(part) for part in numbers):
        raise ValidationError(_("A box has four numbers: west, south, east, north."), code="bbox")
    west, south, east, north = numbers
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValidationError(_("A box has four numbers: west, south, east, north."), code="bbox")
    return Box(west, south, east, north)


def within_box(queryset: QuerySet[_M], field: str, bbox: Iterable[float]) -> QuerySet[_M]:
    """Rows whose `field` touches the box (edges belong to it), by the spatial index of either database."""
    box = check_box(bbox)
    frame = Polygon.from_bbox(box)
    frame.srid = 4326
    return _rough(queryset, field, box).filter(**{f"{field}__intersects": frame})


def at_point(queryset: QuerySet[_M], field: str, point: Point) -> QuerySet[_M]:
    """Rows whose area `field` covers the point (border included), by the spatial index."""
    lon, lat = check_point(point.x, point.y)
    return _rough(queryset, field, Box(lon, lat, lon, lat)).filter(**{f"{field}__intersects": point})


def box_around(lon: float, lat: float, metres: float) -> Box:
    """A box that holds every place within `metres` of the point; never too small."""
    up = metres / METRES_PER_DEGREE
    top = min(89.9, abs(lat) + up)
    side = min(180.0, metres / (METRES_PER_DEGREE * math.cos(math.radians(top))))
    return Box(max(-180.0, lon - side), max(-90.0, lat - up), min(180.0, lon + side), min(90.0, lat + up))


def within_metres(queryset: QuerySet[_M], point: Point, metres: float, *, field: str = "point") -> QuerySet[_M]:
    """Rows whose point lies within `metres` of `point` on the ellipsoid, nearest first.

    Each row carries `distance` (a `django.contrib.gis.measure.Distance`, `.m` for metres).
    """
    lon, lat = check_point(point.x, point.y)
    near = within_box(queryset, field, box_around(lon, lat, metres))
    measured = near.annotate(distance=Distance(field, point, spheroid=True))
    nearest_first = measured.filter(Q(distance__lte=D(m=metres))).order_by("distance", "pk")
    return cast("QuerySet[_M]", nearest_first)


def metres_between(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in metres (haversine, mean radius); off by at most 0.5 % from the ellipsoid."""
    one, other = math.radians(lat1), math.radians(lat2)
    half = math.sin((other - one) / 2) ** 2
    half += math.cos(one) * math.cos(other) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(min(1.0, math.sqrt(half)))


def check_point(lon: float, lat: float) -> tuple[float, float]:
    """Finite WGS84 degrees within range, else ValidationError."""
    if not (math.isfinite(lon) and math.isfinite(lat)) or abs(lon) > 180 or abs(lat) > 90:
        raise ValidationError(_("This is not a place on the map."), code="point")
    return float(lon), float(lat)


def make_point(lon: float, lat: float) -> Point:
    """A checked WGS84 point; ValidationError for nonsense."""
    return Point(*check_point(lon, lat), srid=4326)


@lru_cache(maxsize=32)
def _transformer(source: int, target: int) -> Transformer:
    try:
        return Transformer.from_crs(CRS.from_epsg(source), CRS.from_epsg(target), always_xy=True)
    except CRSError as error:
        raise ValidationError(
            _("The coordinate system EPSG:%(code)s is unknown."), code="srid", params={"code": source}
        ) from error


def transform(points: Iterable[tuple[float, float]], srid: int, *, to: int = 4326) -> list[tuple[float, float] | None]:
    """Points (x = east, y = north) from EPSG:`srid` to EPSG:`to`, in order; None where one makes no sense.

    A place that the system does not reach gives infinity in PROJ; such a place is None, not an error, so that
    an import can name the row.
    """
    rows = [(float(x), float(y)) for x, y in points]
    if not rows:
        return []
    if srid == to:
        pairs: Iterable[tuple[float, float]] = rows
    else:
        xs, ys = _transformer(srid, to).transform([x for x, _y in rows], [y for _x, y in rows])
        pairs = zip(xs, ys, strict=True)
    found: list[tuple[float, float] | None] = []
    for x, y in pairs:
        sound = math.isfinite(x) and math.isfinite(y)
        if sound and to == 4326:
            sound = abs(x) <= 180 and abs(y) <= 90
        found.append((float(x), float(y)) if sound else None)
    return found


class East(Func):
    """Longitude of a point, by the database: cheaper than making a geometry of every row."""

    function = "ST_X"
    output_field = FloatField()


class North(Func):
    """Latitude of a point, by the database."""

    function = "ST_Y"
    output_field = FloatField()

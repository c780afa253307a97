"""Whose a place is, its district and the nearest house: what is stored with a report, in one query.

The same answers as `geo.services.owner_of` and `locate`, which ask one after the other; both are tested against each
other, on both databases.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection

from geo.models import Municipality
from geo.policy import KIND_ADDRESS
from geo.services import DISTRICT_REACH, IN_SIGHT, Place, district_of
from geo.spatial import box_around, check_point
from outbox.kept import kept

_SPHEROID = 'SPHEROID["WGS 84",6378137.0,298.257223563]'


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is known of a point: the municipality that owns it, its district (an id), and the place in words or ""."""

    owner: Municipality | None
    district_id: int | None
    text: str


def whereabouts(point: Point) -> Whereabouts:
    """Of a point (WGS84); ValidationError for nonsense. One query as a rule, within `outbox.kept.looking`."""
    lon, lat = check_point(point.x, point.y)
    west, south, east, north = box_around(lon, lat, IN_SIGHT)
    lite = connection.vendor == "sqlite"
    values: dict[str, str | float] = {
        "lon": lon, "lat": lat, "west": west, "south": south, "east": east, "north": north,
        "house": KIND_ADDRESS, "reach": IN_SIGHT,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LITE if lite else _GIS, values)
        rows = cursor.fetchall()
    parents = {row[1] for row in rows}
    # The deepest one, on a shared border that with the lower id: as MunicipalityQuerySet.owning says.
    found = min((row for row in rows if row[0] not in parents), key=lambda row: int(row[0]), default=None)
    if found is None:
        return Whereabouts(None, None, "")
    owner = municipality(int(found[0]))
    if owner is None:
        return Whereabouts(None, None, "")
    near: list[Any] | None = json.loads(found[3]) if isinstance(found[3], str) else found[3]
    district_id = found[2] if found[2] is not None else near[2] if near else None
    if near is None:
        # No house in sight: a town without boundaries of districts knows the district of one a little further away.
        known = kept(("districts", owner.pk), owner.districts.exists)
        if district_id is None and known and DISTRICT_REACH > IN_SIGHT:
            district = district_of(owner, point)
            district_id = district.pk if district is not None else None
        return Whereabouts(owner, district_id, "")
    label, place, _district, name, metres = near
    part = name or place
    text = Place(owner, None, f"{label}, {part}" if part else label, float(metres)).text
    return Whereabouts(owner, district_id, text)


def municipality(pk: int) -> Municipality | None:
    """An active municipality with its parents, without boundaries; kept."""
    rows = Municipality.objects.active().select_related("parent__parent")
    return kept(
        ("municipality", pk),
        rows.defer("boundary", "parent__boundary", "parent__parent__boundary").filter(pk=pk).first,
    )


def _sql(*, here: str, box: str, list_of: str, metres: str, town: str, district: str, house: str) -> str:
    """The query in one database's words: `here` is the point, the last three narrow by the spatial index."""
    near = f"""
        SELECT {list_of}(h.label, h.place, h.district_id, d.name, {metres})
        FROM geo_address h JOIN geo_municipality o ON o.id = h.municipality_id
        LEFT JOIN geo_municipality p ON p.id = o.parent_id LEFT JOIN geo_district d ON d.id = h.district_id
        WHERE h.kind = %(house)s {house} AND ST_Intersects(h.point, {box}) AND {metres} <= %(reach)s
        AND (o.id = m.id OR o.parent_id = m.id OR p.parent_id = m.id) ORDER BY {metres}, h.id LIMIT 1"""  # noqa: S608
    part = f"""
        SELECT a.id FROM geo_district a
        WHERE a.municipality_id = m.id {district} AND ST_Intersects(a.boundary, {here}) ORDER BY a.id LIMIT 1"""  # noqa: S608
    return f"""SELECT m.id, m.parent_id, ({part}), ({near}) FROM geo_municipality m
        WHERE m.active {town} AND ST_Intersects(m.boundary, {here})"""  # noqa: S608  all words are ours


def _tree(table: str, column: str, alias: str, *, box: bool = False) -> str:
    """SpatiaLite's index is a table of its own."""
    west, south, east, north = ("%(west)s", "%(south)s", "%(east)s", "%(north)s") if box else ("%(lon)s", "%(lat)s") * 2
    return (
        f"AND {alias}.id IN (SELECT pkid FROM idx_{table}_{column}"  # noqa: S608
        f" WHERE xmax >= {west} AND xmin <= {east} AND ymax >= {south} AND ymin <= {north})"
    )


_LITE = _sql(
    here="MakePoint(%(lon)s, %(lat)s, 4326)",
    box="BuildMbr(%(west)s, %(south)s, %(east)s, %(north)s, 4326)",
    list_of="json_array",
    metres="ST_Distance(h.point, MakePoint(%(lon)s, %(lat)s, 4326), 1)",
    town=_tree("geo_municipality", "boundary", "m"),
    district=_tree("geo_district", "boundary", "a"),
    house=_tree("geo_address", "point", "h", box=True),
)
_HERE = "ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)"
_GIS = _sql(
    here=_HERE,
    box="ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)",
    list_of="json_build_array",
    metres=f"ST_DistanceSpheroid(h.point, {_HERE}, '{_SPHEROID}')",
    town="",
    district="",
    house="",
)

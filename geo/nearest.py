"""The nearest house in one query: rings that grow, so that few houses are measured where many stand.

`COALESCE` of one subquery for each ring: both databases work them out one after the other and stop at the first that
holds a house. Written as SQL, since composing the same four times over costs more than the database takes.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from django.db import connection

from geo.policy import KIND_ADDRESS
from geo.spatial import Box, box_around, check_point

#: Metres. A ring's nearest house is the nearest of all, since no ring is wider than it looks.
RINGS: Final = (25.0, 75.0, 225.0, 1000.0)
_FAMILY: Final = """a.municipality_id IN (SELECT id FROM geo_municipality WHERE id = %s OR parent_id = %s
    OR parent_id IN (SELECT id FROM geo_municipality WHERE parent_id = %s))"""
_LITE: Final = f"""SELECT a.id FROM (
        SELECT pkid FROM idx_geo_address_point WHERE xmax >= %s AND xmin <= %s AND ymax >= %s AND ymin <= %s
    ) AS t CROSS JOIN geo_address a ON a.id = t.pkid WHERE a.kind = %s AND {_FAMILY}
    AND ST_Distance(a.point, MakePoint(%s, %s, 4326), 1) <= %s
    ORDER BY ST_Distance(a.point, MakePoint(%s, %s, 4326), 1), a.id LIMIT 1"""  # noqa: S608  all words are ours
_POSTGIS: Final = f"""SELECT a.id FROM geo_address a WHERE a.point && ST_MakeEnvelope(%s, %s, %s, %s, 4326)
    AND a.kind = %s AND {_FAMILY}
    AND ST_DistanceSpheroid(a.point, ST_SetSRID(ST_MakePoint(%s, %s), 4326)) <= %s
    ORDER BY ST_DistanceSpheroid(a.point, ST_SetSRID(ST_MakePoint(%s, %s), 4326)), a.id LIMIT 1"""  # noqa: S608
_METRES: Final = {
    "sqlite": "ST_Distance(h.point, MakePoint(%s, %s, 4326), 1)",
    "postgresql": "ST_DistanceSpheroid(h.point, ST_SetSRID(ST_MakePoint(%s, %s), 4326))",
}


class House(NamedTuple):
    """A house with its district, and how far away it is."""

    pk: int
    label: str
    place: str
    district: int | None
    district_name: str | None
    district_slug: str | None
    district_of: int | None
    metres: float


def _ring(family: int, lon: float, lat: float, metres: float) -> tuple[Any, ...]:
    box: Box = box_around(lon, lat, metres)
    lite = connection.vendor == "sqlite"
    edges = (box.west, box.east, box.south, box.north) if lite else (box.west, box.south, box.east, box.north)
    return (*edges, KIND_ADDRESS, family, family, family, lon, lat, metres, lon, lat)


def statement(family: int, lon: float, lat: float, within: float) -> tuple[str, list[Any]]:
    """The query and its values: the house of a municipality (by id) or of the two levels below nearest to a place."""
    reach = [*(one for one in RINGS if one < within), within]
    ring = _LITE if connection.vendor == "sqlite" else _POSTGIS
    rings = f"({ring})" if len(reach) == 1 else f"COALESCE({', '.join([f'({ring})'] * len(reach))})"
    # Constants of this module only; whatever is asked for is a parameter.
    sql = (
        f"SELECT h.id, h.label, h.place, d.id, d.name, d.slug, d.municipality_id, {_METRES[connection.vendor]}"  # noqa: S608
        f" FROM geo_address h LEFT JOIN geo_district d ON d.id = h.district_id WHERE h.id = {rings}"
    )
    return sql, [lon, lat, *(value for metres in reach for value in _ring(family, lon, lat, metres))]


def nearest_house(family: int, lon: float, lat: float, *, within: float) -> House | None:
    """The house nearest to a place (WGS84), at most `within` metres away on the ellipsoid. Raises ValidationError."""
    lon, lat = check_point(lon, lat)
    sql, values = statement(family, lon, lat, within)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return House(*row) if row else None

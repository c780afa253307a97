"""Places for the tests of `geo`: a town, a county with two members, a small gazetteer.

52.1 +---------------- county ----------------+
     |  west member      |  east member       |  (8.0 … 8.4, its north belongs to no member)
52.0 +-------------------+--------------------+
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, MultiPolygon, Point, Polygon
from django.core.cache import cache

from geo.gazetteer import Row, import_rows
from geo.models import Municipality


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """What one test kept is not there for the next."""
    cache.clear()


def box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """A boundary with four corners."""
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


def at(lon: float, lat: float) -> Point:
    """A point in WGS84."""
    return Point(lon, lat, srid=4326)


MakeMunicipality = Callable[..., Municipality]


@pytest.fixture
def make_municipality(db: None) -> MakeMunicipality:
    """Makes a municipality out of its slug; everything else may be given."""

    def make(slug: str, **fields: Any) -> Municipality:
        fields.setdefault("name", slug.capitalize())
        fields.setdefault("host", f"{slug}.localhost")
        fields.setdefault("prefix", slug[:6].upper())
        fields.setdefault("state_key", "05")
        return Municipality.objects.create(slug=slug, **fields)

    return make


@pytest.fixture
def town(make_municipality: MakeMunicipality) -> Municipality:
    """Harsewinkel, a town around 8.2 east, 51.95 north; answers unknown hosts."""
    return make_municipality(
        "harsewinkel",
        designation="Stadt",
        host="localhost",
        is_default=True,
        prefix="HSW",
        ags="05754016",
        boundary=box(8.1, 51.9, 8.3, 51.99),
    )


@pytest.fixture
def county(make_municipality: MakeMunicipality) -> Municipality:
    """A county whose north no member owns."""
    county = make_municipality("kreis", designation="Landkreis", boundary=box(8.0, 52.0, 8.4, 52.2))
    make_municipality("west", parent=county, boundary=box(8.0, 52.0, 8.2, 52.1))
    make_municipality("east", parent=county, boundary=box(8.2, 52.0, 8.4, 52.1))
    return county


def street(name: str, lon: float, lat: float, numbers: str, **fields: Any) -> list[Row]:
    """Houses along a street going east, 20 metres apart."""
    return [
        Row(street=name, house_number=number, point=at(lon + 0.0003 * step, lat), postcode="33428", **fields)
        for step, number in enumerate(numbers.split())
    ]


@pytest.fixture
def gazetteer(town: Municipality) -> Municipality:
    """The town with some streets, a pool and a district."""
    rows = [
        *street("Mühlenstraße", 8.20, 51.95, "1 2 3 12 12a 14 120"),
        *street("Mühlenweg", 8.21, 51.95, "1 2"),
        *street("Gütersloher Straße", 8.22, 51.96, "5 7"),
        *street("An der Bleiche", 8.23, 51.96, "1"),
        *street("Straße des 17. Juni", 8.24, 51.96, "17"),
        *street("Klosterhof", 8.15, 51.93, "1 3", district="Marienfeld"),
        Row(kind="poi", name="Freibad Harsewinkel", point=at(8.205, 51.955)),
        Row(kind="street", street="Neue Straße", line=MultiLineString(_line(8.25, 51.97), srid=4326)),
    ]
    import_rows(municipality=town, rows=rows, source="test")
    return town


def _line(lon: float, lat: float) -> LineString:
    return LineString((lon, lat), (lon + 0.01, lat))

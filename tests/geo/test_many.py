"""Many places at once get the answers that each would get alone."""

from __future__ import annotations

import random

import numpy as np
from django.contrib.gis.geos import MultiPolygon, Polygon

from geo import services
from geo.many import Grounds, Owners
from geo.models import Address, District, Municipality
from tests.geo.conftest import MakeMunicipality, at, box

PLACES = 1200


def _with_hole(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """A box with a hole in its middle third."""
    wide, high = (east - west) / 3, (north - south) / 3
    hole = (
        (west + wide, south + high),
        (east - wide, south + high),
        (east - wide, north - high),
        (west + wide, north - high),
    )
    return MultiPolygon(
        Polygon(
            ((west, south), (east, south), (east, north), (west, north), (west, south)), (*hole, hole[0])
        ),
        srid=4326,
    )  # fmt: skip


def _places() -> tuple[list[float], list[float]]:
    """Anywhere around, many of them on borders, corners, edges of holes (eighths are exact)."""
    dice = random.Random(11)
    lons = [dice.uniform(7.9, 8.6) for _ in range(PLACES)] + [dice.randrange(63, 70) / 8 for _ in range(PLACES)]
    lats = [dice.uniform(51.4, 52.6) for _ in range(PLACES)] + [dice.randrange(410, 422) / 8 for _ in range(PLACES)]
    return lons, lats


def test_owners_at_borders_and_in_holes(make_municipality: MakeMunicipality) -> None:
    county = make_municipality("kreis", boundary=box(8.0, 51.5, 8.5, 52.5))
    make_municipality("links", boundary=box(8.0, 51.5, 8.25, 52.0), parent=county)
    make_municipality("rechts", boundary=box(8.25, 51.5, 8.5, 52.0), parent=county)
    make_municipality("ring", boundary=_with_hole(8.0, 52.0, 8.375, 52.375), parent=county)
    make_municipality("nachbar", boundary=box(8.5, 51.5, 8.75, 52.5))
    lons, lats = _places()
    single = [services.owner_of(at(lon, lat)) for lon, lat in zip(lons, lats, strict=True)]
    found = Owners().of(np.array(lons), np.array(lats)).tolist()
    assert found == [one.pk if one else 0 for one in single]
    assert len(set(found)) == 6
    assert Municipality.objects.count() == 5


def test_districts_by_boundary_and_by_the_nearest_house(gazetteer: Municipality) -> None:
    dice = random.Random(12)
    ring = District.objects.create(
        municipality=gazetteer, name="Ring", slug="ring", boundary=_with_hole(8.1, 51.9, 8.19, 51.99)
    )
    for number in range(40):
        place = at(dice.uniform(8.1, 8.3), dice.uniform(51.9, 51.99))
        Address.objects.create(
            municipality=gazetteer, kind="address", label=f"Weg {number}", folded=f"weg {number}", point=place,
            house_number=str(number), district=ring if number % 2 else None,
        )  # fmt: skip
    lons = [dice.uniform(8.1, 8.3) for _ in range(300)]
    lats = [dice.uniform(51.9, 51.99) for _ in range(300)]
    single = [services.district_of(gazetteer, at(lon, lat)) for lon, lat in zip(lons, lats, strict=True)]
    found = Grounds().districts(gazetteer, np.array(lons), np.array(lats))
    assert found == [one.pk if one else None for one in single]
    assert len(set(found)) >= 2

"""Whose a point is and what lies there."""

from __future__ import annotations

import random

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from geo import many, services
from geo.models import Address, District, Municipality
from tests.geo.conftest import at, box


def test_owner_of(county: Municipality, town: Municipality) -> None:
    assert services.owner_of(at(8.2, 51.95)) == town
    assert services.owner_of(at(8.3, 52.15)) == county
    assert services.owner_of(at(13.4, 52.5)) is None


def test_many_owners_are_the_same(county: Municipality, town: Municipality) -> None:
    dice = random.Random(3)
    lons = [dice.uniform(7.9, 8.5) for _ in range(200)] + [8.2]
    lats = [dice.uniform(51.85, 52.25) for _ in range(200)] + [52.05]
    single = [services.owner_of(at(lon, lat)) for lon, lat in zip(lons, lats, strict=True)]
    assert many.owners_of(lons, lats) == [one.id if one else None for one in single]
    assert len({one.id for one in single if one}) == 4
    assert many.owners_of([], []) == []


def test_inside(county: Municipality, town: Municipality) -> None:
    west = Municipality.objects.get(slug="west")
    assert services.inside(county, at(8.1, 52.05))
    assert services.inside(west, at(8.1, 52.05))
    assert not services.inside(west, at(8.1, 52.15))
    assert not services.inside(town, at(8.1, 52.05))


def test_without_a_boundary_everything_is_inside(town: Municipality) -> None:
    Municipality.objects.update(boundary=None)
    assert services.inside(town, at(13.4, 52.5))


def test_nearest_address(gazetteer: Municipality) -> None:
    found = services.nearest_address(gazetteer, at(8.2003, 51.9501))
    assert found is not None
    address, metres = found
    assert address.label == "Mühlenstraße 2"
    assert metres == pytest.approx(11.1, abs=0.2)


def test_the_nearest_address_may_be_far_but_not_too_far(gazetteer: Municipality) -> None:
    found = services.nearest_address(gazetteer, at(8.2, 51.942))
    assert found is not None
    assert found[0].label == "Mühlenstraße 1"
    assert found[1] == pytest.approx(890, abs=2)
    assert services.nearest_address(gazetteer, at(8.12, 51.91)) is None
    assert services.nearest_address(gazetteer, at(8.2, 51.942), within=100) is None


def test_nearest_equals_brute_force(gazetteer: Municipality) -> None:
    dice = random.Random(5)
    houses = [(a.id, a.point) for a in Address.objects.filter(kind="address") if a.point is not None]
    for _ in range(20):
        point = at(dice.uniform(8.195, 8.245), dice.uniform(51.945, 51.965))
        found = services.nearest_address(gazetteer, point, within=5000)
        assert found is not None
        best = min(houses, key=lambda one: _squared(one[1].coords, point.coords))
        assert found[0].id == best[0]


def _squared(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return float(((one[0] - other[0]) * 0.6163) ** 2 + (one[1] - other[1]) ** 2)


def test_district_by_boundary(town: Municipality) -> None:
    marienfeld = District.objects.create(
        municipality=town, name="Marienfeld", slug="marienfeld", boundary=box(8.1, 51.9, 8.2, 51.94)
    )
    assert services.district_of(town, at(8.15, 51.92)) == marienfeld
    assert services.district_of(town, at(8.25, 51.92)) is None


def test_district_by_the_nearest_address(gazetteer: Municipality) -> None:
    found = services.district_of(gazetteer, at(8.1501, 51.9301))
    assert found is not None
    assert found.name == "Marienfeld"
    assert services.district_of(gazetteer, at(8.2, 51.95)) is None


def test_locate(gazetteer: Municipality) -> None:
    place = services.locate(at(8.15, 51.93))
    assert place.municipality == gazetteer
    assert place.district is not None
    assert place.district.name == "Marienfeld"
    assert place.address == "Klosterhof 1, Marienfeld"
    assert place.distance == pytest.approx(0, abs=0.01)
    assert place.text == "Klosterhof 1, Marienfeld"


def test_a_place_away_from_houses_says_so(gazetteer: Municipality) -> None:
    with translation.override("en"):
        assert services.locate(at(8.2, 51.948)).text == "near Mühlenstraße 1 (220\u00a0m)"
    with translation.override("de"):
        assert services.locate(at(8.2, 51.948)).text == "nahe Mühlenstraße 1 (220\u00a0m)"


def test_locate_outside(gazetteer: Municipality) -> None:
    place = services.locate(at(13.4, 52.5))
    assert place == services.Place(None, None, None, None)
    assert place.text == ""


def test_nonsense_is_refused(town: Municipality) -> None:
    with pytest.raises(ValidationError):
        services.locate(at(float("nan"), 52))

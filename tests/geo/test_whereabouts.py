"""One query says of a place what three say one after the other."""

from __future__ import annotations

import random

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from geo import services
from geo.models import Address, District, Municipality
from geo.whereabouts import whereabouts
from outbox.kept import looking
from tests.geo.conftest import at, box


def _one_after_the_other(lon: float, lat: float) -> tuple[Municipality | None, int | None, str]:
    owner = services.owner_of(at(lon, lat))
    if owner is None:
        return None, None, ""
    place = services.locate(at(lon, lat), owner=owner, within=services.IN_SIGHT)
    return owner, place.district.pk if place.district else None, place.text


def test_the_same_answers(county: Municipality, gazetteer: Municipality) -> None:
    east = Municipality.objects.get(slug="east")
    District.objects.create(municipality=east, name="Ost", slug="ost", boundary=box(8.25, 52.0, 8.3, 52.05))
    Address.objects.create(municipality=east, label="Weg 1", folded="weg 1", place="Ostdorf", point=at(8.26, 52.01))
    Address.objects.create(municipality=county, label="Hof 1", folded="hof 1", point=at(8.3, 52.16))
    dice = random.Random(7)
    points = [(dice.uniform(7.9, 8.5), dice.uniform(51.85, 52.25)) for _ in range(40)]
    points += [(8.2, 52.05), (8.2003, 51.9501), (8.2, 51.942), (8.2601, 52.0102), (8.3, 52.1601), (13.4, 52.5)]
    points += [(8.2 + dice.uniform(-0.01, 0.01), 51.95 + dice.uniform(-0.01, 0.01)) for _ in range(30)]
    texts = set()
    for lon, lat in points:
        found = whereabouts(at(lon, lat))
        assert (found.owner, found.district_id, found.text) == _one_after_the_other(lon, lat)
        texts.add(found.text)
    assert len(texts) > 3


def test_one_query(gazetteer: Municipality, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with looking():
        whereabouts(at(8.2003, 51.9501))
    with looking(), django_assert_num_queries(1):
        assert whereabouts(at(8.2003, 51.9501)).text.startswith("Mühlenstraße 2")


def test_nonsense_is_refused(town: Municipality) -> None:
    with pytest.raises(ValidationError):
        whereabouts(at(400, 52))

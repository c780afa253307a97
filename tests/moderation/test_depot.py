"""Where the tours of a unit begin and end: typed as an address or as latitude and longitude."""

import pytest
from django.contrib.gis.geos import Point
from django.urls import reverse

from accounts.models import Unit
from geo.folding import fold
from geo.models import Address


def save(client, unit, depot):
    data = {"name": unit.name, "mail_rhythm": "at_once", "depot": depot}
    return client.post(reverse("setup_unit", args=[unit.pk]), data)


@pytest.fixture
def admin(client, town):
    client.force_login(town.admin)
    return client


def test_by_coordinates_by_address_and_away_again(admin, town):
    middle = town.middle
    assert save(admin, town.yard, f"{middle.y:.5f}, {middle.x:.5f}").status_code == 302
    unit = Unit.objects.get(pk=town.yard.pk)
    assert unit.depot == (round(middle.x, 5), round(middle.y, 5))
    assert f"{middle.y:.5f}, {middle.x:.5f}" in admin.get(reverse("setup_unit", args=[unit.pk])).text
    yard = Point(middle.x + 0.01, middle.y, srid=4326)
    Address.objects.create(
        municipality=town.municipality, kind="poi", label="Bauhof", folded=fold("Bauhof"), point=yard
    )
    assert save(admin, unit, "Bauhof").status_code == 302
    assert Unit.objects.get(pk=unit.pk).depot == (round(yard.x, 5), round(yard.y, 5))
    assert save(admin, unit, "").status_code == 302
    assert Unit.objects.get(pk=unit.pk).depot is None


def test_comma_as_the_decimal_sign(admin, town):
    typed = f"{town.middle.y:.4f} {town.middle.x:.4f}".replace(".", ",")
    assert save(admin, town.yard, typed).status_code == 302
    assert Unit.objects.get(pk=town.yard.pk).depot == (round(town.middle.x, 4), round(town.middle.y, 4))


def test_what_is_no_place_here(admin, town):
    assert "nicht bekannt" in save(admin, town.yard, "Mondstraße 99").text
    swapped = f"{town.middle.x:.4f}, {town.middle.y:.4f}"
    assert "liegt weit weg" in save(admin, town.yard, swapped).text
    assert Unit.objects.get(pk=town.yard.pk).depot is None

"""`/verwaltung/einrichtung/zustaendigkeit/`: rows by district, drawing or GeoJSON; who is responsible at a place."""

import json

import pytest
from django.urls import reverse

from accounts.models import Unit
from cases.models import Responsibility
from cases.routing import Weight
from geo.models import District
from moderation.rules.responsibility import WHY
from tests.conftest import make_municipality, square

NEW = "setup_responsibility_new"


@pytest.fixture
def admin(login, town):
    return login(town.admin)


@pytest.fixture
def district(town):
    return District.objects.create(
        municipality=town.municipality, slug="marienfeld", name="Marienfeld", boundary=square(8.23, 51.96, 0.01)
    )


def typed(town, **facts):
    return {"topic": "laterne", "where": "ueberall", "unit": town.greens.pk, **facts}


def test_only_administrators_of_this_house(client, login, town, neighbour):
    theirs = Responsibility.objects.get(municipality=neighbour.municipality)
    for name in ("setup_responsibility", "setup_responsible_here", "setup_responsibility_areas", NEW):
        assert client.get(reverse(name)).status_code == 302
        assert login(town.manager).get(reverse(name)).status_code == 403
        assert login(town.admin).get(reverse(name)).status_code == 200
    for name in ("setup_responsibility_row", "setup_responsibility_remove"):
        assert login(town.admin).post(reverse(name, args=[theirs.pk])).status_code == 404
    assert login(town.admin).get(reverse(NEW), {"wie": theirs.pk}).status_code == 404


def test_a_row_for_a_district_and_one_for_a_pasted_area(admin, town, district):
    assert admin.post(reverse(NEW), typed(town, where="ortsteil")).status_code == 422
    assert admin.post(reverse(NEW), typed(town, where="ortsteil", district=district.pk)).status_code == 302
    made = Responsibility.objects.get(area_name="Marienfeld")
    assert made.area.equals(district.boundary)
    ring = [[8.22, 51.95], [8.24, 51.95], [8.24, 51.97], [8.22, 51.95]]
    polygon = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    for text in ("", "{", '{"type": "Point", "coordinates": [8.2, 51.9]}', "[" * 5000):
        answer = admin.post(reverse(NEW), typed(town, where="gebiet", area_name="Dreieck", geojson=text))
        assert "geojson" in answer.context["form"].errors, text[:20]
    answer = admin.post(reverse(NEW), typed(town, where="gebiet", area_name="Dreieck", geojson=json.dumps(polygon)))
    assert answer.status_code == 302
    made = Responsibility.objects.get(area_name="Dreieck")
    address = reverse("setup_responsibility_row", args=[made.pk])
    form = admin.get(address).context["form"]
    values = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    answer = admin.post(address, {**values, "seen": form._now(), "text_de": "Das macht das Grünflächenamt."})
    assert answer.status_code == 302
    again = Responsibility.objects.get(pk=made.pk)
    assert again.area.equals_exact(made.area), "what was not drawn anew stays to the last digit"
    assert again.text == {"de": "Das macht das Grünflächenamt."}
    assert admin.post(reverse("setup_responsibility_remove", args=[made.pk])).status_code == 302


def test_the_table_names_holes_overlaps_and_what_is_inherited(admin, town, django_assert_max_num_queries):
    county = make_municipality("kreis", "Kreis", "KR", lon=8.23, lat=51.96)
    town.municipality.parent = county
    town.municipality.save()
    Responsibility.objects.filter(municipality=town.municipality).delete()
    office = Unit.objects.create(municipality=county, slug="amt", name="Kreisbauamt")
    theirs = Responsibility.objects.create(
        municipality=county, topic=town.pothole.topic, unit=office, area=square(8.22, 51.96, 0.01), area_name="K 12"
    )
    Responsibility.objects.create(
        municipality=town.municipality, unit=town.yard, area=square(8.235, 51.96, 0.01), area_name="Ortskern"
    )
    with django_assert_max_num_queries(18):
        page = admin.get(reverse("setup_responsibility")).content.decode()
    assert "Kreisbauamt" in page
    assert "von Stadt Kreis" in page
    assert "überschneidet sich" in page
    assert "gehen von selbst an niemanden" in page
    begun = admin.get(reverse(NEW), {"wie": theirs.pk}).context["form"]
    assert (begun["area_name"].value(), begun["unit"].value()) == ("K 12", str(office.pk))


def test_who_is_responsible_here_and_why(admin, town):
    small = Responsibility.objects.create(
        municipality=town.municipality, unit=town.greens, area=square(8.23, 51.96, 0.01), area_name="Park"
    )
    asked = {"kategorie": "schlagloch", "lat": "51,96", "lon": "8,23"}
    answer = admin.get(reverse("setup_responsible_here"), asked)
    assert answer.context["answer"]["wins"]["row"] == small
    page = answer.content.decode()
    assert "Gilt überall" in page
    without = admin.get(reverse("setup_responsible_here"), {"kategorie": "schlagloch"})
    assert without.context["answer"]["wins"]["row"].unit == town.yard
    assert "vertraulich" in admin.get(reverse("setup_responsible_here"), {"kategorie": "beschwerde"}).content.decode()
    assert admin.get(reverse("setup_responsible_here"), {**asked, "lon": ""}).status_code == 422
    nowhere = admin.get(reverse("setup_responsible_here"), {"kategorie": "schlagloch", "adresse": "Nirgendweg 9"})
    assert nowhere.context["answer"] is None


def test_every_way_to_lose_has_words():
    assert set(WHY) == set(Weight._fields)

"""Step 1: by point, by address, by photo, in words, or without a place."""

import pytest
from django.contrib.gis.geos import Point

from geo.models import Address, Street
from tests.conftest import jpeg
from tests.reports.flow_story import Story, photo_taken_at, step_of


def house(town, street="Mühlenstraße", number="12", lon=8.231, lat=51.961):
    row, _new = Street.objects.get_or_create(municipality=town.municipality, name=street, folded="muehlenstrasse")
    return Address.objects.create(
        municipality=town.municipality,
        street=row,
        kind="address",
        house_number=number,
        label=f"{street} {number}",
        folded=f"muehlenstrasse {number}",
        point=Point(lon, lat, srid=4326),
    )


def street(town):
    row, _new = Street.objects.get_or_create(
        municipality=town.municipality, name="Mühlenstraße", folded="muehlenstrasse"
    )
    return Address.objects.create(
        municipality=town.municipality,
        street=row,
        kind="street",
        label="Mühlenstraße",
        folded="muehlenstrasse",
        point=Point(8.23, 51.96, srid=4326),
    )


def begun(client):
    story = Story(client)
    story.start()
    return story


def test_a_point_of_the_map_gets_its_address(client, town):
    house(town)
    story = begun(client)
    page = story.place(lat="51.96101", lon="8.23101", pinned="1")
    assert step_of(page) == "was"
    assert story.typed.point == (8.23101, 51.96101)
    assert story.typed.address == "Mühlenstraße 12"


def test_words_beside_a_point_of_the_map_stay(client, town):
    story = begun(client)
    story.place(lat="51.961", lon="8.231", pinned="1", address="hinter der Bank 🪑")
    assert story.typed.point == (8.231, 51.961)
    assert story.typed.address == "hinter der Bank 🪑"


def test_nothing_chosen_is_said_with_a_link_to_the_field(client, town):
    page = begun(client).place(address="")
    text = page.content.decode()
    assert step_of(page) == "ort"
    assert "<title>Fehler:" in text
    assert 'href="#address"' in text
    assert 'id="address"' in text
    assert 'aria-invalid="true"' in text


def test_the_search_offers_addresses_to_choose_from(client, town):
    street(town), house(town)
    story = begun(client)
    page = story.place(address="mühlen", search="1")
    assert step_of(page) == "ort"
    assert "Mühlenstraße" in page.content.decode()
    assert 'value="8.2300000,51.9600000"' in page.content.decode()
    page = story.place(address="mühlen", hit="8.2300000,51.9600000")
    assert step_of(page) == "was"
    assert story.typed.point == (8.23, 51.96)
    assert story.typed.address == "Mühlenstraße"


def test_an_exact_address_needs_no_choice(client, town):
    street(town), house(town)
    story = begun(client)
    page = story.place(address="Mühlenstr. 12")
    assert step_of(page) in {"was", "ort"}
    page = story.place(address="Mühlenstraße 12")
    assert step_of(page) == "was"
    assert story.typed.point == (8.231, 51.961)


def test_several_fits_are_asked_about_and_words_may_stay(client, town):
    street(town), house(town)
    story = begun(client)
    page = story.place(address="Mühlen")
    assert step_of(page) == "ort"
    assert 'value="words"' in page.content.decode()
    page = story.place(address="Mühlen", hit="words")
    assert step_of(page) == "was"
    assert story.typed.point is None
    assert story.typed.address == "Mühlen"


def test_an_unknown_address_is_taken_in_words(client, town):
    story = begun(client)
    page = story.place(address="Am alten Teich, hinter der Schule")
    assert step_of(page) == "was"
    assert story.typed.point is None
    assert story.typed.address == "Am alten Teich, hinter der Schule"


def test_new_words_without_the_map_forget_the_old_point(client, town):
    story = begun(client)
    story.place(lat="51.961", lon="8.231", pinned="1", address="Bank")
    story.place(lat="51.961", lon="8.231", address="Ganz woanders")
    assert story.typed.point is None
    assert story.typed.address == "Ganz woanders"


def test_the_same_words_without_the_map_keep_the_point(client, town):
    story = begun(client)
    story.place(lat="51.961", lon="8.231", pinned="1", address="Bank")
    story.place(lat="51.961", lon="8.231", address="Bank")
    assert story.typed.point == (8.231, 51.961)


def test_outside_says_whose_it_is_and_keeps_the_words(client, town, neighbour):
    page = begun(client).place(lat="52.11", lon="7.10", pinned="1", address="Dorfplatz")
    text = page.content.decode()
    assert step_of(page) == "ort"
    assert "Stadt Heek" in text
    assert "heek.localhost" in text
    assert "/melden/" in text
    assert 'value="Dorfplatz"' in text


def test_outside_of_everything_is_said_too(client, town):
    page = begun(client).place(lat="48.1", lon="11.5", pinned="1")
    assert step_of(page) == "ort"
    assert "Fehler:" in page.content.decode()


def test_praise_needs_no_place(client, town):
    story = begun(client)
    page = story.post("ort", placeless="1")
    assert step_of(page) == "was"
    text = page.content.decode()
    assert "Lob" in text
    assert "Beschwerde" in text
    assert "Schlagloch" not in text


def test_a_photo_names_the_place_and_stays(client, town):
    story = begun(client)
    page = story.post("ort", photo="1", place_photo=photo_taken_at())
    assert step_of(page) == "ort"
    assert story.typed.point == pytest.approx((8.2389, 51.9639), abs=0.001)
    assert story.typed.photo_place is None
    assert story.draft.files.count() == 1


def test_a_photo_without_a_place_says_so_and_stays(client, town):
    story = begun(client)
    page = story.post("ort", photo="1", place_photo=jpeg())
    assert "Fehler:" in page.content.decode()
    assert story.draft.files.count() == 1


def test_no_photo_chosen_is_no_error_of_ours(client, town):
    assert begun(client).post("ort", photo="1").status_code == 200

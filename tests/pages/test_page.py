"""Pages of the municipality's own words: which text holds, how it is shown, and that nothing gets through it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from geo.models import Municipality
from geo.policy import STATES
from pages.authorities import AUTHORITIES
from pages.markdown import html
from pages.policy import ABOUT, TEXT_MAX, Key
from pages.services import facts, standard, text_of, write_page
from tests.conftest import AT, Town, make_municipality


@pytest.mark.parametrize("key", list(Key))
def test_every_page_has_a_beginning(client: Client, town: Town, key: Key) -> None:
    response = client.get(f"/{ABOUT[key].path}/")
    text = response.content.decode()
    assert response.status_code == 200
    assert "{{" not in text, "no placeholder is left over"
    assert "{%" not in text
    assert text.count("<h1") == 1
    assert not response.cookies
    assert client.get(f"/{ABOUT[key].path}/", headers={"if-none-match": response["ETag"]}).status_code == 304


def test_the_nearest_text_holds(town: Town) -> None:
    """Own over county's over what was written before over the standard one; taking it back inherits again."""
    county = town.municipality
    child = make_municipality("dorf", "Dorf", "DRF", lon=9, lat=52, parent=county)

    def source() -> str:
        return text_of(child, Key.CONTACT, "de").source

    assert source() == standard(Key.CONTACT, "de")
    Municipality.objects.filter(pk=county.pk).update(texts={"contact": {"de": "Von früher"}})
    child.refresh_from_db()
    assert source() == "Von früher"
    write_page(municipality=county, key=Key.CONTACT, text={"de": "Vom Kreis"}, at=AT, by=town.admin)
    assert source() == "Vom Kreis"
    write_page(municipality=child, key=Key.CONTACT, text={"de": "Vom Dorf", "en": " "}, at=AT, by=town.admin)
    assert source() == "Vom Dorf"
    assert text_of(child, Key.CONTACT, "en").language == "de", "and the page says so"
    assert write_page(municipality=child, key=Key.CONTACT, text={"de": ""}, at=AT, by=None) is None
    assert source() == "Vom Kreis"


def test_placeholders_are_filled_and_empty_lines_left_out(town: Town) -> None:
    town.municipality.contact_phone = ""
    write_page(
        municipality=town.municipality,
        key=Key.CONTACT,
        text={"de": "Wir sind {{ title }}.\nTelefon: {{ phone }}\n{{ unknown }} bleibt"},
        at=AT,
        by=None,
    )
    shown = text_of(town.municipality, Key.CONTACT).shown(town.municipality)
    assert "Wir sind Stadt Harsewinkel." in shown
    assert "Telefon" not in shown
    assert "{{ unknown }} bleibt" in shown


def test_a_text_is_checked(town: Town) -> None:
    with pytest.raises(ValidationError, match=r"German|deutsche"):
        write_page(municipality=town.municipality, key=Key.IMPRINT, text={"en": "Only"}, at=AT, by=None)
    with pytest.raises(ValidationError):
        write_page(municipality=town.municipality, key=Key.IMPRINT, text={"de": "x" * (TEXT_MAX + 1)}, at=AT, by=None)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://elsewhere.example/pixel.png)",
        "<a href='x' onclick='alert(1)'>x</a>",
        '[x](https://a.example "onmouseover=alert(1)")',
        "<https://a.example/<script>>",
    ],
)
def test_no_markup_gets_through(text: str) -> None:
    made = html(text)
    assert "<script" not in made
    assert "<img" not in made
    assert "javascript:" not in made.lower().replace("(javascript:", "")
    assert 'href="data:' not in made
    assert not any(f"<a {word}" in made for word in ("onclick", "onmouse"))


def test_headings_begin_below_the_title() -> None:
    assert html("# A\n\n## B") == html("## A\n\n### B") == "<h2>A</h2>\n<h3>B</h3>\n"
    assert '<th scope="col">' in html("| A | B |\n|---|---|\n| 1 | 2 |")


def test_all_states_have_their_authorities(town: Town) -> None:
    assert set(AUTHORITIES) == set(STATES)
    for authority in AUTHORITIES.values():
        assert all((authority.law, authority.body, authority.email, authority.procedure, authority.data_protection))
        assert authority.data_protection_website.startswith("https://")
    with translation.override("de"):
        assert facts(town.municipality)["state"] == "Nordrhein-Westfalen"


def test_english_falls_back_with_the_language_marked(client: Client, town: Town) -> None:
    write_page(municipality=town.municipality, key=Key.IMPRINT, text={"de": "Nur deutsch"}, at=AT, by=None)
    client.cookies["django_language"] = "en"
    text = client.get("/impressum/").content.decode()
    assert 'lang="de"' in text
    assert "Nur deutsch" in text

"""`/verwaltung/einrichtung/einbetten/`: sites are named, checked and kept; the line to paste fits the selection."""

import html

import pytest
from django.urls import reverse

PAGE = "/verwaltung/einrichtung/einbetten/"


def test_sites_are_kept_as_the_policy_needs_them(login, town):
    client = login(town.admin)
    typed = "HTTPS://www.harsewinkel.example/\n\n https://*.kreis.example:8443 \nhttps://www.harsewinkel.example"
    assert client.post(PAGE, {"embed_origins": typed})["Location"] == reverse("setup_embed")
    town.municipality.refresh_from_db()
    assert town.municipality.embed_origins == ["https://www.harsewinkel.example", "https://*.kreis.example:8443"]


@pytest.mark.parametrize(
    "wrong",
    [
        "www.example.org",
        "https://example.org/pfad",
        "*",
        "https://a.example; script-src *",
        "javascript:alert(1)",
        "data:",
    ],
)
def test_what_is_no_site_is_told_and_kept(wrong, login, town):
    answer = login(town.admin).post(PAGE, {"embed_origins": wrong})
    assert answer.status_code == 422
    text = html.unescape(answer.content.decode())
    assert "ohne Pfad" in text
    assert wrong in text
    town.municipality.refresh_from_db()
    assert town.municipality.embed_origins == []


def test_the_line_fits_the_selection(login, town):
    answer = login(town.admin).get(PAGE, {"kategorie": "schlagloch", "anzahl": "3"})
    text = html.unescape(html.unescape(answer.content.decode()))
    assert f'<iframe src="{town.municipality.base_url()}/widget/?kategorie=schlagloch&anzahl=3"' in text


def test_only_administrators(login, town):
    assert login(town.clerk).get(PAGE).status_code == 403

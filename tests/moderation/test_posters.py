"""`/verwaltung/einrichtung/plakate/`: the code on the paper opens the form at the right thing."""

import pytest

from cases.models import Case
from reports.poster import Poster, address_of, read_lines

PAGE = "/verwaltung/einrichtung/plakate/"


def test_the_way_from_the_poster_to_the_desk(client, login, town):
    """The address in the code, opened and sent as a report: category, thing and place are there."""
    slug = town.lamp.topic.slug
    poster = Poster("Dunkel?", slug, "Laterne aus", "Laterne 4711 & Söhne", 51.96, 8.23)
    path = address_of(town.municipality, poster).removeprefix(town.municipality.base_url())
    begin = client.get(path)
    assert "Laterne 4711 &amp; Söhne" in begin.content.decode()
    hidden = {"kategorie": slug, "objekt": "Laterne 4711 & Söhne", "lat": "51.96", "lon": "8.23"}
    base = client.post("/melden/", hidden, follow=True).redirect_chain[-1][0].removesuffix("ort/")
    for step, typed in {
        "ort": {"lat": "51.96", "lon": "8.23", "pinned": "1"},
        "was": {"category": slug, "text": "Dunkel."},
        "kontakt": {"anonymous": "1"},
    }.items():
        answer = client.post(f"{base}{step}/", typed, follow=True)
    assert "Laterne 4711 &amp; Söhne" in answer.content.decode()
    client.post(f"{base}pruefen/", {})
    case = Case.objects.get()
    assert case.report.asset == "Laterne 4711 & Söhne"
    assert case.topic.slug == slug
    assert "Laterne 4711 &amp; Söhne" in login(town.manager).get(f"/verwaltung/vorgang/{case.pk}/").content.decode()


def test_one_page_per_thing(login, town):
    typed = {"headline": "Etwas kaputt?", "category": "schlagloch", "assets": "Bank 1\n\nŁaźnia; 51,96; 8.23\n"}
    answer = login(town.admin).post(PAGE, typed)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.count(b"/Type /Page\n") == 2
    assert login(town.admin).post(PAGE, {"headline": "Überall"}).content.count(b"/Type /Page\n") == 1


@pytest.mark.parametrize("line", ["Bank; 51", "Bank; x; y", "; 51; 8", "Bank; 91; 8", "Bank; nan; 8", "a" * 81])
def test_a_line_that_makes_no_sense_is_named_and_kept(line, login, town):
    answer = login(town.admin).post(PAGE, {"headline": "Etwas kaputt?", "assets": f"Bank 1\n{line}"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Zeile 2" in text or "ist zu lang" in text
    assert line in text


def test_lines_without_anything_are_nothing():
    assert read_lines("\n  \n") == ([], [])


def test_only_administrators(login, town):
    assert login(town.clerk).get(PAGE).status_code == 403

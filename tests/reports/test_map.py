"""The page with map and list: the list is complete without a script."""

import re
from datetime import timedelta

from django.contrib.gis.geos import Point

from cases.change import By
from cases.policy import State
from cases.services import move
from geo import grid
from reports import map as map_page
from reports import pins
from tests.conftest import AT


def page(client, query=""):
    return client.get(f"/karte/{query}")


def links(response):
    return re.findall(r'class="row__title"><a href="([^"]+)"', response.content.decode())


def test_the_list_holds_what_is_released_newest_first(client, make_report, release):
    make_report("Noch in Prüfung")
    older, newer = release(at=AT), release(at=AT + timedelta(days=1))
    assert links(page(client)) == [f"/meldungen/{newer.number}/", f"/meldungen/{older.number}/"]


def test_an_empty_list_says_what_to_do(client, town):
    text = page(client, "?q=Elefant").content.decode()
    assert "Nichts gefunden" in text
    assert 'href="/melden/"' in text


def test_a_number_that_is_not_public_leads_to_its_page(client, make_report):
    case = make_report()
    text = page(client, f"?q={case.number}").content.decode()
    assert f"/verfolgen/?nummer={case.number}" in text
    assert "Schlagloch," not in text


def test_filters_are_a_plain_form_and_chips_take_them_back(client, town, release):
    release()
    text = page(client, "?q=Loch&status=neu&kategorie=schlagloch").content.decode()
    assert 'value="neu" checked' in text
    assert '<option value="schlagloch" selected>' in text
    assert "?q=Loch&amp;kategorie=schlagloch" in text
    assert "beschwerde" not in text


def test_a_filter_that_makes_no_sense_is_told(client, town):
    response = page(client, "?status=quatsch&von=gestern&nach=x&bbox=1")
    assert response.status_code == 200
    assert "„quatsch“ ist hier kein Filter" in response.content.decode()


def test_older_reports_are_one_link_away(client, release, monkeypatch):
    monkeypatch.setattr("reports.search.page_of.__defaults__", ("", 2))
    made = [release(at=AT + timedelta(hours=n)) for n in range(3)]
    first = page(client, "?kategorie=schlagloch")
    following = re.search(r'rel="next" href="([^"]+)"', first.content.decode())
    second = client.get(following[1].replace("&amp;", "&"))
    assert links(first) == [f"/meldungen/{case.number}/" for case in (made[2], made[1])]
    assert links(second) == [f"/meldungen/{made[0].number}/"]
    assert "kategorie=schlagloch" in following[1]


def test_the_list_follows_the_section_of_the_map(client, release):
    release()
    assert links(client.get("/karte/liste/?bbox=8.22,51.95,8.24,51.97"))
    assert not links(client.get("/karte/liste/?bbox=8.0,51.95,8.1,51.97"))


def test_many_hits_are_not_counted_to_the_end(client, release, monkeypatch):
    monkeypatch.setattr(map_page, "COUNTED", 1)
    release()
    assert "Eine Meldung" in page(client, "?q=Loch").content.decode()
    release()
    assert "Mehr als 1 Meldungen" in page(client, "?q=Loch").content.decode()


def test_pages_may_be_kept_by_shared_caches(client, release):
    release()
    response = page(client)
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert client.get("/karte/", headers={"if-none-match": response["ETag"]}).status_code == 304


def test_a_hidden_report_is_gone_from_the_list(client, town, release):
    case = release()
    case.municipality.stages.filter(slug="nicht-zustaendig").update(hides=True)
    move(case=case, to=State.REJECTED, by=By.staff(town.manager), text="Verstoß gegen die Regeln")
    assert not links(page(client))


def test_ten_queries_however_long_the_list(client, release, django_assert_max_num_queries):
    for _ in range(4):
        release()
    with django_assert_max_num_queries(10):
        page(client)
    with django_assert_max_num_queries(5):
        client.get("/karte/liste/?bbox=8.2,51.9,8.3,52")


def test_the_style_of_the_map_does_not_come_late(client, town):
    """The script names the same sheet, and finds it there: no second layout on a slow phone. It stands before ours."""
    text = client.get("/karte/").content.decode()
    named = re.findall(r'data-leaflet-css="([^"]+)"', text)[0]
    assert text.index(f'<link rel="stylesheet" href="{named}">') < text.index("css/tokens")


def test_the_list_tells_how_many_reports_the_section_holds(client, town, release):
    for step in range(3):
        release(point=Point(8.23 + step / 100, 51.96, srid=4326))
    section = "/karte/liste/?bbox=8.2,51.9,8.245,52.0"
    assert client.get(f"{section}&zoom=14")["X-Total-Count"] == "2"
    assert "X-Total-Count" not in client.get(section)


def test_a_tile_twice_as_large_shows_what_the_next_zoom_does(client, town, release, monkeypatch):
    monkeypatch.setattr(pins, "PINS", 0)
    for step in range(2):
        release(point=Point(8.23 + step * 0.006, 51.96, srid=4326))
    x, y = grid.cell_tile(grid.cell(grid.morton(8.23, 51.96), 13), 13)
    small, large = (client.get(f"/karte/kacheln/13/{x}/{y}.json{query}").json() for query in ("", "?groesse=512"))
    assert small["total"] == large["total"] == 2
    assert [len(one["features"]) for one in (small, large)] == [1, 2]

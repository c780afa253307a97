"""What the map draws: pins, or clusters where a view holds too many."""

import math

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.change import By
from cases.policy import State
from cases.services import move
from geo import grid
from reports import pins
from reports.counts.folding import fold
from reports.services import change_place, withdraw_text
from reports.showing import public_report, readable

NONE = [0] * 6
VIEW = "bbox=8.2,51.9,8.26,52.0"


def data(client, query=VIEW, zoom=15):
    response = client.get(f"/karte/daten.json?{query}&zoom={zoom}")
    assert response.status_code == 200
    return response.json()


def test_pins_say_number_icon_state_and_title(client, town, release):
    case = release(address="Mühlenstraße 12")
    move(case=case, to=State.OPEN, by=By.staff(town.manager))
    found = data(client)
    assert found["total"] == 1
    feature = found["features"][0]
    assert feature["properties"] == {
        "number": case.number,
        "title": public_report(readable().get(pk=case.pk)).title,
        "icon": "pothole",
        "look": "working",
        "state": "in Bearbeitung",
    }
    assert feature["geometry"]["coordinates"] == pytest.approx([8.23, 51.96], abs=1e-5)


def test_a_title_shows_a_place_in_words_only_with_the_text(client, town, release, photo_of):
    from reports.services import release_photo

    case = release(address="hinter Oma Ernas Garten", point=town.middle)
    assert "Erna" in data(client)["features"][0]["properties"]["title"]
    release_photo(photo=photo_of(case), by=By.staff(town.manager))
    withdraw_text(case=case, by=By.staff(town.manager))
    title = data(client)["features"][0]["properties"]["title"]
    assert "Erna" not in title
    assert title == public_report(readable().get(pk=case.pk)).title


def test_what_is_not_released_has_no_pin(client, make_report, town):
    make_report()
    make_report("Beschwerde", category=town.complaint)
    assert data(client) == {"type": "FeatureCollection", "total": 0, "features": []}


def test_the_box_is_exact_for_pins(client, release):
    release()
    assert data(client, "bbox=8.23001,51.9,8.3,52.0")["total"] == 0


def test_filters_hold_for_the_map_too(client, town, release):
    release()
    release(category=town.lamp)
    assert data(client, VIEW + "&kategorie=laterne")["total"] == 1
    assert data(client, VIEW + "&q=Elefant")["total"] == 0


def test_more_than_the_limit_become_clusters(client, release, monkeypatch):
    monkeypatch.setattr(pins, "PINS", 2)
    for _ in range(3):
        release()
    release(point=Point(8.25, 51.97, srid=4326))
    found = data(client, zoom=12)
    assert found["total"] == 4
    assert sorted(one["properties"]["count"] for one in found["features"]) == [1, 3]
    assert {"count": 3, "looks": {"received": 3}} in [one["properties"] for one in found["features"]]
    largest = max(found["features"], key=lambda one: one["properties"]["count"])
    assert largest["geometry"]["coordinates"] == pytest.approx([8.23, 51.96], abs=0.003)
    assert [one["properties"]["count"] for one in data(client, zoom=6)["features"]] == [4]


def test_clusters_lose_nothing_and_do_not_lie_over_each_other():
    places = [(8.2 + (n * 37 % 101) / 1500, 51.9 + (n * 53 % 97) / 2000, n) for n in range(400)]
    rows = [(grid.morton(lon, lat), state) for lon, lat, n in places for state in ["done", *["open"] * (n % 3)]]
    found = pins.clusters(pins._by_cell(rows, 13), 13)
    assert sum(one["properties"]["count"] for one in found) == len(rows)
    assert sum(one["properties"]["looks"]["done"] for one in found) == 400
    scale = 256 * 2**13 / 360
    drawn = [one["geometry"]["coordinates"] for one in found]
    near = [
        math.hypot((a[0] - b[0]) * scale, (a[1] - b[1]) * scale / math.cos(math.radians(52)))
        for a in drawn
        for b in drawn
        if a is not b
    ]
    assert min(near) > 30


@pytest.mark.parametrize(
    "query",
    ["", "bbox=a", "bbox=1,2,3,4,5", "bbox=nan,0,1,1", "bbox=9,52,8,51", "bbox=-999,-999,999,999", "zoom=x&bbox=,"],
)
def test_nonsense_is_never_an_error(client, release, query):
    release()
    response = client.get(f"/karte/daten.json?{query}")
    assert response.status_code == 200
    assert response.json()["total"] == 1


@pytest.mark.parametrize("zoom", ["-5", "1e9", "nan", "inf", "99", "12.5"])
def test_any_zoom_is_answered(client, release, monkeypatch, zoom):
    monkeypatch.setattr(pins, "PINS", 0)
    release()
    assert data(client, zoom=zoom)["total"] == 1


def test_a_moved_place_moves_its_pin(client, town, release):
    case = release()
    change_place(case=case, by=By.staff(town.manager), point=Point(8.25, 51.97, srid=4326))
    assert data(client)["features"][0]["geometry"]["coordinates"] == pytest.approx([8.25, 51.97], abs=1e-5)


def test_the_answer_has_an_etag_and_is_kept_shortly(client, release):
    release()
    response = client.get(f"/karte/daten.json?{VIEW}&zoom=13")
    assert response["Cache-Control"] == "public, max-age=1, s-maxage=1"
    again = client.get(f"/karte/daten.json?{VIEW}&zoom=13", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    assert not again.content


def queries(client, query: str) -> tuple[int, int]:
    """How many statements an answer takes once the host is known, and its total."""
    data(client, query)
    with CaptureQueriesContext(connection) as seen:
        total = data(client, query)["total"]
    return len([one for one in seen.captured_queries if "is_default" not in (one["sql"] or "")]), total


def test_one_query_for_clusters_two_for_pins_one_more_for_categories(client, release, monkeypatch):
    for _ in range(3):
        release()
    assert queries(client, VIEW) == (2, 3)
    assert queries(client, f"{VIEW}&status=neu") == (2, 3)
    assert queries(client, f"{VIEW}&kategorie=schlagloch&status=neu") == (3, 3)
    monkeypatch.setattr(pins, "PINS", 1)
    assert queries(client, VIEW) == (1, 3)
    assert queries(client, f"{VIEW}&kategorie=schlagloch") == (2, 3)


def test_a_county_shows_what_its_towns_have(client, town, neighbour, release, monkeypatch):
    release(), release(of=neighbour)
    here = town.municipality
    type(here).objects.filter(pk=neighbour.municipality.pk).update(parent=here)
    wide = "bbox=6,51,9,53"
    assert data(client, wide)["total"] == data(client, f"{wide}&status=neu")["total"] == 2
    fold()
    monkeypatch.setattr(pins, "PINS", 0)
    monkeypatch.setattr(pins, "EXACT", 0)
    assert data(client, wide, 9)["total"] == data(client, f"{wide}&status=neu", 9)["total"] == 2


def test_what_is_not_counted_beforehand_is_counted_up_to_a_limit(client, release, monkeypatch):
    monkeypatch.setattr(pins, "PINS", 0)
    monkeypatch.setattr(pins, "MANY", 2)
    for _ in range(3):
        release()
    found = data(client, f"{VIEW}&von=2026-01-01")
    assert (found["total"], found["more"]) == (2, True)
    assert "more" not in data(client)


def test_filters_of_state_and_category_hold_for_clusters_too(client, town, release, monkeypatch):
    monkeypatch.setattr(pins, "PINS", 0)
    by = By.staff(town.manager)
    done = [release(), release(category=town.lamp)]
    release()
    for case in done:
        move(case=case, to=State.DONE, by=by)

    def looks(query: str) -> list[dict[str, int]]:
        return [one["properties"]["looks"] for one in data(client, f"{VIEW}&{query}")["features"]]

    assert looks("") == [{"received": 1, "done": 2}]
    assert looks("status=erledigt") == [{"done": 2}]
    assert looks("kategorie=schlagloch") == [{"received": 1, "done": 1}]
    assert looks("kategorie=strasse&status=neu") == [{"received": 1}]
    assert looks("kategorie=laterne&status=neu") == []
    assert looks("zeitraum=woche") == []


@pytest.mark.parametrize("zoom", [0, 9, 17, 18, 19])
def test_kept_counts_say_what_the_rows_say(client, town, release, monkeypatch, zoom):
    monkeypatch.setattr(pins, "PINS", 0)
    monkeypatch.setattr(pins, "EXACT", 1)
    for step in range(3):
        release(point=Point(8.23 + step / 200, 51.96, srid=4326))
    box = "bbox=8,51.8,8.2375,52.1" if zoom > 9 else "bbox=5,45,15,60"
    kept, now = data(client, box, zoom), data(client, f"{box}&von=2026-01-01", zoom)
    assert kept["total"] == now["total"] == (2 if zoom > 9 else 3)
    assert len(kept["features"]) == len(now["features"]) == (2 if zoom > 9 else 1)


def test_tiles_share_nothing_and_leave_nothing_out(client, town, release, monkeypatch):
    for step in range(6):
        release(point=Point(8.2 + step / 100, 51.95 + step / 200, srid=4326))
    for most in (500, 0):
        monkeypatch.setattr(pins, "PINS", most)
        for zoom in (9, 12, 15):
            tiles = {
                grid.cell_tile(grid.cell(grid.morton(8.2 + n / 100, 51.95 + n / 200), zoom), zoom) for n in range(6)
            }
            found = [client.get(f"/karte/kacheln/{zoom}/{x}/{y}.json").json() for x, y in tiles]
            assert sum(one["total"] for one in found) == 6
            assert all(one["total"] for one in found)
            counts = [feature["properties"].get("count", 1) for one in found for feature in one["features"]]
            assert sum(counts) == 6


def test_a_tile_is_for_caches_too_and_knows_the_filters(client, town, release):
    case = release()
    x, y = grid.cell_tile(grid.cell(grid.morton(8.23, 51.96), 14), 14)
    url = f"/karte/kacheln/14/{x}/{y}.json"
    response = client.get(url)
    assert response["Cache-Control"] == "public, max-age=1, s-maxage=1"
    assert "Set-Cookie" not in response
    assert "cookie" not in response.get("Vary", "").lower()
    assert client.get(url, headers={"if-none-match": response["ETag"]}).status_code == 304
    assert client.get(f"{url}?status=neu&kategorie=schlagloch").json()["total"] == 1
    assert client.get(f"{url}?status=erledigt").json()["total"] == 0
    move(case=case, to=State.DONE, by=By.staff(town.manager))
    assert client.get(url, headers={"if-none-match": response["ETag"]}).status_code == 200
    assert client.get(f"{url}?status=erledigt").json()["total"] == 1


@pytest.mark.parametrize("tile", ["20/0/0", "3/8/0", "3/0/8"])
def test_there_is_no_tile_outside(client, town, tile):
    assert client.get(f"/karte/kacheln/{tile}.json").status_code == 404

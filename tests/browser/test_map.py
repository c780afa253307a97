"""The map with very many reports on a slow phone, tile by tile, and its vector base map, be it there or not."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command
from playwright.sync_api import CDPSession, Page, Route, expect

from cases.change import By
from cases.models import Case
from cases.policy import State
from cases.services import move
from geo import base_map
from reports.services import release_text
from tests.browser.watch import Watch
from tests.conftest import Town

LOOKS = ("received", "working", "waiting", "done", "closed")
MANY = 10_000
LONGEST = 100  # ms
SLOWER = 4  # times is a phone slower
TILE = re.compile(r"/karte/kacheln/(\d+)/(\d+)/(\d+)\.json\?groesse=512")
#: How many different colours the pictures of the base map have: one where nothing was drawn.
COLOURS = """() => {
  const seen = new Set();
  for (const tile of document.querySelectorAll(".leaflet-vector-pane canvas")) {
    if (!tile.width) continue;
    const copy = document.createElement("canvas");
    copy.width = copy.height = 64;
    const pen = copy.getContext("2d");
    pen.drawImage(tile, 0, 0, 64, 64);
    const all = new Uint32Array(pen.getImageData(0, 0, 64, 64).data.buffer);
    for (const one of all) seen.add(one);
  }
  return seen.size;
}"""


@pytest.fixture
def release(town: Town, make_report: Callable[..., Case]) -> Callable[..., Case]:
    """`release(…)` hands in a report and makes its text public."""

    def make(**facts: Any) -> Case:
        case = make_report("Tiefes Loch vor dem Haus", **facts)
        release_text(case=case, by=By.staff(town.manager))
        return case

    return make


def feature(number: int, lon: float, lat: float) -> dict[str, Any]:
    """A pin as the server tells of it."""
    said = {"number": f"2026-{number:05}", "title": f"Meldung {number}", "icon": "lamp", "state": "in Arbeit"}
    point = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": point, "properties": {**said, "look": LOOKS[number % 5]}}


def crowd(middle: Point) -> Iterator[dict[str, Any]]:
    """MANY pins, the denser the nearer to the middle, always the same."""
    for number in range(MANY):
        turn, far = number * 2.399963, 0.012 * math.sqrt(number / MANY)
        yield feature(number, middle.x + far * math.cos(turn), middle.y + 0.6 * far * math.sin(turn))


def tile_of(pin: dict[str, Any], zoom: int) -> tuple[int, int]:
    """Column and row of the tile in which a pin lies."""
    lon, lat = pin["geometry"]["coordinates"]
    across = (lon + 180) / 360
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int(across * 2**zoom), int(down * 2**zoom)


def serve(page: Page, features: list[dict[str, Any]]) -> list[str]:
    """Answer tiles with these features; returns the tiles that were asked for, as they come."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        found = TILE.search(route.request.url)
        assert found, route.request.url
        z, x, y = map(int, found.groups())
        asked.append(f"{z}/{x}/{y}")
        inside = [one for one in features if tile_of(one, z) == (x, y)]
        said = {"type": "FeatureCollection", "total": len(inside), "features": inside}
        route.fulfill(json=said, headers={"ETag": f'"{z}-{x}-{y}"'})

    page.route("**/karte/kacheln/**", answer)
    return asked


def drag(session: CDPSession, page: Page, across: float, down: float) -> None:
    """A finger moves the map, stops and leaves it."""
    x, y = 195 - across / 2, 300 - down / 2
    for step in range(11):
        kind = "touchMove" if step else "touchStart"
        at = {"x": x + across * step / 10, "y": y + down * step / 10}
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
        page.wait_for_timeout(16)
    page.wait_for_timeout(120)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(500)


class Tasks:
    """How long the tasks of a page keep its processor: the time it works, so that other programs do not count."""

    def __init__(self, session: CDPSession, page: Page) -> None:
        self.session, self.page = session, page
        self.events: list[dict[str, Any]] = []
        self.ended: list[object] = []
        session.on("Tracing.dataCollected", lambda said: self.events.extend(said["value"]))
        session.on("Tracing.tracingComplete", lambda said: self.ended.append(said))

    def longest(self, way: Callable[[], None]) -> float:
        """The longest task of a way, in ms on a processor that is four times slower."""
        self.events.clear()
        self.ended.clear()
        self.session.send("Tracing.start", {"transferMode": "ReportEvents", "categories": "toplevel,__metadata"})
        way()
        self.session.send("Tracing.end")
        while not self.ended:
            self.page.wait_for_timeout(50)
        named = [one for one in self.events if one["name"] == "thread_name"]
        pages = {(one["pid"], one["tid"]) for one in named if one["args"]["name"] == "CrRendererMain"}
        tasks = [one for one in self.events if (one["pid"], one["tid"]) in pages and "RunTask" in one["name"]]
        assert tasks
        return max(float(one.get("tdur", 0)) for one in tasks) / 1000 * SLOWER


def test_ten_thousand_pins_move_with_the_finger(
    town: Town, visit: Callable[..., Page], release: Callable[..., Case]
) -> None:
    """They stand on canvases; what was there is not loaded again; the longest task stays short (best of five)."""
    release()  # else the list says that there is nothing, in front of the map
    page = visit("phone")
    asked = serve(page, list(crowd(town.middle)))
    page.goto(f"/karte/?lat={town.middle.y}&lon={town.middle.x}&z=17")
    drawn = page.get_by_role("img", name=re.compile(r"^[\d.]+ Meldungen auf der Karte"))
    expect(drawn).to_have_count(1)
    expect(page.locator(".leaflet-marker-icon")).to_have_count(0)
    assert len(asked) <= 4
    session = page.context.new_cdp_session(page)
    tasks = Tasks(session, page)

    def there_and_back() -> None:
        for across, down in ((-220, 0), (0, -180), (220, 0), (0, 180)):
            drag(session, page, across, down)

    longest: list[float] = []
    while len(longest) < 5 and (not longest or longest[-1] > LONGEST):
        longest.append(tasks.longest(there_and_back))
    assert min(longest) <= LONGEST, longest
    assert len(set(asked)) <= 9
    # A finger on a pin says which it is.
    page.touchscreen.tap(195, 290)
    expect(page.locator("[data-preview] a")).to_have_text(re.compile(r"^Meldung \d+$"))
    expect(page.locator(".leaflet-marker-icon .pin.is-lifted")).to_be_visible()


def test_a_change_is_seen_after_the_next_move(
    town: Town, visit: Callable[..., Page], release: Callable[..., Case]
) -> None:
    """Pins that stay are asked about again, those that changed change; nothing is doubled over the borders of tiles."""
    case = release()
    for step in range(8):
        release(point=Point(town.middle.x + 0.0006 * step, town.middle.y - 0.0004 * step, srid=4326))
    page = visit("desktop")
    page.goto(f"/karte/?lat={town.middle.y}&lon={town.middle.x}&z=16")
    pins = page.locator(".leaflet-marker-icon")
    expect(pins).to_have_count(9)
    mine = page.locator(".pin--received")
    expect(mine).to_have_count(9)
    move(case=case, to=State.DONE, by=By.staff(town.manager))
    page.wait_for_timeout(2100)
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pin--done")).to_have_count(1)
    expect(pins).to_have_count(9)
    expect(page.locator("[data-total]")).to_have_text("9 Meldungen in diesem Ausschnitt")
    page.get_by_label("Erledigt", exact=True).check()
    expect(pins).to_have_count(1)
    page.get_by_label("Erledigt", exact=True).uncheck()
    expect(pins).to_have_count(9)


@pytest.mark.parametrize("archive", ["whole", "damaged", "gone"])
def test_the_vector_map_comes_with_the_first_touch(
    town: Town, visit: Callable[..., Page], watched: Callable[[Page], Watch], release: Callable[..., Case], archive: str
) -> None:
    """It is drawn by a worker; where it cannot be had, our own streets stay, and the map goes on."""
    release()
    call_command("build_map", town.municipality.slug, verbosity=0)
    path = base_map.path_of(town.municipality.slug)
    page = visit("phone")
    watched(page).allow("pmtiles")
    page.goto(f"/karte/?lat={town.middle.y}&lon={town.middle.x}&z=16")
    expect(page.locator(".leaflet-ground-pane canvas")).to_be_visible()
    expect(page.locator(".leaflet-vector-pane canvas")).to_have_count(0)
    if archive == "damaged":
        whole = path.read_bytes()
        path.write_bytes(whole[:200] + bytes(len(whole) - 200))
    elif archive == "gone":
        path.unlink()
    page.locator("#map").dispatch_event("pointerdown")
    if archive == "whole":
        for _wait in range(100):
            if page.evaluate(COLOURS) > 2:
                break
            page.wait_for_timeout(100)
        assert page.evaluate(COLOURS) > 2
        expect(page.locator(".leaflet-names-pane")).to_be_hidden()
    else:
        page.wait_for_timeout(1500)
        expect(page.locator(".leaflet-vector-pane canvas")).to_have_count(0)
        expect(page.locator(".leaflet-names-pane canvas").first).to_be_visible()
    expect(page.locator(".leaflet-marker-icon")).to_have_count(1)
    page.locator("#map").focus()
    page.keyboard.press("+")
    page.wait_for_url(re.compile(r"z=17"))
    expect(page.locator(".leaflet-marker-icon")).to_have_count(1)

"""A crew and its phone: a day of jobs, a platform that can be started anew, and what stands on the phone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test import Client
from django.test.testcases import QuietWSGIRequestHandler
from django.utils.timezone import localdate, now
from playwright.sync_api import Locator, Page, Playwright, expect

from accounts.models import User
from cases.change import By
from cases.models import Case
from dispatch.services import plan
from tests.browser.reception import Phone, Reception
from tests.conftest import Town

APP = "/aussendienst/"
READ = """
() => new Promise((done) => {
  indexedDB.open("aussendienst").onsuccess = ({target}) => {
    const stores = ["days", "actions", "photos", "meta", "halves"], found = {};
    const transaction = target.result.transaction(stores);
    for (const store of stores) {
      transaction.objectStore(store).getAll().onsuccess = (rows) => { found[store] = rows.target.result; };
    }
    transaction.oncomplete = () => {
      target.result.close();
      found.photos = found.photos.map(({blob, ...rest}) => ({...rest, bytes: blob.size}));
      done(found);
    };
  };
})
"""
CACHED = """
async () => {
  const found = {};
  for (const name of await caches.keys()) {
    found[name] = (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname);
  }
  return found;
}
"""


SEND_NOW = """() => document.querySelector('[data-slot="now"]:not([hidden]) button:not([disabled])')?.click()"""
"""Pressed where it is just then: the button comes and goes with what waits."""


class Platform:
    """The whole platform in threads of this process; it can be started anew at any moment."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()
        self.port = 0
        self._httpd: ThreadedWSGIServer | None = None

    def start(self) -> int:
        """Start it at a new port; what still runs of an earlier one has nobody left to answer to."""
        self.stop()
        self._httpd = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler, connections_override={})
        self._httpd.daemon_threads = True
        self._httpd.block_on_close = False
        self._httpd.set_app(self.handler)
        threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.port = self._httpd.server_address[1]
        return self.port

    def stop(self) -> None:
        """End it."""
        if self._httpd is not None:
            self._httpd.shutdown()
            self._httpd.server_close()
            self._httpd = None


def planned(town: Town, make_report: Callable[..., Case], number: int, **facts: Any) -> list[Case]:
    """So many cases on today's list of the yard, each a street further."""
    made = []
    for index in range(number):
        point = Point(town.middle.x + index % 10 * 0.001, town.middle.y + index // 10 * 0.001, srid=4326)
        case = make_report(f"Loch Nummer {index + 1}", point=point, at=now(), **facts)
        plan(case=case, team=town.yard, day=localdate(), by=By.staff(town.manager))
        case.refresh_from_db()
        made.append(case)
    return made


@pytest.fixture(name="platform")
def a_platform(site: str, settings: Any) -> Iterator[Platform]:
    """A platform that can be started anew."""
    platform = Platform()
    platform.start()
    yield platform
    platform.stop()


@pytest.fixture(name="reception")
def a_line(platform: Platform, settings: Any) -> Iterator[Reception]:
    """The line between phone and platform."""
    line = Reception(platform.port)
    settings.PUBLIC_PORT = str(line.port)
    yield line
    line.close()


@dataclass
class Crew:
    """A phone with the field view on it; `user` is logged in as often as it is switched on."""

    playwright: Playwright
    profile: Any
    reception: Reception
    user: User | None

    def __post_init__(self) -> None:
        self.phone = Phone(self.playwright, self.profile, self.reception)

    @property
    def page(self) -> Page:
        """The page in front."""
        return self.phone.page

    def log_in(self, user: User | None) -> None:
        """From now on the browser has a session of this person, or none."""
        self.user = user
        assert self.phone.context is not None
        self.phone.context.clear_cookies()
        if user is None:
            return
        client = Client()
        client.force_login(user)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.reception.address}
        self.phone.context.add_cookies([{**cookie, "expires": time.time() + 86_400}])  # type: ignore[typeddict-item]

    def start(self, *, address: str = APP) -> Page:
        """Switch the phone on and open the field view."""
        if self.phone.context is None:
            self.phone.start()
            self.log_in(self.user)
        self.page.goto(address, wait_until="domcontentloaded")
        return self.page

    def first_sync(self) -> Page:
        """Open the field view for the first time: the worker is there, and the day with its photos."""
        page = self.start()
        page.wait_for_function("() => navigator.serviceWorker.controller", timeout=60_000)
        self.wait(lambda: bool(self.read()["days"]))
        return page

    def wait(self, done: Callable[[], bool], seconds: float = 30) -> None:
        """Wait until `done()`."""
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, f"still not: {self.states()}"
            self.page.wait_for_timeout(100)

    def read(self) -> dict[str, list[Any]]:
        """Everything that the phone keeps, by store."""
        found: dict[str, list[Any]] = self.page.evaluate(READ)
        return found

    def cached(self) -> dict[str, list[str]]:
        """Paths by the name of the cache that holds them."""
        found: dict[str, list[str]] = self.page.evaluate(CACHED)
        return found

    def rows(self) -> list[dict[str, Any]]:
        """The queue in its order."""
        return sorted(self.read()["actions"], key=lambda row: row["turn"])

    def states(self) -> list[str]:
        """The states of the queue in its order, with the reason of what needs its person."""
        return [row["state"] + (f" ({row['reason']})" if row["state"] == "refused" else "") for row in self.rows()]

    def act(
        self, kind: str, case: Case, text: str = "", photos: tuple[bytes, ...] = (), *, unseen: bool = False
    ) -> str:
        """Do something on the screen of a job; the client_key of what is kept. `unseen`: pressed, nobody saw more."""
        sheet = self.open_sheet(kind, case)
        self.fill(sheet, text, photos)
        sheet.locator("button[type=submit]").click(no_wait_after=True)
        if unseen:
            return ""
        expect(sheet).to_have_count(0)
        return str(self.rows()[-1]["client_key"])

    def open_sheet(self, kind: str, case: Case) -> Locator:
        """The form of a deed of a job."""
        self.page.evaluate("(hash) => { location.hash = hash; }", f"#/auftrag/{case.pk}")
        job = self.page.locator("main .job")
        expect(job).to_contain_text(case.number)
        self.page.wait_for_timeout(200)
        left = self.page.locator("dialog[open] [data-close]")
        if left.count():  # half filled in when the phone died
            left.click()
        direct = job.locator(f'[data-deed="{kind}"]')
        if direct.count():
            direct.click()
        else:
            job.locator("[data-more]").click()
            self.page.locator(f'dialog[open] [data-deed="{kind}"]').click()
        return self.page.locator("dialog[open]:has(#sheet-text)")

    @staticmethod
    def fill(sheet: Locator, text: str, photos: tuple[bytes, ...]) -> None:
        """Write, and take photos."""
        sheet.locator("#sheet-text").fill(text)
        for number, photo in enumerate(photos, 1):
            file = {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": photo}
            sheet.locator("#sheet-camera").set_input_files([file])  # type: ignore[list-item]
            expect(sheet.locator(".shot")).to_have_count(number)

    def send_all(self, seconds: float = 120) -> None:
        """Press "send now" until nothing waits."""
        self.page.evaluate("() => { location.hash = '#/warteschlange'; }")
        expect(self.page.locator("main .queue")).to_be_visible()
        end = time.monotonic() + seconds
        while any(row["state"] in {"queued", "sending"} for row in self.rows()):
            assert time.monotonic() < end, f"not sent: {self.states()}"
            self.page.evaluate(SEND_NOW)
            self.page.wait_for_timeout(300)

    def leave(self, *, anyway: bool = False) -> bool:
        """Press "log out", and where something waits "log out all the same"; whether it was done."""
        self.page.evaluate("() => { location.hash = '#/warteschlange'; }")
        self.page.get_by_role("button", name="Abmelden", exact=True).click()
        refused = self.page.locator(".queue__leave .field-error:not([hidden])")
        gone = self.page.locator("#ask-login:not([hidden])")
        expect(refused.or_(gone)).to_be_visible(timeout=60_000)
        if refused.is_visible() and anyway:
            self.page.get_by_role("button", name="Trotzdem abmelden").click()
            expect(gone).to_be_visible(timeout=60_000)
        return gone.is_visible()


@pytest.fixture(name="crew")
def a_crew(town: Town, playwright: Playwright, reception: Reception, tmp_path: Path) -> Iterator[Crew]:
    """The phone of the town's field worker, switched off."""
    crew = Crew(playwright, tmp_path / "profile", reception, town.field)
    yield crew
    crew.phone.kill()
    assert not crew.phone.problems

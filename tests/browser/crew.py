"""A crew and its phone: a day of jobs, a platform that can be started anew, and what stands on the phone."""

from __future__ import annotations

import base64
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
from django.templatetags.static import static
from django.test import Client
from django.test.testcases import QuietWSGIRequestHandler
from django.utils.timezone import localdate, now
from playwright.sync_api import Page, Playwright

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
    const stores = ["days", "actions", "photos", "meta"], found = {};
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
ACT = """
async ({modules, kind, id, facts, shots}) => {
  const [{act}, {days, whose}] = await Promise.all(modules.map((one) => import(one)));
  const user = await whose();
  const job = id === null ? null : (await days.get(user.id)).data.jobs.find((one) => one.id === id);
  const photos = shots.map(([data, role]) => ({
    blob: new Blob([Uint8Array.from(atob(data), (one) => one.charCodeAt(0))], {type: "image/jpeg"}),
    role,
    taken_at: Date.now(),
  }));
  return (await act(kind, job, facts, photos)).client_key;
}
"""
UNSEEN = f"(said) => {{ ({ACT})(said).catch(() => undefined); }}"
RETRY = """async (one) => { const {actions} = await import(one); await actions.run("person"); }"""
LEAVE = """async ([one, anyway]) => { const {leave} = await import(one); return leave(anyway); }"""


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
        self,
        kind: str,
        case: Case | None,
        text: str = "",
        photos: tuple[tuple[bytes, str], ...] = (),
        *,
        unseen: bool = False,
        **facts: Any,
    ) -> str:
        """Do something as the screens do; the client_key of what is kept. `unseen`: nobody waits for it."""
        said = {
            "modules": [static("js/field/actions.js"), static("js/field/store.js")],
            "kind": kind,
            "id": case.pk if case else None,
            "facts": {"text": text, **facts},
            "shots": [[base64.b64encode(data).decode(), role] for data, role in photos],
        }
        return self.page.evaluate(UNSEEN if unseen else ACT, said) or ""

    def send_all(self, seconds: float = 120) -> None:
        """Press "send now" until nothing waits."""
        end = time.monotonic() + seconds
        while any(row["state"] in {"queued", "sending"} for row in self.rows()):
            assert time.monotonic() < end, f"not sent: {self.states()}"
            self.page.evaluate(RETRY, static("js/field/actions.js"))
            self.page.wait_for_timeout(300)

    def leave(self, *, anyway: bool = False) -> bool:
        """Log out; whether it was done."""
        done: bool = self.page.evaluate(LEAVE, [static("js/field/day.js"), anyway])
        return done


@pytest.fixture(name="crew")
def a_crew(town: Town, playwright: Playwright, reception: Reception, tmp_path: Path) -> Iterator[Crew]:
    """The phone of the town's field worker, switched off."""
    crew = Crew(playwright, tmp_path / "profile", reception, town.field)
    yield crew
    crew.phone.kill()
    assert not crew.phone.problems

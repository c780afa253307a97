"""Stories in Debian's Chromium against the platform as it is served: real middleware, hashed static files, real mail.

The worker's turn is taken by the test (`work`), so that nothing waits for the clock. Everything a browser loads is
written down and judged when the story ends: own origin only, no errors, no metadata in pictures.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal

import pillow_heif
import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import QuietWSGIRequestHandler
from django.test.utils import override_settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cases.models import Case
from geo.gazetteer import Row, import_rows
from outbox.work import run_all
from reports.models import Category
from tests.browser.watch import Watch
from tests.cases.drawn import BERLIN, exif, saved, scene
from tests.conftest import SHARED_PHOTOS, Town

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36",
}
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
Work = Callable[[], None]

# Playwright's loop runs in this thread, so Django would refuse the database, though nothing here is asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is a browser test."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium instead of a downloaded one."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is missing: script/setup --test installs it")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTS}


# The platform ---------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Static files as production serves them, with hashed names; only not compressed, which takes most of the time."""
    folder = tmp_path_factory.mktemp("static")
    skip = ["css", "js", "svg", "html", "txt", "json", "map", "xml", "ttf", "eot"]
    with override_settings(STATIC_ROOT=folder, WHITENOISE_SKIP_COMPRESS_EXTENSIONS=skip):
        call_command("collectstatic", interactive=False, verbosity=0)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(static_root: Path) -> Iterator[str]:
    """The whole platform in threads of this process; its address."""
    with override_settings(STATIC_ROOT=static_root):
        handler = WSGIHandler()  # WhiteNoise reads the folder now
    httpd = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler, connections_override={})
    httpd.set_app(handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://localhost:{httpd.server_address[1]}"
    httpd.shutdown()
    httpd.server_close()
    thread.join(timeout=10)


@pytest.fixture(autouse=True)
def site(
    server: str,
    static_root: Path,
    transactional_db: None,
    settings: Any,
    _own_folders: None,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The address of the platform, its settings those of a real one; nothing reaches a broker."""
    settings.STATIC_ROOT = static_root
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "portal.storage.StaticStorage"}}
    settings.PORT = settings.PUBLIC_PORT = server.rsplit(":", 1)[1]
    settings.PUBLIC_SCHEME = "http"
    monkeypatch.setattr("outbox.bell.ring", lambda task: None)
    return server


@pytest.fixture
def work() -> Work:
    """`work()` is the worker's turn: pictures, mails, everything that is due."""

    def turn() -> None:
        for table, result in run_all().items():
            assert result.failed == 0, f"{table}: {result}"

    return turn


@pytest.fixture
def town(town: Town) -> Town:
    """Harsewinkel with a gazetteer, a category that asks, one that is dangerous, one that is not ours."""
    place = town.municipality
    place.phone_on_call, place.contact_phone = "05247 112233", "05247 935-0"
    place.save()
    middle = town.middle

    def near(east: float, north: float) -> Point:
        return Point(middle.x + east, middle.y + north, srid=4326)

    street = MultiLineString(LineString(near(-0.004, 0).coords, near(0.004, 0).coords, srid=4326), srid=4326)
    houses = [
        Row(street="Mühlenstraße", house_number=str(number), postcode="33428", point=near(number * 0.0002, 0.0001))
        for number in range(1, 8)
    ]
    import_rows(
        municipality=place,
        rows=[Row(kind="street", street="Mühlenstraße", line=street), *houses],
        source="test",
    )
    Category.objects.filter(pk=town.pothole.pk).update(keywords="Loch Straße Asphalt")
    town.pothole.refresh_from_db()
    return town


# Mail -----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def mails(settings: Any, work: Work) -> Callable[[str], list[EmailMessage]]:
    """`mails(address)`: the worker's turn, then the new mails to this address, oldest first."""
    seen: set[Path] = set()

    def collect(address: str) -> list[EmailMessage]:
        work()
        found = []
        for file in sorted(Path(settings.MAIL_DIR).glob("*.eml")):
            message = message_from_bytes(file.read_bytes(), policy=policy.default)
            if file not in seen and address in str(message["To"]):
                seen.add(file)
                found.append(message)
        return found

    return collect


# People ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """`visit("phone" | "desktop", **options)` is a new person at an own browser; what it loads is judged at the end.

    Without a service worker, which needs a while and more files: `service_workers="allow"` for stories that need it.
    """
    opened: list[tuple[BrowserContext, Watch]] = []

    def come(device: Literal["phone", "desktop"] = "phone", **options: Any) -> Page:
        context = browser.new_context(
            **{
                "base_url": site,
                "locale": "de-DE",
                "timezone_id": "Europe/Berlin",
                "reduced_motion": "reduce",
                "service_workers": "block",
                **(PHONE if device == "phone" else DESKTOP),
                **options,
            }
        )
        context.set_default_timeout(30_000)
        opened.append((context, Watch(context, site)))
        return context.new_page()

    yield come
    try:
        for _context, watch in opened:
            watch.judge()
    finally:
        for context, _watch in opened:
            context.close()


@pytest.fixture
def watched() -> Callable[[Page], Watch]:
    """`watched(page)` is what was written down about a person's browser."""
    return Watch.of


@pytest.fixture
def log_in(site: str) -> Callable[[Page, str], None]:
    """`log_in(page, email)` through the login page."""

    def enter(page: Page, email: str) -> None:
        page.goto(reverse("account_login") + "?next=" + reverse("desk"))
        page.get_by_role("textbox", name=re.compile("^E-Mail")).fill(email)
        page.get_by_label("Passwort", exact=True).fill("geheim-geheim-1")
        page.get_by_role("button", name="Anmelden").click()
        expect(page).to_have_url(site + reverse("desk"))

    return enter


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Photos by name: of real cameras, or, on a machine without them, drawn ones of the same kinds and metadata."""
    if SHARED_PHOTOS.is_dir():
        return {file.name: file for file in SHARED_PHOTOS.glob("*")}
    pillow_heif.register_heif_opener()
    folder, block = tmp_path_factory.mktemp("photos"), exif(taken="2026:03:01 12:00:00", gps=BERLIN)
    (folder / "gps.jpg").write_bytes(saved(scene(1600, 1200), exif=block))
    (folder / "iphone.heic").write_bytes(saved(scene(1200, 1600), "HEIF", exif=block))
    return {file.name: file for file in folder.iterdir()}


def the_case() -> Case:
    """The only case there is."""
    return Case.objects.select_related("report", "contact", "topic").get()

"""The first minute of the field view on a phone: little to load, quickly usable, installable."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from whitenoise.compress import Compressor

from cases.models import Case
from portal import crew as app
from tests.browser.crew import APP, Crew, a_crew, a_line, a_platform, planned
from tests.conftest import Town

__all__ = ["a_crew", "a_line", "a_platform"]
SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
"""As Chromium's DevTools have it: milliseconds until an answer begins, bytes per second (1.44 Mbit/s, 675 kbit/s)."""
SECONDS = float(os.environ.get("FIRST_LOAD_SECONDS", "0"))
"""Within which the list must be usable; asked for on a calm machine alone, 0 for not at all. The time is printed."""
BYTES = 300_000


@pytest.fixture(autouse=True)
def squeezed(town: Town, static_root: Path, site: str) -> None:
    """The files of the app compressed as in production; before `platform`, which looks for them when it is made."""
    compressor = Compressor(quiet=True)
    for address in app.files(town.municipality):
        file = static_root / address.removeprefix("/static/")
        if address.startswith("/static/") and compressor.should_compress(file.name):
            list(compressor.compress(str(file)))


def test_the_first_load_is_small_and_quick(
    squeezed: None, town: Town, make_report: Callable[..., Case], crew: Crew
) -> None:
    """Over "Slow 4G" the list of the day is usable with less than 300 kB (FIRST_LOAD_SECONDS=3: and in that time)."""
    planned(town, make_report, 20)
    crew.phone.start()
    crew.log_in(town.field)
    page = crew.page
    assert crew.phone.context is not None
    session = crew.phone.context.new_cdp_session(page)
    loaded: list[float] = []
    session.on("Network.loadingFinished", lambda told: loaded.append(told["encodedDataLength"]))
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    begin = time.monotonic()
    page.goto(APP, wait_until="commit")
    page.locator("main .stop__link").first.wait_for()
    usable, moved = time.monotonic() - begin, sum(loaded)
    print(f"\nusable after {usable:.2f} s with {moved / 1000:.0f} kB")
    page.wait_for_function("() => navigator.serviceWorker.controller", timeout=60_000)
    print(f"{crew.reception.bytes / 1000:.0f} kB with everything that is kept")
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    assert not SECONDS or usable < SECONDS
    assert moved < BYTES

"""Photos of the report flow when people are quicker than the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import steps
from tests.browser.conftest import the_case
from tests.conftest import Town


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """A phone."""
    return visit("phone")


def test_chosen_before_the_script_is_there(town: Town, page: Page, photos: dict[str, Path]) -> None:
    """On a slow line the field stands before its script does: what is chosen then is taken when it comes."""
    steps.begin(page)
    steps.by_crosshair(page)
    steps.heading(page, "Worum geht es?")
    held: list[Route] = []
    page.route(re.compile(r"/js/flow/photos[^/]*\.js"), lambda route: held.append(route))
    page.reload(wait_until="commit")
    page.locator("#photos").set_input_files([photos["gps.jpg"]])
    steps.eventually(page, lambda: bool(held))
    listed = page.locator("[data-photo-list] > li")
    assert listed.count() == 0
    held[0].continue_()
    expect(listed).to_have_count(1)
    expect(listed.first).to_have_attribute("data-key", re.compile(".+"), timeout=30_000)


def test_the_step_is_left_at_once(town: Town, page: Page, photos: dict[str, Path]) -> None:
    """Whoever presses the button while the photos are still being made ready loses none of them."""
    steps.begin(page)
    steps.by_crosshair(page)
    steps.heading(page, "Worum geht es?")
    page.get_by_role("radio", name=re.compile("Schlagloch")).check()
    page.get_by_label("Was ist Ihnen aufgefallen?").fill("Tiefes Loch vor der Schule.")
    page.locator("#photos").set_input_files([photos["gps.jpg"], photos["iphone.heic"]])
    steps.press(page, "Weiter")
    steps.leave_contact(page)
    steps.heading(page, "Stimmt alles?")
    steps.press(page, "Meldung absenden")
    steps.receipt(page)
    assert the_case().report.photos.count() == 2

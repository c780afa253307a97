"""Browsers whose scripts do not run (old engines, blocked files): the plain forms carry the whole report."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import steps
from tests.browser.conftest import the_case
from tests.browser.watch import Watch
from tests.conftest import Town


def without_modules(route: Route) -> None:
    """Old engines do not know modules; here they get none."""
    route.abort("blockedbyclient")


@pytest.mark.parametrize(
    "blocked", [re.compile(r"\.js(\?|$)"), re.compile(r"/(map|flow)/[^/]+\.js$"), "**/leaflet*.js"]
)
def test_plain_forms_without_modules(
    town: Town, visit: Callable[..., Page], watched: Callable[[Page], Watch], blocked: str | re.Pattern[str]
) -> None:
    """No script at all, none of the flow, no map: the report arrives."""
    page = visit("phone")
    watched(page).allow("ERR_BLOCKED_BY_CLIENT")
    page.route(blocked, without_modules)
    steps.begin(page)
    expect(page.locator("#place-map")).to_be_hidden()
    steps.by_address(page, "Mühlenstraße 3", chosen="Mühlenstraße 3")
    steps.describe(page, "Tiefes Loch vor der Schule.")
    steps.leave_contact(page)
    number, _secret = steps.send(page)
    case = the_case()
    assert (case.number, case.point is not None) == (number, True)
    page.goto(f"/verfolgen/?nummer={number}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("In Prüfung seit")
    page.goto("/karte/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

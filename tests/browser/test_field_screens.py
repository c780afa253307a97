"""The screens of the field view: axe as on all pages, and what gloves and sun ask for: 7:1 and 48 px."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from cases.change import By
from cases.models import Case
from cases.services import note
from tests.browser.crew import APP, planned
from tests.browser.test_accessibility import PHONE, Check, check, visit  # noqa: F401  fixtures
from tests.conftest import Town

SUN = """
async () => (await axe.run(document, {
  runOnly: {type: "rule", values: ["color-contrast-enhanced"]}, resultTypes: ["violations"],
})).violations.flatMap((one) => one.nodes.map((node) => `${node.target.join(" ")} ${node.html.slice(0, 120)}`))
"""
#: Pins of the map are reached by a margin around them (field-map.css), which no box tells.
GLOVES = """
() => [...document.querySelectorAll("a, button, input, select, textarea, summary, [role=button]")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}))
  .filter((one) => !one.closest(".leaflet-control-attribution, .leaflet-marker-icon"))
  .map((one) => [one, (one.closest("label") || one).getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && box.height > 1 && (box.height < 47.5 || box.width < 47.5))
  .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${Math.round(box.width)}x${Math.round(box.height)}`)
"""


@pytest.mark.slow
def test_every_screen(
    town: Town,
    make_report: Callable[..., Case],
    visit: Callable[..., Page],  # noqa: F811
    check: Check,  # noqa: F811
    log_in: Callable[[Page, str], None],
) -> None:
    cases = planned(town, make_report, 4)
    note(case=cases[0], by=By.staff(town.manager), text="Bitte auch den Rand ansehen.")
    here = {"longitude": town.middle.x, "latitude": town.middle.y}
    page = visit("desktop", viewport=PHONE, geolocation=here, permissions=["geolocation"], service_workers="block")
    log_in(page, town.field.email)
    screens = {
        "heute": (APP, "main .stop__link"),
        "auftrag": (f"{APP}#/auftrag/{cases[0].pk}", "main h1"),
        "karte": (f"{APP}#/karte", ".field-map .leaflet-marker-icon"),
        "neu": (f"{APP}#/neu", "main h1"),
        "warteschlange": (f"{APP}#/warteschlange", "main h1"),
    }
    wrong: list[str] = []
    for name, (address, there) in screens.items():
        page.goto(address)
        page.locator(there).first.wait_for()
        check(page, name)
        wrong += [f"{name}: {words}" for words in page.evaluate(SUN)]
        wrong += [f"{name}: {words}" for words in page.evaluate(GLOVES)]
    assert not wrong, "\n".join(wrong)

"""The report flow as a screen reader tells it: names, roles, focus, and what is announced."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cases.change import By
from cases.models import Case
from reports.services import release_text
from tests.browser import steps
from tests.browser.conftest import Work
from tests.browser.world import make_dangerous
from tests.conftest import Town


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """A desktop browser with scripts."""
    return visit("desktop")


def announced(page: Page, words: str) -> None:
    """The live region says so."""
    expect(page.locator("#flow-status[role=status]")).to_contain_text(words)


def place_chosen(page: Page) -> None:
    """By the search, as people without sight do."""
    search = page.get_by_role("combobox", name="Straße oder Ort suchen")
    search.press_sequentially("Mühlenstr 3")
    expect(page.get_by_role("listbox", name="Gefundene Adressen")).to_be_visible()
    expect(search).to_have_attribute("aria-expanded", "true")
    announced(page, "gefunden")
    search.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Mühlenstraße 3")
    search.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Gewählt: Mühlenstraße 3")).to_be_visible()
    steps.press(page, "Weiter")


def test_steps_headings_and_errors(town: Town, page: Page) -> None:
    """ "Schritt 2 von 5", focus on the question after each step, an error summary whose links lead to the fields."""
    make_dangerous(town)
    steps.begin(page)
    expect(page.locator("main")).to_match_aria_snapshot(
        """
        - text: Schritt 1 von 5
        - progressbar "Schritt 1 von 5"
        - heading "Wo ist es?" [level=1]
        """
    )
    expect(
        page.get_by_role("application", name=re.compile("Karte: Verschieben Sie sie mit den Pfeiltasten"))
    ).to_be_visible()
    place_chosen(page)

    question = steps.heading(page, "Worum geht es?")
    expect(question).to_be_focused()
    expect(page).to_have_title(re.compile("^Schritt 2 von 5: Worum geht es?"))
    expect(page.get_by_role("progressbar", name="Schritt 2 von 5")).to_have_js_property("value", 2)
    expect(question).to_have_accessible_description("Schritt 2 von 5")
    expect(page.locator("main")).to_match_aria_snapshot(
        """
        - text: Schritt 2 von 5
        - progressbar "Schritt 2 von 5"
        - heading "Worum geht es?" [level=1]
        - group "Fotos (freiwillig)"
        - group "Was ist es?":
          - list:
            - listitem:
              - radio /Schlagloch/
        - textbox "Was ist Ihnen aufgefallen?"
        - button "Weiter"
        """
    )

    steps.press(page, "Weiter")
    summary = page.get_by_role("alert", name="Bitte prüfen Sie 2 Angaben")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Fehler: Schritt 2 von 5"))
    expect(summary).to_match_aria_snapshot(
        """
        - alert "Bitte prüfen Sie 2 Angaben":
          - heading "Bitte prüfen Sie 2 Angaben" [level=2]
          - list:
            - listitem:
              - link /Bitte wählen Sie aus, worum es geht/
            - listitem:
              - link /Bitte beschreiben Sie in wenigen Worten/
        """
    )
    summary.get_by_role("link", name=re.compile("beschreiben")).press("Enter")
    words = page.get_by_role("textbox", name="Was ist Ihnen aufgefallen?")
    expect(words).to_be_focused()
    expect(words).to_have_attribute("aria-invalid", "true")
    expect(words).to_have_accessible_description(re.compile("Bitte beschreiben Sie in wenigen Worten"))
    summary.get_by_role("link", name=re.compile("wählen")).press("Enter")
    expect(page.locator("input[name=category]").first).to_be_focused()

    # A danger is told when its category is chosen.
    page.get_by_role("radio", name=re.compile("Schachtdeckel")).check()
    danger = page.get_by_role("alert").filter(has_text="05247 112233")
    expect(danger).to_be_visible()
    page.get_by_role("radio", name=re.compile("Schlagloch")).check()
    expect(danger).to_be_hidden()


def test_nearby_reports_are_announced(town: Town, make_report: Callable[..., Case], work: Work, page: Page) -> None:
    """Step 3 says how many similar reports there are, and each choice says which report it means."""
    case = make_report("Schon wieder ein Loch.")
    release_text(case=case, by=By.staff(town.manager))
    work()
    steps.begin(page)
    place_chosen(page)
    steps.describe(page, "Tiefes Loch.")
    question = page.get_by_role("heading", level=1)
    expect(page.get_by_role("progressbar", name="Schritt 3 von 5")).to_be_visible()
    expect(question).to_be_focused()
    announced(page, "1 ähnliche Meldung in der Nähe")
    choice = page.get_by_role("button", name="Das ist es")
    expect(choice).to_have_accessible_description(re.compile("Schlagloch"))
    expect(page.get_by_role("heading", level=2, name=re.compile("Schlagloch"))).to_be_visible()
    steps.press(page, "Nein, etwas anderes")
    expect(steps.heading(page, "Wie erreichen wir Sie?")).to_be_focused()
    expect(page.get_by_role("progressbar", name="Schritt 4 von 5")).to_be_visible()


def test_the_map_has_a_list_for_ears(town: Town, make_report: Callable[..., Case], work: Work, page: Page) -> None:
    """The list beside the map shows the same reports as links with place and state."""
    case = make_report("Schon wieder ein Loch.")
    release_text(case=case, by=By.staff(town.manager))
    work()
    page.goto("/karte/")
    row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=re.compile("Schlagloch")))
    expect(row).to_contain_text("eingegangen")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    row.get_by_role("link").first.press("Enter")
    expect(page).to_have_url(re.compile(case.number))

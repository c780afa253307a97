"""The desk by single keys: moving, opening, releasing, assigning, searching; never while somebody types, and not at all
where somebody switched them off. New arrivals take neither place nor focus nor typing away."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cases.models import Case
from tests.conftest import Town

FOCUSED = '() => (document.activeElement === document.body ? "" : document.activeElement.textContent.trim())'


def ready(page: Page) -> None:
    """The script shows this button as soon as it listens."""
    expect(page.locator("[data-keys-open]").first).to_be_visible()


@pytest.fixture
def three(town: Town, make_report: Callable[..., Case]) -> list[Case]:
    """Three new reports, the oldest on top."""
    return [make_report(f"Loch Nummer {number}") for number in (1, 2, 3)]


def test_keys_move_open_release_and_go_on(
    three: list[Case], town: Town, visit: Callable[..., Page], log_in: Callable[[Page, str], None]
) -> None:
    page = visit("desktop")
    log_in(page, town.manager.email)
    ready(page)
    press = page.keyboard.press
    press("j")
    assert "Loch Nummer 1" in page.evaluate(FOCUSED)
    press("j")
    press("j")
    press("j")
    assert "Loch Nummer 3" in page.evaluate(FOCUSED), "the last one stays"
    press("k")
    press("x")
    expect(page.locator(f"#v{three[1].pk} input")).to_be_checked()
    expect(page.locator("[data-chosen]")).to_have_text("1 gewählt")
    press("x")
    press("k")
    press("o")
    expect(page).to_have_url(re.compile(reverse("desk_case", args=[three[0].pk])))
    ready(page)
    press("f")
    expect(page.locator('.action-bar button[form="deed"]')).to_be_focused()
    press("Enter")
    expect(page.get_by_text("Freigegeben.")).to_be_visible()
    ready(page)
    three[0].refresh_from_db()
    assert three[0].public_at is not None
    press("n")
    expect(page).to_have_url(re.compile(reverse("desk_case", args=[three[1].pk])))
    ready(page)
    press("a")
    expect(page.locator("#tun")).to_be_focused()
    ready(page)
    page.locator("#id_unit").focus()
    press("n")
    expect(page.locator("#id_unit")).to_be_focused()
    page.locator("#tun").focus()
    press("u")
    expect(page).to_have_url(re.compile(r"/verwaltung/\?"))
    ready(page)
    press("/")
    expect(page.locator("#filter-q")).to_be_focused()
    page.keyboard.type("jfan?")
    expect(page.locator("#filter-q")).to_have_value("jfan?")


def test_the_help_lists_the_keys_and_switches_them_off(
    three: list[Case], town: Town, visit: Callable[..., Page], log_in: Callable[[Page, str], None]
) -> None:
    page = visit("desktop")
    log_in(page, town.manager.email)
    ready(page)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Tasten")
    expect(dialog).to_be_visible()
    page.keyboard.press("j")
    assert "Loch" not in page.evaluate(FOCUSED), "the list behind the help stays"
    dialog.get_by_label("Einzelne Tasten in diesem Browser benutzen").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.reload()
    ready(page)
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    assert "Loch" not in page.evaluate(FOCUSED)
    page.get_by_role("button", name="Tasten").click()
    expect(dialog).to_be_visible()


def test_new_arrivals_are_told_quietly_and_shown_when_asked_for(
    three: list[Case],
    town: Town,
    make_report: Callable[..., Case],
    visit: Callable[..., Page],
    log_in: Callable[[Page, str], None],
) -> None:
    page = visit("desktop")
    log_in(page, town.manager.email)
    ready(page)
    page.locator("#filter-q").fill("halb getipp")
    for number in (4, 5):
        make_report(f"Loch Nummer {number}")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    line = page.locator("[data-arrivals]")
    expect(line).to_contain_text("2 neue Vorgänge")
    expect(page.locator('[data-count="pruefen"]')).to_have_text("5")
    expect(page.locator(".desk-row")).to_have_count(3)
    expect(page.locator("#filter-q")).to_be_focused()
    line.get_by_role("link", name="anzeigen").click()
    expect(page.locator(".desk-row")).to_have_count(5)
    expect(line).to_be_hidden()
    assert "Loch Nummer 4" in page.evaluate(FOCUSED)
    expect(page.locator("#filter-q")).to_have_value("halb getipp")

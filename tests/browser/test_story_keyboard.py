"""The main job with nothing but a keyboard: Tab, Enter, Space and arrows. No test here moves a mouse or clicks."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from tests.browser import steps
from tests.browser.conftest import the_case
from tests.conftest import Town

REPORTER = "erika@example.org"
FOCUS = """
(one) => {
  const around = one.closest("label, .search, .scheme, li, div");
  const looks = [getComputedStyle(one), getComputedStyle(one, "::after"), getComputedStyle(around)];
  return looks.some((style) => style.outlineStyle !== "none" || style.boxShadow !== "none");
}
"""


def tab_to(page: Page, target: Locator, *, limit: int = 80) -> None:
    """Press Tab until the target has the focus, which must be seen."""
    expect(target).to_be_visible()
    for _turn in range(limit):
        if target.evaluate("one => one === document.activeElement"):
            assert target.evaluate(FOCUS), f"The focus on {target} cannot be seen."
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{limit} times Tab do not lead to {target}.")


def press(page: Page, role: str, name: str | re.Pattern[str], *, key: str = "Enter") -> None:
    """Go to a link, button or box and use it."""
    tab_to(page, page.get_by_role(role, name=name, exact=isinstance(name, str)).first)  # type: ignore[arg-type]
    page.keyboard.press(key)


def test_report_and_release_by_keyboard(
    town: Town,
    visit: Callable[..., Page],
    mails: Callable[[str], list[EmailMessage]],
    photos: dict[str, Path],
) -> None:
    """A citizen reports with a photo and confirms; the complaint manager releases; everybody can read it."""
    page = visit("desktop")
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt")).to_be_focused()
    press(page, "link", "Mangel oder Idee melden")
    press(page, "button", "Meldung beginnen")

    steps.heading(page, "Wo ist es?")
    where = page.locator("#place-map")
    expect(where).to_have_class(re.compile("leaflet-container"))
    tab_to(page, where)
    for key in ["+"] * 6 + ["ArrowRight", "ArrowUp", "ArrowLeft"]:
        page.keyboard.press(key)
    expect(page.locator("#lat")).to_have_value(re.compile(r"^51\.9"))
    expect(page.get_by_label("Adresse oder Beschreibung")).to_have_value(re.compile("Mühlenstraße"))
    press(page, "button", "Weiter")

    expect(steps.heading(page, "Worum geht es?")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        tab_to(page, page.locator("#photos"))
        page.keyboard.press("Enter")
    chooser.value.set_files(photos["gps.jpg"])
    expect(page.locator("[data-photo-list] > li[data-key]")).to_have_count(1)
    wanted = page.get_by_role("radio", name=re.compile("Schlagloch"))
    tab_to(page, page.locator("input[name=category]").first)
    page.keyboard.press("Space")
    for _turn in range(20):
        if wanted.is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(wanted).to_be_checked()
    tab_to(page, page.get_by_label("Was ist Ihnen aufgefallen?"))
    page.keyboard.type("Tiefes Loch vor der Schule.")
    press(page, "button", "Weiter")

    expect(steps.heading(page, "Wie erreichen wir Sie?")).to_be_focused()
    tab_to(page, page.get_by_role("textbox", name=re.compile("^E-Mail")))
    page.keyboard.type(REPORTER)
    page.keyboard.press("Enter")
    expect(steps.heading(page, "Stimmt alles?")).to_be_focused()
    press(page, "button", "Meldung absenden")
    number, _secret = steps.receipt(page)
    expect(page.get_by_role("heading", level=1)).to_be_focused()

    (welcome,) = mails(REPORTER)
    page.goto(steps.link(welcome, "/bestaetigen/"))
    press(page, "button", "Ja, Adresse bestätigen")
    steps.heading(page, "Danke, Ihre Adresse ist bestätigt")

    desk = visit("desktop")
    desk.goto(reverse("desk"))
    tab_to(desk, desk.get_by_role("textbox", name=re.compile("^E-Mail")))
    desk.keyboard.type(town.manager.email)
    tab_to(desk, desk.get_by_label("Passwort", exact=True))
    desk.keyboard.type("geheim-geheim-1")
    desk.keyboard.press("Enter")
    steps.heading(desk, "Arbeitsliste")
    tab_to(desk, desk.locator(".desk-row__title"))
    desk.keyboard.press("Enter")
    expect(desk.locator(".case__number")).to_have_text(number)
    press(desk, "checkbox", "Foto 1", key="Space")
    tab_to(desk, desk.locator(".action-bar").get_by_role("button", name="Freigeben", exact=True))
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Freigegeben.")).to_be_visible()
    tab_to(desk, desk.locator(".action-bar").get_by_role("button", name="In Bearbeitung nehmen"))
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Der Status ist gespeichert.")).to_be_visible()

    page.goto(f"/meldungen/{number}/")
    expect(page.locator(".report__text")).to_have_text("Tiefes Loch vor der Schule.")
    expect(page.locator(".report__photos img")).to_have_count(1)
    press(page, "link", "Folgen")
    press(page, "checkbox", "Ich möchte erfahren, wie es weitergeht", key="Space")
    assert the_case().public_at is not None

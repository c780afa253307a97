"""The main job with nothing but a keyboard: Tab, Enter, Space and arrows. No test here moves a mouse or clicks."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from tests.browser import steps
from tests.browser.conftest import the_case
from tests.conftest import Town

REPORTER, FOLLOWER = "erika@example.org", "paul@example.org"
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


def write(page: Page, target: Locator, words: str) -> None:
    """Go to a field and type."""
    tab_to(page, target)
    page.keyboard.type(words)


def choose(page: Page, wanted: Locator, *, first: Locator) -> None:
    """Into a group of radio buttons at its first, then down to the wanted one."""
    tab_to(page, first)
    page.keyboard.press("Space")
    for _turn in range(20):
        if wanted.is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(wanted).to_be_checked()


def attach(page: Page, field: Locator, photo: Path) -> None:
    """Open the chooser of a file field and take a photo."""
    with page.expect_file_chooser() as chooser:
        tab_to(page, field)
        page.keyboard.press("Enter")
    chooser.value.set_files(photo)


def in_action_bar(desk: Page, role: Literal["button", "link"], name: str) -> None:
    """Use what the bar below a case offers."""
    tab_to(desk, desk.locator(".action-bar").get_by_role(role, name=name, exact=True))
    desk.keyboard.press("Enter")


def the_map_comes_alive(page: Page) -> None:
    """The place is a picture until somebody wants to move it; nothing on the page moves by that."""
    place = page.locator("#small-map")
    expect(place.get_by_role("img", name="Ort auf der Karte: ")).to_have_js_property("complete", True)
    expect(page.locator('script[src*="leaflet"]')).to_have_count(0)
    press(page, "button", "Karte bewegen")
    expect(place.locator("canvas").first).to_be_attached()
    expect(place).to_be_focused()
    expect(place).to_have_role("application")
    expect(place.locator("> img")).to_have_count(0)
    assert place.bounding_box()["height"] == 224  # type: ignore[index]


def test_from_the_pin_to_the_closed_loop_by_keyboard(
    town: Town,
    visit: Callable[..., Page],
    mails: Callable[[str], list[EmailMessage]],
    photos: dict[str, Path],
) -> None:
    """Report with photo, confirm, release, follow, settle with photo, tell both, "ist noch da", open again."""
    erika = visit("desktop")
    number = report_and_confirm(erika, mails, photos["gps.jpg"])

    desk = visit("desktop")
    open_case(desk, town.manager.email, number)
    press(desk, "checkbox", "Foto 1", key="Space")
    in_action_bar(desk, "button", "Freigeben")
    expect(desk.get_by_text("Freigegeben.")).to_be_visible()
    in_action_bar(desk, "button", "In Bearbeitung nehmen")
    expect(desk.get_by_text("Der Status ist gespeichert.")).to_be_visible()

    paul = visit("desktop")
    paul.goto(f"/meldungen/{number}/")
    expect(paul.locator(".report__text")).to_have_text("Tiefes Loch vor der Schule.")
    expect(paul.locator(".report__photos img")).to_have_count(1)
    the_map_comes_alive(paul)
    press(paul, "link", "Folgen")
    write(paul, paul.get_by_role("textbox", name=re.compile("^E-Mail")), FOLLOWER)
    paul.keyboard.press("Enter")
    steps.heading(paul, "Bitte sehen Sie in Ihre Mails")
    (asked,) = mails(FOLLOWER)
    paul.goto(steps.link(asked, "/bestaetigen/folgen/"))
    press(paul, "button", "Ja, bestätigen")
    steps.heading(paul, "Danke, das ist vermerkt")
    mails(REPORTER)

    in_action_bar(desk, "link", "Erledigt melden")
    deed = desk.locator("#deed")
    write(desk, deed.get_by_label("Begründung oder Text"), "Der Bauhof hat das Loch geschlossen.")
    attach(desk, deed.get_by_label("Fotos"), photos["gps.jpg"])
    in_action_bar(desk, "button", "Erledigt melden")
    expect(desk.get_by_text("Der Vorgang ist erledigt.")).to_be_visible()
    (done,), (told,) = mails(REPORTER), mails(FOLLOWER)
    assert "erledigt" in str(done["Subject"])
    paul.goto(steps.link(told, f"/meldungen/{number}/").replace("rueckmeldung/", ""))
    expect(paul.locator(".timeline img")).to_have_count(1)

    erika.goto(steps.link(done, "/meine/"))
    steps.heading(erika, "Wurde es gelöst?")
    no = erika.get_by_role("radio", name="Nein, noch nicht")
    choose(erika, no, first=erika.get_by_role("radio").first)
    write(erika, erika.get_by_label("Was fehlt noch?"), "Das Loch ist wieder offen.")
    press(erika, "button", "Antwort absenden")
    expect(erika.locator(".timeline")).to_contain_text("Wieder aufgenommen: in Bearbeitung")
    (again,) = mails(FOLLOWER)
    assert "wieder aufgenommen" in str(again["Subject"])
    paul.reload()
    expect(paul.locator(".report__state")).to_contain_text("in Bearbeitung")
    assert the_case().facts.closed is False


def report_and_confirm(page: Page, mails: Callable[[str], list[EmailMessage]], photo: Path) -> str:
    """From the start page to the confirmed address; the number of the report."""
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
    attach(page, page.locator("#photos"), photo)
    expect(page.locator("[data-photo-list] > li[data-key]")).to_have_count(1)
    pothole = page.get_by_role("radio", name=re.compile("Schlagloch"))
    choose(page, pothole, first=page.locator("input[name=category]").first)
    write(page, page.get_by_label("Was ist Ihnen aufgefallen?"), "Tiefes Loch vor der Schule.")
    press(page, "button", "Weiter")

    expect(steps.heading(page, "Wie erreichen wir Sie?")).to_be_focused()
    write(page, page.get_by_role("textbox", name=re.compile("^E-Mail")), REPORTER)
    page.keyboard.press("Enter")
    expect(steps.heading(page, "Stimmt alles?")).to_be_focused()
    press(page, "button", "Meldung absenden")
    number, _secret = steps.receipt(page)
    expect(page.get_by_role("heading", level=1)).to_be_focused()

    (welcome,) = mails(REPORTER)
    page.goto(steps.link(welcome, "/bestaetigen/"))
    press(page, "button", "Ja, Adresse bestätigen")
    steps.heading(page, "Danke, Ihre Adresse ist bestätigt")
    return number


def open_case(desk: Page, email: str, number: str) -> None:
    """Log in and open the first case of the work list."""
    desk.goto(reverse("desk"))
    write(desk, desk.get_by_role("textbox", name=re.compile("^E-Mail")), email)
    write(desk, desk.get_by_label("Passwort", exact=True), "geheim-geheim-1")
    desk.keyboard.press("Enter")
    steps.heading(desk, "Arbeitsliste")
    tab_to(desk, desk.locator(".desk-row__title"))
    desk.keyboard.press("Enter")
    expect(desk.locator(".case__number")).to_have_text(number)

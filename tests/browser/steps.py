"""What people do in a browser, in the words of the pages. With `plain` they do it without scripts."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

_LINK = re.compile(r"https?://[^\s>\"]+")
BUTTONS = "main a.kern-btn, main button.kern-btn"


def heading(page: Page, words: str) -> Locator:
    """The page's first heading, once it says so."""
    found = page.get_by_role("heading", level=1, name=words)
    expect(found).to_be_visible()
    return found


def eventually(page: Page, holds: Callable[[], bool]) -> None:
    """Let the browser go on until something holds, at most half a minute."""
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "It did not come to hold."
        page.wait_for_timeout(50)


def press(page: Page, name: str) -> None:
    """Press a button by its exact name."""
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """Follow a link by its exact name."""
    page.get_by_role("link", name=name, exact=True).click()


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(preferencelist=("plain",))
    assert part is not None
    return str(part.get_content())


def link(mail: EmailMessage, part: str) -> str:
    """The link of a mail whose address holds `part`."""
    found = [one for one in _LINK.findall(text_of(mail)) if part in one]
    assert found, f"no link with {part} in:\n{text_of(mail)}"
    return str(found[0])


# The report -----------------------------------------------------------------------------------------------------------
def begin(page: Page) -> None:
    """From the start page to the first step."""
    page.goto("/")
    page.get_by_role("link", name="Mangel oder Idee melden").click()
    press(page, "Meldung beginnen")
    heading(page, "Wo ist es?")


def by_crosshair(page: Page) -> None:
    """Zoom in and drag the map a little under the crosshair."""
    where = page.locator("#place-map")
    expect(where).to_have_class(re.compile("leaflet-container"))
    closer = where.get_by_role("button", name=re.compile("[Vv]ergrößern|Zoom|hinein|näher", re.IGNORECASE)).first
    for _turn in range(6):
        closer.click()
    box = where.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 12, y + 8, steps=4)
    page.mouse.up()
    expect(page.locator("#lat")).to_have_value(re.compile(r"^51\.9"))
    expect(page.get_by_label("Adresse oder Beschreibung")).to_have_value(re.compile("Mühlenstraße"))
    press(page, "Weiter")


def by_address(page: Page, words: str, *, chosen: str) -> None:
    """Write an address; where several are found, choose one."""
    page.get_by_label("Adresse oder Beschreibung").fill(words)
    press(page, "Adresse suchen")
    page.get_by_role("radio", name=re.compile(chosen)).check()
    press(page, "Weiter")


def describe(page: Page, text: str, *, category: str = "Schlagloch") -> None:
    """Category and words of the second step."""
    heading(page, "Worum geht es?")
    page.get_by_role("radio", name=re.compile(category)).check()
    page.get_by_label("Was ist Ihnen aufgefallen?").fill(text)
    press(page, "Weiter")


def add_photos(page: Page, *files: Path) -> None:
    """Choose photos in the second step and see them arrive."""
    heading(page, "Worum geht es?")
    listed = page.locator("[data-photo-list] > li")
    before = listed.count()
    page.locator("#photos").set_input_files(list(files))
    expect(listed).to_have_count(before + len(files))
    for item in listed.all():
        expect(item).to_have_attribute("data-key", re.compile(".+"), timeout=30_000)


def leave_contact(page: Page, email: str = "") -> None:
    """The contact step, with an e-mail address or without."""
    heading(page, "Wie erreichen wir Sie?")
    if email:
        page.get_by_role("textbox", name=re.compile("^E-Mail")).fill(email)
        press(page, "Weiter")
    else:
        press(page, "Ohne E-Mail fortfahren")


def send(page: Page) -> tuple[str, str]:
    """Check and send; the number and the secret link of the receipt."""
    heading(page, "Stimmt alles?")
    press(page, "Meldung absenden")
    return receipt(page)


def receipt(page: Page) -> tuple[str, str]:
    """The number and the secret link that the receipt shows."""
    heading(page, "Danke. Ihre Meldung ist da.")
    number = page.locator(".receipt__number").inner_text().strip()
    secret = page.locator(".receipt__link a").inner_text().strip()
    assert re.fullmatch(r"HSW-\d{4}-\d{6}", number)
    assert "/meine/" in secret
    return number, secret


# After it -------------------------------------------------------------------------------------------------------------
def confirm_by_mail(page: Page, mail: EmailMessage) -> None:
    """Open the link of the first mail and press the button."""
    page.goto(link(mail, "/bestaetigen/"))
    press(page, "Ja, Adresse bestätigen")
    heading(page, "Danke, Ihre Adresse ist bestätigt")


def follow_report(page: Page, number: str, email: str) -> None:
    """Ask for news about a public report."""
    page.goto(f"/meldungen/{number}/")
    page.get_by_role("link", name="Folgen").click()
    page.get_by_role("textbox", name=re.compile("^E-Mail")).fill(email)
    press(page, "Link zuschicken")
    heading(page, "Bitte sehen Sie in Ihre Mails")


def say_still_there(page: Page, mail: EmailMessage, words: str) -> None:
    """ "Wurde es gelöst?": no, it is still there."""
    page.goto(link(mail, "/meine/"))
    heading(page, "Wurde es gelöst?")
    page.get_by_role("radio", name="Nein, noch nicht").check()
    page.get_by_label("Was fehlt noch?").fill(words)
    press(page, "Antwort absenden")


# The desk -------------------------------------------------------------------------------------------------------------
def open_case(page: Page, number: str) -> None:
    """From the work list to the case."""
    page.goto("/verwaltung/?q=" + number)
    page.locator(".desk-row__title").first.click()
    expect(page.locator(".case__number")).to_have_text(number)


def release(page: Page) -> None:
    """Release the text and every photo in the panel that is open."""
    for box in page.locator("#deed").get_by_role("checkbox").all():
        box.check()
    page.locator(".action-bar").get_by_role("button", name="Freigeben", exact=True).click()
    expect(page.get_by_text("Freigegeben.")).to_be_visible()


def take_into_work(page: Page) -> None:
    """The usual next step of a released report."""
    page.locator(".action-bar").get_by_role("button", name="In Bearbeitung nehmen").click()
    expect(page.get_by_text("Der Status ist gespeichert.")).to_be_visible()


def settle(page: Page, text: str, photo: Path) -> None:
    """Done, with words and a photo."""
    page.locator(".action-bar").get_by_role("link", name="Erledigt melden").click()
    page.locator("#deed").get_by_label("Begründung oder Text").fill(text)
    page.locator("#deed").get_by_label("Fotos").set_input_files(photo)
    page.locator(".action-bar").get_by_role("button", name="Erledigt melden").click()
    expect(page.get_by_text("Der Vorgang ist erledigt.")).to_be_visible()

"""A connection that goes away in the middle: nothing typed is lost, and the report is sent once, by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case
from tests.browser import steps
from tests.browser.conftest import the_case
from tests.browser.watch import Watch
from tests.conftest import Town

KEPT = """
() => new Promise((done) => {
  indexedDB.open("anliegen").onsuccess = ({target}) => {
    target.result.transaction("drafts").objectStore("drafts").getAll().onsuccess = (rows) => {
      target.result.close();
      done(JSON.stringify(rows.target.result));
    };
  };
})
"""
SLOW_MEMORY = """
const oncomplete = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, "oncomplete");
Object.defineProperty(IDBTransaction.prototype, "oncomplete", {
  get: oncomplete.get,
  set(deed) { oncomplete.set.call(this, (event) => setTimeout(() => deed.call(this, event), 400)); },
});
"""
TEXT = "Tiefes Loch vor der Schule."


@pytest.fixture
def page(visit: Callable[..., Page], watched: Callable[[Page], Watch]) -> Page:
    """A phone whose connection may fail."""
    page = visit("phone")
    watched(page).allow("ERR_INTERNET_DISCONNECTED")
    return page


def to_the_check(page: Page, *files: Path) -> None:
    """Everything typed, nothing sent."""
    steps.begin(page)
    steps.by_crosshair(page)
    if files:
        steps.add_photos(page, *files)
    steps.describe(page, TEXT)
    steps.leave_contact(page)
    steps.heading(page, "Stimmt alles?")


def send_offline(page: Page) -> None:
    """Press the button without a connection; the page says that it is kept."""
    page.context.set_offline(True)
    steps.press(page, "Meldung absenden")
    expect(steps.heading(page, "Gespeichert. Wird von selbst gesendet.")).to_be_focused()
    assert not Case.objects.exists()


def test_sent_by_itself_when_the_connection_is_back(town: Town, page: Page, photos: dict[str, Path]) -> None:
    """The page stays open: it sends as soon as it can, once, and leads to the receipt."""
    to_the_check(page, photos["gps.jpg"])
    send_offline(page)
    page.context.set_offline(False)
    sent = page.locator(".outbox[data-state=sent]")
    expect(sent).to_contain_text(re.compile(r"Gesendet: HSW-\d{4}-\d{6}"))
    sent.get_by_role("link", name="Beleg ansehen").click()
    number, _secret = steps.receipt(page)
    case = the_case()
    assert (case.number, case.report.text, case.report.photos.count()) == (number, TEXT, 1)
    page.wait_for_load_state("networkidle")  # the page notes that the receipt was seen
    expect(page.locator(".outbox")).to_have_count(0)
    page.reload()
    page.goto("/melden/")
    expect(page.locator(".outbox")).to_have_count(0)
    assert Case.objects.count() == 1


@pytest.mark.parametrize("address", ["/", "/karte/", "/melden/"])
def test_sent_by_itself_when_the_portal_is_opened_later(town: Town, page: Page, address: str) -> None:
    """The page was closed; whichever page is opened next sends it, once."""
    to_the_check(page)
    send_offline(page)
    context = page.context
    page.close()
    context.set_offline(False)
    later, other = context.new_page(), context.new_page()
    later.goto(address, wait_until="commit")
    other.goto(address, wait_until="commit")
    steps.eventually(later, Case.objects.exists)
    later.goto(address)
    expect(later.locator(".outbox[data-state=sent]")).to_be_visible()
    assert the_case().report.text == TEXT


def test_a_lost_answer_makes_no_second_report(town: Town, page: Page) -> None:
    """The report arrived, its answer did not: what is sent again is the same report."""
    to_the_check(page)
    lost = []

    def lose(route):  # type: ignore[no-untyped-def]
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort("connectionreset")
        else:
            route.continue_()

    Watch.of(page).allow("ERR_CONNECTION_RESET")
    page.route("**/pruefen/", lose)
    steps.press(page, "Meldung absenden")
    expect(page.locator(".outbox[data-state=sent]")).to_be_visible()
    assert lost == [302]
    page.locator("main").get_by_role("link", name="Beleg ansehen").click()
    number, _secret = steps.receipt(page)
    assert the_case().number == number


def test_what_is_typed_survives_reload_and_back(town: Town, page: Page) -> None:
    """Words typed and not yet sent are there after a reload and after the back button."""
    steps.begin(page)
    steps.by_crosshair(page)
    steps.heading(page, "Worum geht es?")
    page.get_by_role("radio", name=re.compile("Schlagloch")).check()
    words = page.get_by_label("Was ist Ihnen aufgefallen?")
    words.fill(TEXT)
    steps.eventually(page, lambda: TEXT in page.evaluate(KEPT))
    page.reload()
    expect(words).to_have_value(TEXT)
    expect(page.get_by_role("radio", name=re.compile("Schlagloch"))).to_be_checked()
    page.go_back()
    steps.heading(page, "Wo ist es?")
    page.go_forward()
    steps.heading(page, "Worum geht es?")
    expect(words).to_have_value(TEXT)
    steps.press(page, "Weiter")
    steps.leave_contact(page)
    steps.heading(page, "Stimmt alles?")
    page.go_back()
    steps.heading(page, "Wie erreichen wir Sie?")
    page.go_back()
    expect(words).to_have_value(TEXT)


def test_a_step_without_a_connection_says_so(town: Town, page: Page) -> None:
    """In the middle of the flow: told in words, focus on the note, and "try again" goes on where it stood."""
    steps.begin(page)
    steps.by_crosshair(page)
    steps.heading(page, "Worum geht es?")
    page.context.set_offline(True)
    page.get_by_role("radio", name=re.compile("Schlagloch")).check()
    page.get_by_label("Was ist Ihnen aufgefallen?").fill(TEXT)
    steps.press(page, "Weiter")
    note = page.get_by_role("alert").filter(has_text="Keine Verbindung. Ihre Eingaben sind gespeichert.")
    expect(note).to_be_focused()
    expect(page.get_by_label("Was ist Ihnen aufgefallen?")).to_have_value(TEXT)
    page.context.set_offline(False)
    steps.press(page, "Noch einmal versuchen")
    expect(steps.heading(page, "Wie erreichen wir Sie?")).to_be_focused()
    expect(note).to_be_hidden()


def test_whoever_is_quicker_than_the_device_loses_no_press(town: Town, visit: Callable[..., Page]) -> None:
    """A cheap phone takes long to write down what was typed; each step is pressed as soon as it is seen."""
    page = visit("phone")
    page.add_init_script(SLOW_MEMORY)
    to_the_check(page)
    steps.send(page)
    assert the_case().report.text == TEXT

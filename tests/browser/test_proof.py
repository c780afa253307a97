"""The proof of work in a browser: nobody notices it, whether the attack began before or after the page was opened."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from cases.models import Case
from tests.browser import steps
from tests.browser.conftest import the_case
from tests.browser.watch import Watch
from tests.conftest import Town

TEXT = "Tiefes Loch vor der Schule."
SOLVED = 60_000
"""Milliseconds: the browser may compute for long where other tests take the same processors."""


def ask(town: Town) -> None:
    """From now on a proof is asked for."""
    town.municipality.proof_of_work = True
    town.municipality.save()


def to_the_check(page: Page) -> None:
    """Everything typed, nothing sent."""
    steps.begin(page)
    steps.by_crosshair(page)
    steps.describe(page, TEXT)
    steps.leave_contact(page)
    steps.heading(page, "Stimmt alles?")


def test_a_report_is_sent_as_ever(town: Town, visit: Callable[..., Page]) -> None:
    """The proof is solved while the last step is read."""
    ask(town)
    page = visit("phone")
    to_the_check(page)
    expect(page.locator("[data-proof]")).to_have_count(1)
    steps.press(page, "Meldung absenden")
    expect(page.get_by_role("heading", level=1, name="Danke")).to_be_visible(timeout=SOLVED)
    assert the_case().report.text == TEXT


def test_an_attack_that_begins_meanwhile_costs_nobody_a_press(
    town: Town, visit: Callable[..., Page], watched: Callable[[Page], Watch]
) -> None:
    """The page knew of nothing: it solves and sends again by itself."""
    page = visit("phone")
    watched(page).allow("429")
    to_the_check(page)
    ask(town)
    steps.press(page, "Meldung absenden")
    expect(page.get_by_role("heading", level=1, name="Danke")).to_be_visible(timeout=SOLVED)
    assert the_case().report.text == TEXT


def test_what_waited_on_the_device_is_sent_through_an_attack(
    town: Town, visit: Callable[..., Page], watched: Callable[[Page], Watch]
) -> None:
    """The queue solves what the interface asks for."""
    page = visit("phone")
    watched(page).allow("ERR_INTERNET_DISCONNECTED", "429")
    to_the_check(page)
    page.context.set_offline(True)
    steps.press(page, "Meldung absenden")
    steps.heading(page, "Gespeichert. Wird von selbst gesendet.")
    ask(town)
    page.context.set_offline(False)
    steps.eventually(page, Case.objects.exists)
    assert the_case().report.text == TEXT


def test_asking_for_the_link_goes_through_an_attack(
    town: Town,
    visit: Callable[..., Page],
    watched: Callable[[Page], Watch],
    mails: Callable[[str], list[EmailMessage]],
    make_report: Callable[..., Case],
) -> None:
    """A plain form does the same."""
    page = visit("desktop")
    watched(page).allow("422")
    page.goto("/meine-meldungen/")
    ask(town)
    page.get_by_role("textbox").first.fill("erika@example.org")
    steps.press(page, "Link zuschicken")
    steps.heading(page, "Bitte sehen Sie in Ihre Mails")
    page.goto("/meine-meldungen/")
    expect(page.locator("[data-proof]")).to_have_count(1)
    page.get_by_role("textbox").first.fill("erika@example.org")
    steps.press(page, "Link zuschicken")
    steps.heading(page, "Bitte sehen Sie in Ihre Mails")

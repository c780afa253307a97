"""A neighbour follows what the map shows, with scripts; the reporter finds all reports again by a link, without."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from cases.change import By
from cases.models import Case
from reports.services import release_text
from subscriptions.models import Subscription
from subscriptions.wanted import Wanted
from tests.browser import steps
from tests.conftest import Town

NEIGHBOUR, REPORTER = "nina@example.org", "erika@example.org"


def test_a_neighbour_subscribes_to_what_the_map_shows(
    town: Town,
    visit: Callable[..., Page],
    mails: Callable[[str], list[EmailMessage]],
    make_report: Callable[..., Case],
) -> None:
    """The section of the map becomes the subscription; the next report in it is told at once; one click ends it."""
    release_text(case=make_report("Altes Loch"), by=By.system())
    page = visit("desktop")
    page.goto("/karte/?kategorie=schlagloch")
    expect(page.locator("#map")).to_have_class(re.compile("leaflet-container"))
    link = page.get_by_role("link", name="Diese Auswahl abonnieren")
    expect(link).to_have_attribute("href", re.compile(r"/abo/\?kategorie=schlagloch$"))
    page.locator("#map").focus()
    page.keyboard.press("+")
    expect(link).to_have_attribute("href", re.compile("bbox="))
    expect(page.get_by_role("link", name=re.compile("^Feed"))).to_have_attribute("href", re.compile("bbox="))
    link.click()
    steps.heading(page, "Auf dem Laufenden bleiben")
    expect(page.get_by_label("Kategorie")).to_have_value("schlagloch")
    expect(page.get_by_label("Nur im Ausschnitt, den die Karte gezeigt hat")).to_be_checked()
    page.get_by_role("radio", name="sofort").check()
    page.get_by_role("textbox", name=re.compile("^E-Mail")).fill(NEIGHBOUR)
    steps.press(page, "Link zuschicken")
    (asked,) = mails(NEIGHBOUR)
    page.goto(steps.link(asked, "/abo/bestaetigen/"))
    steps.press(page, "Ja, abonnieren")
    steps.heading(page, "Ihr Abo läuft")
    assert Wanted.from_json(Subscription.objects.get().wanted).section is not None

    case = make_report("Neues Loch")
    assert mails(NEIGHBOUR) == []
    release_text(case=case, by=By.system())
    (told,) = mails(NEIGHBOUR)
    page.goto(steps.link(told, f"/meldungen/{case.number}/"))
    expect(page.locator(".report__text")).to_have_text("Neues Loch")
    page.goto(steps.link(told, "/abo/verwalten/"))
    page.get_by_role("button", name=re.compile("^Beenden")).click()
    steps.heading(page, "Sie bekommen keine dieser Mails mehr")
    release_text(case=make_report("Noch ein Loch"), by=By.system())
    assert mails(NEIGHBOUR) == []


def test_the_reporter_finds_everything_by_a_link(
    town: Town,
    visit: Callable[..., Page],
    mails: Callable[[str], list[EmailMessage]],
    make_report: Callable[..., Case],
) -> None:
    """Without scripts: ask for the link, open it by the button, see the reports, look at one, log out."""
    first, second = make_report("Tiefes Loch", email=REPORTER), make_report("Lampe", email=REPORTER, category=town.lamp)
    erika = visit("phone", java_script_enabled=False)
    for mail in mails(REPORTER):
        steps.confirm_by_mail(erika, mail)
    erika.goto("/verfolgen/")
    steps.follow(erika, "Alle meine Meldungen auf einen Blick")
    erika.get_by_role("textbox", name=re.compile("^E-Mail")).fill(REPORTER)
    steps.press(erika, "Link zuschicken")
    steps.heading(erika, "Bitte sehen Sie in Ihre Mails")
    (mail,) = mails(REPORTER)
    erika.goto(steps.link(mail, "/meine-meldungen/oeffnen/"))
    steps.press(erika, "Meine Meldungen öffnen")
    expect(erika.locator(".mine__row")).to_have_count(2)
    expect(erika.locator(".mine__list")).to_contain_text(str(first.number))
    erika.get_by_role("link", name=re.compile("^Laterne aus")).click()
    expect(erika.locator(".report__number")).to_contain_text(str(second.number))
    erika.goto("/meine-meldungen/")
    steps.press(erika, "Abmelden")
    expect(erika.get_by_text("Sie sind abgemeldet")).to_be_visible()
    erika.goto(steps.link(mail, "/meine-meldungen/oeffnen/"))
    steps.heading(erika, "Dieser Link öffnet nichts mehr")

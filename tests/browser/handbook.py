"""The pictures of the handbook for staff: which page each one shows, and what is opened on it first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

from accounts.models import User
from cases.change import By
from cases.models import Case, Forward
from dispatch.services import plan
from tests.browser.world import World

WORDS = "Vielen Dank für Ihren Hinweis. Der Bauhof sieht es sich diese Woche an."


@dataclass
class Stage:
    """What the pictures are taken of."""

    page: Page
    """Of the complaint management, logged in."""
    world: World
    twin: Case
    """Reported again, close to `world.public`."""

    def open(self, name: str, *args: object, query: str = "") -> Page:
        """A page by its name."""
        self.page.goto(reverse(name, args=args) + query)
        return self.page


def _list(stage: Stage) -> None:
    stage.open("desk", query="?liste=alle").wait_for_load_state("networkidle")


def _case(stage: Stage) -> None:
    stage.open("desk_case", stage.world.public.pk).wait_for_load_state("networkidle")


def _release(stage: Stage) -> None:
    stage.open("desk_case", stage.world.review.pk).wait_for_load_state("networkidle")


def _many(stage: Stage) -> None:
    page = stage.open("desk", query="?liste=alle")
    page.get_by_label("alle dieser Seite").check()
    page.locator("#bulk-deed").select_option("status")
    page.get_by_role("button", name="Weiter", exact=True).click()
    page.get_by_label("Neuer Status").select_option(label="in Bearbeitung")
    page.locator("#id_text").fill(WORDS)
    page.get_by_role("button", name="Erst ansehen").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("was passieren würde")


def _mails_in_sight(page: Page) -> None:
    shown = page.locator("[data-mails]")
    expect(shown).to_have_attribute("aria-busy", "false")
    shown.evaluate('one => one.scrollIntoView({block: "center"})')


def _panel(case: Callable[[Stage], Case], deed: str, **fields: str) -> Callable[[Stage], None]:
    """A panel with some words in it and the preview of its mails."""

    def shown(stage: Stage) -> None:
        page = stage.open("desk_case", case(stage).pk, query=f"?tun={deed}#tun")
        for name, words in fields.items():
            page.locator(f"#deed [name={name}]").fill(words)
        _mails_in_sight(page)
        page.wait_for_load_state("networkidle")

    return shown


def _redact(stage: Stage) -> None:
    photo = stage.world.review.report.photos.order_by("pk")[0]
    page = stage.open("desk_redact", stage.world.review.pk, photo.pk)
    page.get_by_role("button", name="Rechteck hinzufügen").click()


def _compare(stage: Stage) -> None:
    stage.open("desk_compare", stage.twin.pk, stage.world.public.pk).wait_for_load_state("networkidle")


def _outside(stage: Stage) -> None:
    stage.open("forwarded", Forward.objects.latest("pk").token)


def _plain(name: str) -> Callable[[Stage], None]:
    def shown(stage: Stage) -> None:
        stage.open(name).wait_for_load_state("networkidle")

    return shown


def _as(stage: Stage, user: User, name: str) -> Page:
    """A page by its name, opened by somebody else than before."""
    page = stage.page
    page.context.clear_cookies()
    page.goto(reverse("account_login") + "?next=" + reverse(name))
    page.get_by_role("textbox", name=re.compile("^E-Mail")).fill(user.email)
    page.get_by_label("Passwort", exact=True).fill("geheim-geheim-1")
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url(re.compile(reverse(name)))
    return page


def _day(stage: Stage) -> None:
    town = stage.world.town
    for case in (stage.world.public, stage.twin, stage.world.asked):
        case.refresh_from_db()
        plan(case=case, team=town.yard, day=localdate(), by=By.staff(town.manager))
    page = _as(stage, town.field, "field")
    expect(page.locator(".stop")).to_have_count(3)
    page.wait_for_load_state("networkidle")


def _job(stage: Stage) -> None:
    page = stage.open("field", query=f"#/auftrag/{stage.world.public.pk}")
    expect(page.locator(".job")).to_contain_text(stage.world.public.number)
    page.wait_for_load_state("networkidle")


def _setup(stage: Stage) -> None:
    _as(stage, stage.world.town.admin, "setup")


PICTURES: dict[str, Callable[[Stage], None]] = {
    "arbeitsliste": _list,
    "vorgang": _case,
    "freigeben": _release,
    "sammeln": _many,
    "antworten": _panel(lambda stage: stage.world.public, "nachricht", text=WORDS),
    "schwaerzen": _redact,
    "vergleich": _compare,
    "weiterleiten": _panel(
        lambda stage: stage.world.public,
        "weiterleiten",
        name="Stadtwerke Harsewinkel",
        email="netz@example.org",
        text="Bitte prüfen Sie das Rohr unter dem Loch.",
    ),
    "extern": _outside,
    "posteingang": _plain("intake"),
    "planung": _plain("desk_planning"),
    "telefone": _plain("desk_phones"),
    "abwesenheit": _plain("desk_absence"),
    "zahlen": _plain("numbers"),
    "aussendienst-tag": _day,
    "aussendienst-auftrag": _job,
    "einrichtung": _setup,
}
"""Each picture of docs/handbuch/ by its name, in the order in which they are taken; the last ones by others."""
ON_PHONE = {"aussendienst-tag", "aussendienst-auftrag"}
"""Pictures of a phone's width."""

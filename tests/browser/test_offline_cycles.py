"""Random days of a phone: reception goes and comes, tabs close, batteries die; each report arrives exactly once.

    OFFLINE_CYCLES=100 OFFLINE_SEED=7 script/test tests/browser/test_offline_cycles.py

Every cycle writes one report with two photos. Where the reception goes, how the phone dies, whether answers get lost,
and where the person goes on is drawn by chance; the seed stands in the name of a failure and repeats it. The module is
long because a day is one story, which no part of it tells alone.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Playwright, expect

from cases.models import Case, File
from reports.models import Photo
from tests.browser.reception import Phone, Reception
from tests.conftest import Town, jpeg

CYCLES = int(os.environ.get("OFFLINE_CYCLES", "3"))
SEED = int(os.environ.get("OFFLINE_SEED", "0")) or random.randrange(1, 10_000)
NEW_PHONE_EVERY = 10
PATIENCE = 240.0
STEPS = (
    "start",
    "Wo ist es?",
    "Worum geht es?",
    "photos",
    "Wie erreichen wir Sie?",
    "Stimmt alles?",
    "sending",
    "never",
)
QUEUE = """
() => new Promise((done) => {
  indexedDB.open("anliegen").onsuccess = ({target}) => {
    const rows = target.result.transaction("queue").objectStore("queue").getAll();
    rows.onsuccess = () => { target.result.close(); done(rows.result.map((row) => [row.client_key, row.state])); };
  };
})
"""


class Interrupted(Exception):
    """The tab or the phone is gone; the person comes again."""


@dataclass
class Day:
    """One cycle: what happens, and what the person wants to report."""

    number: int
    chance: random.Random
    photos: list[Path]
    known: set[str]
    """Keys that were in the queue before."""
    told: list[str] = field(default_factory=list)
    done: bool = False

    def __post_init__(self) -> None:
        draw = self.chance
        self.text = f"Meldung {self.number} von unterwegs."
        self.begins_offline = draw.random() < 0.4
        self.loses_at = draw.choice(STEPS)
        self.dies_at = {draw.choice(STEPS) for _turn in range(draw.choice((0, 1, 1, 2)))}
        self.stays_offline = draw.random() < 0.6
        self.deaf = draw.random() < 0.35
        self.contact = draw.random() < 0.5
        self.tell(
            f"offline={self.begins_offline} loses={self.loses_at} dies={sorted(self.dies_at)} "
            f"stays={self.stays_offline} deaf={self.deaf}"
        )

    def tell(self, words: str) -> None:
        """Write down what happened, for a failure."""
        self.told.append(words)


def heading(page: Page) -> str:
    """The page's first heading as it is now, "" while there is none."""
    found = page.locator("main h1").first
    return found.inner_text(timeout=3000).strip() if found.count() else ""


def die(day: Day, phone: Phone) -> None:
    """The tab is closed, the browser is closed, or the battery is empty."""
    way = day.chance.choice(("tab", "close", "kill", "kill"))
    day.tell(way)
    if way == "tab":
        phone.close_tab()
    elif way == "close":
        phone.stop()
    else:
        phone.kill()
    raise Interrupted


def meet(day: Day, phone: Phone, step: str) -> None:
    """What chance has in store for this step."""
    if step == day.loses_at and phone.reception.mood == "good":
        day.tell(f"loses reception at {step}")
        phone.lose_reception()
    if step in day.dies_at:
        day.dies_at.discard(step)
        day.tell(f"at {step}:")
        die(day, phone)


def come(day: Day, phone: Phone) -> Page:
    """Take the phone in hand and open the portal somewhere."""
    if phone.context is not None and phone.reception.mood != "good" and not day.stays_offline:
        phone.get_reception()
    if phone.context is None:
        if phone.reception.mood != "good" and not day.stays_offline:
            phone.reception.set("good")
        phone.start()
    page = phone.page
    address = day.chance.choice(("/", "/melden/", "/melden/", "/melden/geraet/", "/karte/"))
    day.tell(f"opens {address} ({phone.reception.mood})")
    page.goto(address, wait_until="domcontentloaded")
    return page


def queued(day: Day, page: Page) -> str:
    """The state of this day's report in the queue, "" while it is not there."""
    rows = [state for key, state in page.evaluate(QUEUE) if key not in day.known]
    return rows[-1] if rows else ""


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()


def write(day: Day, phone: Phone) -> None:
    """Whatever page is shown: do what a person does there, until the report is in the queue or has arrived."""
    page = come(day, phone)
    end = time.monotonic() + PATIENCE
    last = ""
    while time.monotonic() < end:
        shown = heading(page)
        if shown != last:
            day.tell(shown)
            last = shown
        if shown.startswith(("Danke.", "Gesendet:")):
            day.done = True
            return
        if queued(day, page):
            return
        if page.get_by_role("button", name="Ohne Verbindung weitermachen").is_visible():
            press(page, "Ohne Verbindung weitermachen")
        elif not acted(day, phone, page, shown):
            page.wait_for_timeout(100)
    raise AssertionError("It did not get on.")


def acted(day: Day, phone: Phone, page: Page, shown: str) -> bool:
    """`act`; what moved on meanwhile is looked at again, and half a page, whose rest never came, is loaded again."""
    try:
        return act(day, phone, page, shown)
    except PlaywrightError as error:
        if "Timeout" in str(error) and heading(page) != shown:
            return True
        if "Timeout" not in str(error) or page.locator("footer").count():
            raise
    day.tell("half a page: loads it again")
    page.goto("/melden/", wait_until="domcontentloaded")
    return True


def act(day: Day, phone: Phone, page: Page, shown: str) -> bool:
    """One deed on the page of this heading; whether there was one."""
    if shown == "Was ist Ihnen aufgefallen?":
        meet(day, phone, "start")
        drafts = page.get_by_role("link", name=re.compile("^Entwurf fortsetzen"))
        page.wait_for_timeout(300)  # what this device has is added by a script
        arrived = page.get_by_role("link", name=re.compile(rf"angekommen: .*Am Teich {day.number}\b"))
        if arrived.count():
            arrived.first.click()
        elif drafts.count():
            drafts.first.click()
        elif page.get_by_role("link", name="Mangel oder Idee melden").count():
            page.goto("/melden/")
        elif page.get_by_role("button", name="Meldung beginnen").last.is_visible():
            press(page, "Meldung beginnen")
    elif shown == "Wo ist es?":
        meet(day, phone, shown)
        page.get_by_label("Adresse oder Beschreibung").fill(f"Am Teich {day.number}")
        press(page, "Weiter")
    elif shown == "Worum geht es?":
        meet(day, phone, shown)
        what(day, phone, page)
    elif shown == "Wie erreichen wir Sie?":
        meet(day, phone, shown)
        if day.contact:
            page.get_by_role("textbox", name=re.compile("^E-Mail")).fill(f"tag{day.number}@example.org")
        press(page, "Weiter" if day.contact else "Ohne E-Mail fortfahren")
    elif shown == "Stimmt alles?":
        meet(day, phone, shown)
        send(day, phone, page)
    elif shown == "Dieser Entwurf ist nicht mehr da":
        further = page.get_by_role("link", name="Damit weitermachen")
        further.click() if further.is_visible() else page.goto("/melden/")
    elif shown in {"Sie sind offline", "Was gemeldet wurde"} or still_empty(page):
        page.goto("/melden/", wait_until="domcontentloaded")
    elif shown == "Meldungen auf diesem Gerät":
        page.wait_for_timeout(300)
        draft = page.get_by_role("link", name="Weiter", exact=True)
        draft.first.click() if draft.count() else page.goto("/melden/", wait_until="domcontentloaded")
    else:
        return False
    settle(page, shown)
    return True


def still_empty(page: Page) -> bool:
    """Whether the page shows nothing even after a while: a person waits before loading again."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if heading(page):
            return False
        page.wait_for_timeout(100)
    return True


def settle(page: Page, before: str) -> None:
    """Let the page react to what was done."""
    end = time.monotonic() + 1.5
    while time.monotonic() < end and heading(page) == before:
        page.wait_for_timeout(50)


def what(day: Day, phone: Phone, page: Page) -> None:
    """Photos that are missing, the category, the words."""
    listed = page.locator("[data-photo-list] > li")
    page.wait_for_timeout(400)  # what is kept is listed by a script
    for index in range(listed.count(), 2):
        page.locator("#photos").set_input_files(day.photos[index])
        expect(listed).to_have_count(index + 1)
        if index == 0:
            meet(day, phone, "photos")
    page.get_by_role("radio", name="Schlagloch").check()
    page.get_by_label("Was ist Ihnen aufgefallen?").fill(day.text)
    press(page, "Weiter")


def send(day: Day, phone: Phone, page: Page) -> None:
    """Press the button, sometimes where answers get lost, sometimes just before the phone dies."""
    if phone.reception.mood == "good" and day.deaf:
        day.deaf = False
        day.tell("answers get lost")
        phone.reception.set("deaf")
    press(page, "Meldung absenden")
    page.wait_for_timeout(day.chance.choice((0, 30, 100, 300, 800)))
    meet(day, phone, "sending")
    if phone.reception.mood == "deaf":
        page.wait_for_timeout(1000)
        phone.reception.set("good")


def arrive(day: Day, phone: Phone) -> None:
    """Reception is back: the report goes by itself; the phone may die once more meanwhile."""
    if phone.context is None:
        phone.reception.set("good")
        page = phone.start()
        page.goto(day.chance.choice(("/", "/melden/geraet/")), wait_until="domcontentloaded")
    else:
        page = phone.page
        if day.deaf:
            day.tell("answers get lost")
            phone.reception.set("deaf")
            assert phone.context is not None
            phone.context.set_offline(False)
            page.wait_for_timeout(day.chance.choice((200, 800, 2000)))
            day.deaf = False
        phone.get_reception()
        if day.chance.random() < 0.3:
            page.wait_for_timeout(day.chance.choice((10, 60, 200)))
            die(day, phone)
        if day.chance.random() < 0.5:
            page.goto("/", wait_until="domcontentloaded")
    assert phone.context is not None
    if day.chance.random() < 0.3:
        phone.context.new_page().goto("/karte/", wait_until="commit")
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        page = phone.page
        if heading(page).startswith(("Danke.", "Gesendet:")) or queued(day, page) == "sent":
            day.done = True
            return
        if not queued(day, page):
            return  # it went the usual way, and the answer was lost: the person looks again
        page.wait_for_timeout(100)
    raise AssertionError("It was not sent.")


def live(day: Day, phone: Phone) -> None:
    """The whole day, however often the phone dies."""
    if day.begins_offline:
        phone.lose_reception()
    for _turn in range(12):
        try:
            write(day, phone)
            if not day.done:
                arrive(day, phone)
            if day.done:
                return
        except Interrupted:
            continue
        except PlaywrightError as error:
            # A page that is just being left, or one that cannot be loaded: a person tries again.
            if "Timeout" in str(error):
                raise
            day.tell(str(error).splitlines()[0])
            if phone.context is not None:
                phone.page.wait_for_timeout(1000)
    raise AssertionError("Twelve tries were not enough.")


@pytest.fixture
def reception(site: str, settings: Any) -> Iterator[Reception]:
    """The line between phone and platform."""
    line = Reception(urlsplit(site).port or 80)
    settings.PUBLIC_PORT = str(line.port)
    settings.TRUSTED_ADDRESSES = ["127.0.0.1"]
    yield line
    line.close()


@pytest.mark.slow
def test_random_days_of_a_phone(town: Town, playwright: Playwright, reception: Reception, tmp_path: Path) -> None:
    """Every report is there exactly once, with both photos once, as they were taken."""
    chance = random.Random(SEED)
    phone: Phone | None = None
    problems = 0
    for number in range(1, CYCLES + 1):
        if phone is None or number % NEW_PHONE_EVERY == 1:
            if phone is not None:
                phone.stop()
            reception.set("good")
            phone = Phone(playwright, tmp_path / f"profile-{number}", reception)
        reception.set("good")
        if phone.context is None:
            phone.start()
        assert phone.context is not None
        phone.context.set_offline(False)
        page = phone.page
        page.goto("/")
        page.wait_for_function("() => navigator.serviceWorker.controller", timeout=60_000)
        day = Day(
            number, random.Random(chance.random()), take(tmp_path, number), {key for key, _s in page.evaluate(QUEUE)}
        )
        try:
            live(day, phone)
            check(day)
        except Exception as error:
            problems += 1
            print(f"\nCycle {number}, seed {SEED}:", *day.told, error, seen(phone), sep="\n  ")
            phone.kill()
            phone = None
            assert problems < 3, f"seed {SEED}, cycle {number}"
    assert phone is not None
    phone.stop()
    assert not phone.problems
    print(f"\n{CYCLES} cycles with seed {SEED}: {Case.objects.count()} reports, {Photo.objects.count()} photos")
    assert not problems, f"seed {SEED}"
    assert Case.objects.count() == CYCLES
    assert Photo.objects.count() == File.objects.filter(case__isnull=False).count() == 2 * CYCLES


def seen(phone: Phone) -> str:
    """What stands on the phone, for a failure."""
    try:
        return f"{phone.page.url}\n{phone.page.locator('body').aria_snapshot()[:3000]}"
    except PlaywrightError as error:
        return str(error)


def take(folder: Path, number: int) -> list[Path]:
    """Two photos that nobody else has."""
    files = [folder / f"{number}-{index}.jpg" for index in (1, 2)]
    for index, file in enumerate(files):
        file.write_bytes(jpeg(f"#{number * 7 % 256:02x}{number // 256 * 40:02x}{index * 200 + number % 50:02x}").read())
    return files


def check(day: Day) -> None:
    """One report of this day, and its two photos byte by byte."""
    case = Case.objects.get(report__text=day.text)
    wanted = {hashlib.sha256(file.read_bytes()).hexdigest() for file in day.photos}
    kept = list(case.files.values_list("sha256", flat=True))
    assert sorted(kept) == sorted(wanted)
    assert case.report.photos.count() == 2
    assert (case.contact is not None) == day.contact

"""Random shifts of a crew: reception goes and comes, servers fail, phones die; each deed arrives once, in order.

    FIELD_CYCLES=100 FIELD_JOBS=60 FIELD_SEED=7 script/test tests/browser/test_field_cycles.py

Each job gets a note with two photos before the work, and is settled with two after it, all of it on its screen; the
note is what the second is based on. What happens meanwhile is drawn by chance; the seed stands in the name of a failure
and repeats it.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.core.files.storage import default_storage
from playwright.sync_api import Error as PlaywrightError

from cases.models import Case, Entry
from tests.browser.crew import Crew, Platform, a_crew, a_line, a_platform, planned
from tests.browser.reception import Mood
from tests.conftest import Town, jpeg

__all__ = ["a_crew", "a_line", "a_platform"]
CYCLES = int(os.environ.get("FIELD_CYCLES", "10"))
JOBS = int(os.environ.get("FIELD_JOBS", "10"))
SEED = int(os.environ.get("FIELD_SEED", "0")) or random.randrange(1, 10_000)
MOODS: tuple[Mood, ...] = ("good", "good", "cut", "cut", "slow", "500", "502", "hang", "deaf")
Blow = Literal["nothing", "tab", "reload", "kill", "kill in the middle", "stop", "restart"]
BLOWS: tuple[Blow, ...] = ("nothing", "nothing", "tab", "reload", "kill", "kill in the middle", "stop", "restart")


@dataclass
class Deed:
    """Something that the crew wants to do."""

    case: Case
    kind: str
    text: str
    photos: tuple[bytes, ...]
    key: str = ""
    """Its client_key as soon as the phone said that it is kept."""


class Shift:
    """One crew's day."""

    def __init__(self, crew: Crew, platform: Platform, chance: random.Random) -> None:
        self.crew, self.platform, self.chance = crew, platform, chance
        self.told: list[str] = []
        self.done: list[Deed] = []

    def cycle(self, deeds: list[Deed]) -> None:
        """Some reception, some work, some misfortune."""
        mood, blow = self.chance.choice(MOODS), self.chance.choice(BLOWS)
        self.told.append(f"{mood}, {len(deeds)} deeds, {blow}")
        self.reach(mood)
        for deed in deeds:
            if not self.crew.phone.context:
                self.crew.start()
            if blow == "kill in the middle" and deed is deeds[-1]:
                self.begin(deed)
            else:
                self.do(deed)
        pauses = (0, 5, 20, 50) if blow == "kill in the middle" else (0, 50, 200, 500, 1500)
        self.crew.page.wait_for_timeout(self.chance.choice(pauses))
        self.suffer(blow)
        if self.crew.phone.context is None:
            self.crew.start()
        for deed in deeds:
            if not deed.key:
                self.again(deed)

    def reach(self, mood: Mood) -> None:
        """Change the reception; "cut" is what a phone notices by itself."""
        if mood == "cut":
            self.crew.phone.lose_reception()
        else:
            self.crew.reception.set(mood)
            if self.crew.phone.context is not None:
                self.crew.phone.context.set_offline(False)

    def do(self, deed: Deed) -> None:
        """Press the button and see that it is kept."""
        deed.key = self.crew.act(deed.kind, deed.case, deed.text, deed.photos)
        self.done.append(deed)

    def begin(self, deed: Deed) -> None:
        """Press the button; nobody sees what comes of it."""
        self.crew.act(deed.kind, deed.case, deed.text, deed.photos, unseen=True)

    def again(self, deed: Deed) -> None:
        """A worker looks whether it is there, and does it where it is not."""
        for row in self.crew.rows():
            if row["text"] == deed.text:
                deed.key = row["client_key"]
                self.done.append(deed)
                return
        self.do(deed)

    def suffer(self, blow: Blow) -> None:
        """Misfortune."""
        phone = self.crew.phone
        if blow == "tab":
            phone.close_tab()
            self.crew.start()
        elif blow == "reload":
            self.crew.page.reload(wait_until="domcontentloaded")
        elif blow in {"kill", "kill in the middle"}:
            phone.kill()
        elif blow == "stop":
            phone.stop()
        elif blow == "restart":
            self.crew.reception.move(self.platform.start())


def wanted(cases: list[Case], chance: random.Random) -> list[Deed]:
    """Two deeds for each case, mixed; the note comes before the end."""
    order = [case for case in cases for _turn in range(2)]
    chance.shuffle(order)
    found: list[Deed] = []
    for number, case in enumerate(order):
        first = all(deed.case is not case for deed in found)
        kind = "notiz" if first else "erledigt"
        colours = [f"#{number % 256:02x}{number // 256:02x}{blue + (90 if first else 180):02x}" for blue in range(2)]
        photos = tuple(jpeg(colour, (320, 240)).read() for colour in colours)
        found.append(Deed(case, kind, f"{kind} {case.pk}", photos))
    return found


def test_random_shifts_of_a_crew(town: Town, make_report: Callable[..., Case], crew: Crew, platform: Platform) -> None:
    """Every deed is there exactly once, in the order it was done, with its photo as it was taken."""
    chance = random.Random(SEED)
    deeds = wanted(planned(town, make_report, JOBS), chance)
    crew.first_sync()
    shift = Shift(crew, platform, chance)
    try:
        for number in range(CYCLES):
            shift.cycle(deeds[len(deeds) * number // CYCLES : len(deeds) * (number + 1) // CYCLES])
        shift.told.append("the end")
        shift.reach("good")
        crew.start()
        crew.send_all(240)
        rows = crew.rows()
        assert [row["state"] for row in rows] == ["sent"] * len(deeds)
        assert not crew.read()["photos"]
    except (AssertionError, PlaywrightError) as error:
        raise AssertionError("\n".join([f"seed {SEED}", *shift.told, str(error)])) from error
    arrived = Entry.objects.filter(client_key__in=[deed.key for deed in deeds]).order_by("pk")
    assert [str(entry.client_key) for entry in arrived] == [deed.key for deed in shift.done], f"seed {SEED}"
    assert [entry.text for entry in arrived] == [deed.text for deed in shift.done]
    for deed in deeds:
        check_photos(deed)


def check_photos(deed: Deed) -> None:
    """The bytes that the server keeps are those that the phone took."""
    entry = Entry.objects.get(client_key=deed.key)
    originals = [default_storage.open(f"originals/{file.key}").read() for file in entry.files.order_by("pk")]
    assert [hashlib.sha256(one).hexdigest() for one in originals] == [
        hashlib.sha256(photo).hexdigest() for photo in deed.photos
    ]

"""Which reports the demo has: what was written, when, with which picture, and how it went on.

Pure: the same town and day give the same stories. Nothing here touches the database.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from portal.demo.data import data
from portal.demo.pictures import Shot

BERLIN: Final = ZoneInfo("Europe/Berlin")
NAMESPACE: Final = uuid.UUID("5b7d1e0a-6a52-4a3c-9c1c-6c0f5f5a2c11")
COUNTS: Final = {
    "harsewinkel": 172,
    "heek": 32,
    "wiesmoor": 32,
    "eschwege": 32,
    "soltau": 32,
    "walsrode": 5,
    "munster": 5,
    "schneverdingen": 5,
    "bad-fallingbostel": 4,
    "bispingen": 3,
    "schwarmstedt": 2,
    "neuenkirchen": 2,
    "rethem": 2,
    "lindwedel": 1,
}
"""Reports by town."""
YEAR: Final = 365.0
CONTACT_DAYS: Final = 2.5
"""Older reports have no unconfirmed address any more: it would have been deleted."""
REGULAR: Final = "erika.muster@buerger.example"
"""Reports often and always with the same address; everybody else has one per report."""
MAILED: Final = {"harsewinkel": {0: "", 1: "", 7: "open", 12: "question", 20: "done", 28: "done"}}
"""Reports whose mails are really written, counted from the youngest, with their plot if it matters which."""
MAILED_ELSEWHERE: Final = {0: "", 4: "done"}
SMALL: Final = 9
"""Towns with fewer reports send no mails."""

#: How a defect may have gone on by its age in days: (up to, {plot: weight}).
DEFECTS: Final[list[tuple[float, dict[str, int]]]] = [
    (0.7, {"unreleased": 4, "new": 4, "open": 1}),
    (3.0, {"unreleased": 3, "new": 7, "open": 8, "done": 4}),
    (10.0, {"new": 2, "open": 10, "planned": 6, "question": 4, "third": 2, "done": 13, "rejected": 2}),
    (
        45.0,
        {"open": 7, "planned": 6, "question": 1, "answered": 2, "third": 3, "done": 22, "rejected": 4, "reopened": 3},
    ),
    (YEAR * 2, {"open": 1, "planned": 1, "third": 1, "done": 40, "rejected": 6, "settled_twice": 2, "withdrawn": 2}),
]
IDEAS: Final = {"open": 5, "planned": 4, "done": 4, "rejected": 3}
REJECTIONS: Final = ["nicht-zustaendig", "nicht-loesbar", "privatgrund", "doppelmeldung", "nicht-loesbar"]
PLACES_IN_WORDS: Final = [
    "Am Feldweg hinter der alten Molkerei",
    "Zwischen Sportheim und Bach",
    "Gegenüber vom Kiosk, wo früher die Telefonzelle stand",
    "Waldparkplatz an der Straße zum Nachbarort",
]


@dataclass(frozen=True)
class Story:
    """One report and how it went on."""

    town: str
    index: int
    category: str
    text: str
    submitted_at: datetime
    plot: str
    seed: str
    scene: str = ""
    look: int = 0
    name: str = ""
    email: str = ""
    confirmed: bool = False
    public_name: bool = False
    answers: dict[str, Any] = field(default_factory=dict)
    supporters: int = 0
    followers: int = 0
    in_words: str = ""
    mailed: bool = False
    rejection: str = ""

    @property
    def key(self) -> uuid.UUID:
        """The client_key of its submission: the same report is never handed in twice."""
        return uuid.uuid5(NAMESPACE, f"{self.town}/{self.index}")

    def shots(self) -> list[Shot]:
        """The pictures that its telling may need."""
        if not self.scene:
            return []
        return [Shot(self.scene, self.look), Shot(self.scene, self.look, settled=True)]


def stories(town: str, now: datetime) -> list[Story]:
    """The stories of a town, oldest first, as of `now`."""
    return sorted(_stories(town, now), key=lambda story: story.submitted_at)


def _stories(town: str, now: datetime) -> Iterator[Story]:
    random = Random(f"stories of {town}")  # noqa: S311
    count = COUNTS.get(town, 0)
    mailed = MAILED.get(town, MAILED_ELSEWHERE if count > SMALL else {})
    decks: dict[str, list[str]] = {}
    for index in range(count):
        # Evenly over the year, denser towards today; the youngest is half an hour old.
        age = YEAR * ((index + random.random()) / count) ** 1.7 + 0.02
        at = _daytime(now - timedelta(days=age), now, random)
        category = _category(at, random)
        yield _story(town, index, category, at, (now - at) / timedelta(days=1), random, decks, mailed.get(index))


def _daytime(at: datetime, now: datetime, random: Random) -> datetime:
    """The same day between seven in the morning and nine in the evening, never in the future."""
    local = at.astimezone(BERLIN)
    if now - at < timedelta(days=1):
        return at - timedelta(hours=5) if local.hour < 6 else at
    hour = min(20, max(7, round(random.gauss(13, 4))))
    return datetime.combine(local.date(), time(hour, random.randrange(60)), BERLIN)


def _category(at: datetime, random: Random) -> str:
    """By share; some categories have their months."""
    month = at.astimezone(BERLIN).month
    shares = {
        slug: row["share"] for slug, row in data("reports")["categories"].items() if month in row.get("months", [month])
    }
    return str(random.choices(list(shares), list(shares.values()))[0])


def _sort_of(category: str) -> str:
    rows = (row for group in data("categories") for row in group["categories"])
    return str(next((row.get("sort", "defect") for row in rows if row["slug"] == category), "defect"))


def _plot(sort: str, age: float, random: Random) -> str:
    if sort == "complaint":
        return "complaint"
    if sort == "praise":
        return "unreleased" if age < 0.7 else "praise"
    weights = IDEAS if sort == "idea" and age > 3 else next(plots for days, plots in DEFECTS if age <= days)
    return str(random.choices(list(weights), list(weights.values()))[0])


def _text(category: str, random: Random, decks: dict[str, list[str]]) -> str:
    """Every text of a category comes up once before one comes up again."""
    deck = decks.get(category)
    if not deck:
        deck = decks[category] = list(data("reports")["categories"][category]["texts"])
        random.shuffle(deck)
    return deck.pop()


def _story(
    town: str,
    index: int,
    category: str,
    at: datetime,
    age: float,
    random: Random,
    decks: dict[str, list[str]],
    wanted: str | None,
) -> Story:
    row, sort = data("reports")["categories"][category], _sort_of(category)
    plot, mailed = _plot(sort, age, random), wanted is not None
    if wanted and sort in {"defect", "idea"}:
        plot = wanted
    scene = random.choice(row["scenes"]) if row["scenes"] and random.random() < 0.66 else ""
    name, email, confirmed = _person(town, index, age, plot, mailed, random)
    rejection = random.choice(REJECTIONS) if plot == "rejected" else ""
    text = _text(category, random, decks)
    if plot == "rejected" and index % 43 == 5:
        rejection, text = "regelverstoss", data("reports")["rude"]
    return Story(
        town=town,
        index=index,
        category=category,
        text=text,
        submitted_at=at,
        plot=plot,
        seed=f"{town}/{index}",
        scene=scene,
        look=_look(row["share"], random),
        name=name,
        email=email,
        confirmed=confirmed,
        public_name=confirmed and random.random() < 0.2,
        answers=random.choice(row["answers"]) if row.get("answers") else {},
        supporters=_supporters(sort, plot, random),
        followers=2 if mailed else random.choice([0, 0, 0, 0, 0, 1]),
        in_words=random.choice(PLACES_IN_WORDS) if sort == "defect" and index % 29 == 11 else "",
        mailed=mailed,
        rejection=rejection,
    )


def _look(share: int, random: Random) -> int:
    """Frequent categories have two looks, so that their pictures differ."""
    return random.randrange(2) if share >= 12 else 0


def _person(town: str, index: int, age: float, plot: str, mailed: bool, random: Random) -> tuple[str, str, bool]:
    """Name, address and whether it is proved; nobody for an anonymous report."""
    name = random.choice(data("reports")["people"])
    needed = plot in {"question", "answered", "complaint", "reopened", "settled_twice"} or mailed
    if not needed and town != "eschwege" and random.random() < 0.3:
        return "", "", False
    local = name.lower().replace(" ", ".")
    email = REGULAR if REGULAR.startswith(f"{local}@") else f"{local}.{index}@buerger.example"
    confirmed = age > CONTACT_DAYS or plot not in {"unreleased", "new"} or random.random() < 0.4
    return (name if random.random() < 0.7 else "", email, confirmed)


def _supporters(sort: str, plot: str, random: Random) -> int:
    if plot in {"unreleased", "withdrawn"} or sort in {"praise", "complaint"}:
        return 0
    if sort == "idea":
        return random.randrange(2, 11)
    return random.choice([0, 0, 0, 0, 0, 1, 1, 2, 4])

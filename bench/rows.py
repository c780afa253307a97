"""What a report is, drawn by numpy: place, age, state, deadline, unit, words. The same start makes the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np

from bench import town
from bench.town import Town
from bench.words import texts
from cases.models import Case, Contact, File
from cases.policy import CLOSED, KEEP_DAYS, ORIGINAL_DAYS, Part, State
from geo.grid import morton_many

YEARS = 4.9
"""The oldest reports; after five years they would be erased."""
COLUMNS = {
    "n": "bigint",
    "case_id": "bigint",
    "contact_id": "bigint",
    "token": "text",
    "lon": "float8",
    "lat": "float8",
    "grid": "bigint",
    "topic_id": "bigint",
    "state": "text",
    "stage_id": "bigint",
    "unit_id": "bigint",
    "assignee_id": "bigint",
    "district_id": "bigint",
    "duplicate_id": "bigint",
    "priority": "smallint",
    "confidential": "boolean",
    "source": "text",
    "submitted_at": "timestamptz",
    "changed_at": "timestamptz",
    "answered_at": "timestamptz",
    "due_at": "timestamptz",
    "waiting_since": "timestamptz",
    "closed_at": "timestamptz",
    "public_at": "timestamptz",
    "released": "boolean",
    "text": "text",
    "address": "text",
    "file_id": "bigint",
    "photos": "smallint",
    "originals_gone": "boolean",
    "followers": "smallint",
}
SOURCES = (("web", 0.72), ("phone", 0.12), ("api", 0.08), ("mail", 0.05), ("desk", 0.03))


def _moments(at: Any) -> list[str | None]:
    """Instants as both databases read them; NaT becomes None."""
    return [None if one == "NaT" else one.replace("T", " ") for one in np.datetime_as_string(at, unit="s").tolist()]


def rows(place: Town, start: int, size: int, ids: dict[Any, int], now: datetime) -> Iterator[tuple[Any, ...]]:
    """The staging table's rows `start` to `start + size`, drawn by numpy; always the same for the same start."""
    chance = np.random.default_rng([4, start])
    lines = town.streets()
    along = (chance.random(size) ** 1.7 * len(lines.name)).astype(np.int64)
    lon, lat = town.places(chance, along, lines)
    instant = np.datetime64(now.replace(tzinfo=None), "s")
    age = (chance.beta(1.0, 1.8, size) * YEARS * 365 * 86_400).astype(np.int64)
    topic = (chance.random(size) ** 1.8 * len(place.categories)).astype(np.int64)
    state, step = _states(chance, age)
    submitted = instant - age.astype("timedelta64[s]")
    changed = submitted + step
    is_closed = np.isin(state, [one.value for one in CLOSED])
    never = np.datetime64("NaT")
    answered = np.where(state == State.NEW.value, never, submitted + step // 2)
    days = np.array(place.days)[topic]
    due = submitted + (days * 86_400 * 7 // 5).astype("timedelta64[s]")
    confidential = np.array(place.confidential)[topic] | (chance.random(size) < 0.01)
    stage, hides, duplicate = _stages(place, chance, state)
    released = chance.random(size) < np.where(state == State.NEW.value, 0.3, 0.93)
    public = released & ~confidential & ~hides & ((state != State.WITHDRAWN.value) | (chance.random(size) < 0.5))
    unit = np.array(place.unit_of)[topic]
    clerk = np.array([place.clerks[one] for one in place.unit_of])[topic, chance.integers(0, town.CLERKS, size)]
    assigned = (chance.random(size) < 0.5) & (state != State.NEW.value)
    since_closed = np.where(is_closed, (instant - changed).astype(np.int64) / 86_400, 0)
    contact = (chance.random(size) < 0.6) & (since_closed < KEEP_DAYS[Part.CONTACT] + 1)
    photos = np.select([chance.random(size) < 0.08, chance.random(size) < 0.3], [2, 1], 0)
    photos[since_closed >= KEEP_DAYS[Part.PHOTOS] + 1] = 0
    tokens = chance.bytes(size * 11).hex()
    case_ids = np.arange(1, size + 1) + ids[Case]
    columns = (
        range(start, start + size),
        case_ids.tolist(),
        [pk if has else None for pk, has in enumerate(contact.tolist(), ids[Contact] + 1)],
        [tokens[at * 22 : at * 22 + 22] for at in range(size)],
        lon.tolist(),
        lat.tolist(),
        morton_many(lon, lat).tolist(),
        np.array(place.categories)[topic].tolist(),
        state.tolist(),
        stage,
        unit.tolist(),
        [one if has else None for one, has in zip(clerk.tolist(), assigned.tolist(), strict=True)],
        np.array(place.districts)[town.district_at(lon, lat)].tolist(),
        [pk - 1 if same and pk > 1 else None for pk, same in zip(case_ids.tolist(), duplicate, strict=True)],
        chance.choice([-1, 0, 1, 2], size, p=[0.05, 0.8, 0.12, 0.03]).tolist(),
        confidential.tolist(),
        chance.choice([name for name, _share in SOURCES], size, p=[share for _name, share in SOURCES]).tolist(),
        _moments(submitted),
        _moments(changed),
        _moments(answered),
        _moments(due),
        _moments(np.where(state == State.WAITING.value, changed, never)),
        _moments(np.where(is_closed, changed, never)),
        _moments(np.where(public, submitted + step // 3, never)),
        released.tolist(),
        texts(chance, lines.name[along]).tolist(),
        (lines.name[along] + " " + chance.integers(1, 90, size).astype(str).astype(object)).tolist(),
        (np.cumsum(photos) - photos + 1 + ids[File]).tolist(),
        photos.tolist(),
        (since_closed > ORIGINAL_DAYS + 1).tolist(),
        np.where(chance.random(size) < 0.03, chance.geometric(0.4, size), 0).tolist(),
    )
    return zip(*columns, strict=True)


def _states(chance: np.random.Generator, age: Any) -> tuple[Any, Any]:
    """States by age (seconds): what is old is nearly always settled; and how long after its sending it last changed."""
    size, days = len(age), age / 86_400
    active = chance.random(size) < 0.06 + 0.9 * np.exp(-days / 45)
    fresh = chance.random(size) < np.exp(-days / 6)
    open_ = chance.choice([State.OPEN.value, State.WAITING.value], size, p=[0.8, 0.2])
    closed = chance.choice([State.DONE.value, State.REJECTED.value, State.WITHDRAWN.value], size, p=[0.86, 0.11, 0.03])
    state = np.where(active, np.where(fresh, State.NEW.value, open_), closed)
    seconds = np.minimum(chance.exponential(16 * 86_400, size), age * 0.95).astype(np.int64)
    seconds[state == State.NEW.value] = 0
    return state, seconds.astype("timedelta64[s]")


def _stages(place: Town, chance: np.random.Generator, state: Any) -> tuple[list[int | None], Any, list[bool]]:
    """A stage of each state, whether it hides, and whether it says that the case is a duplicate."""
    size = len(state)
    found, hides = np.zeros(size, np.int64), np.zeros(size, bool)
    for one, stages in place.stages.items():
        of_it = np.flatnonzero(state == one.value)
        if stages:
            at = (chance.random(len(of_it)) ** 2 * len(stages)).astype(np.int64)
            found[of_it] = np.array([stage.pk for stage in stages])[at]
            hides[of_it] = np.array([stage.hides for stage in stages])[at]
    duplicate = (state == State.REJECTED.value) & (chance.random(size) < 0.1)
    found[duplicate], hides[duplicate] = place.duplicate.pk, False
    return [pk or None for pk in found.tolist()], hides, duplicate.tolist()

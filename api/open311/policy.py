"""What the words of Open311 mean here, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from cases.policy import Means, State

SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
PERIOD: Final = timedelta(days=90)
"""Without dates requests of this time are listed."""
PAGE_MAX: Final = 1000
IDS_MAX: Final = 1000
RADIUS_METRES: Final = 1000.0
"""Around lat and long where no radius is given."""
RADIUS_MAX: Final = 50_000.0
AGAIN_SECONDS: Final = 1800
"""A request that comes with the same fields and photos within this time is the same one, sent again."""


class Update(StrEnum):
    """States of the updates extension."""

    OPEN = "OPEN"
    INVESTIGATING = "INVESTIGATING"
    IN_PROGRESS = "IN_PROGRESS"
    ACTION_SCHEDULED = "ACTION_SCHEDULED"
    FIXED = "FIXED"
    DUPLICATE = "DUPLICATE"
    NOT_COUNCILS_RESPONSIBILITY = "NOT_COUNCILS_RESPONSIBILITY"
    NO_FURTHER_ACTION = "NO_FURTHER_ACTION"
    INTERNAL_REFERRAL = "INTERNAL_REFERRAL"
    CLOSED = "CLOSED"
    REOPEN = "REOPEN"


@dataclass(frozen=True)
class Aim:
    """Where an update leads: a state, and the stages of that state to look for, the first that is there."""

    state: State
    stages: tuple[str, ...] = ()
    means: Means | None = None


AIMS: Final[dict[Update, Aim]] = {
    Update.OPEN: Aim(State.OPEN),
    Update.REOPEN: Aim(State.OPEN),
    Update.INVESTIGATING: Aim(State.OPEN),
    Update.IN_PROGRESS: Aim(State.OPEN),
    Update.ACTION_SCHEDULED: Aim(State.OPEN, ("eingeplant",)),
    Update.INTERNAL_REFERRAL: Aim(State.OPEN, means=Means.FORWARDED),
    Update.FIXED: Aim(State.DONE),
    Update.CLOSED: Aim(State.DONE),
    Update.DUPLICATE: Aim(State.REJECTED, means=Means.DUPLICATE),
    Update.NOT_COUNCILS_RESPONSIBILITY: Aim(State.REJECTED, ("nicht-zustaendig",)),
    Update.NO_FURTHER_ACTION: Aim(State.REJECTED, ("nicht-loesbar",)),
}
"""What a posted update does. OPEN leaves a case that is open as it is; see `api.open311.posting_updates`."""
KEEPS_OPEN: Final = frozenset({Update.OPEN})
"""Updates that say no more than that it is not closed."""

SHOWN: Final[dict[State, Update]] = {
    State.NEW: Update.OPEN,
    State.OPEN: Update.IN_PROGRESS,
    State.WAITING: Update.INVESTIGATING,
    State.DONE: Update.FIXED,
    State.REJECTED: Update.NO_FURTHER_ACTION,
    State.WITHDRAWN: Update.CLOSED,
}
SHOWN_STAGES: Final[dict[str, Update]] = {
    "in-pruefung": Update.INVESTIGATING,
    "eingeplant": Update.ACTION_SCHEDULED,
    "nicht-zustaendig": Update.NOT_COUNCILS_RESPONSIBILITY,
    "privatgrund": Update.NOT_COUNCILS_RESPONSIBILITY,
}
"""Slugs of the stages that are shipped (reports/standard/stages.yml) and say more than their state."""
SHOWN_MEANS: Final[dict[str, Update]] = {Means.DUPLICATE.value: Update.DUPLICATE}


def shown_update(state: str, *, stage: str = "", means: str = "", expected: bool = False) -> Update:
    """How an update says a state: `stage` is its slug, `expected` that a day was named."""
    found = SHOWN_MEANS.get(means) or SHOWN_STAGES.get(stage)
    if found is None and expected and State(state) is State.OPEN:
        found = Update.ACTION_SCHEDULED
    return found or SHOWN[State(state)]

"""The steps between states that several verbs take: stage, clock, and whether the public pages show the case.

Parts of verbs: they change the row in hand and write nothing.
"""

from __future__ import annotations

from datetime import datetime

from cases import routing
from cases.errors import NoSuchEdge
from cases.models import Case, Entry, Stage
from cases.policy import CLOCK_STOPPED, CLOSED, EDGES, State, WaitsFor


def enter(case: Case, stage: Stage | None) -> None:
    """Set the stage, and with it whether the public pages show the case.

    A stage that hides takes the case off them; the next one that does not brings it back as it was: a case that was
    public is public again without a second release, one that never was is not. What was taken back meanwhile stays
    away, since taking back the last released part also forgets that the case was public. Whom a waiting case waits
    for, the stage says.
    """
    case.stage = stage
    if State(case.state) not in CLOCK_STOPPED:
        case.waits_for = ""
    else:
        case.waits_for = stage.waits_for if stage is not None else WaitsFor.OTHERS.value
    if stage is not None and stage.hides:
        case.public_at, case.public_before = None, case.public_at or case.public_before
    elif case.public_before is not None:
        case.public_at, case.public_before = case.public_before, None


def first_stage(case: Case, state: State) -> Stage | None:
    """The stage a case enters where none is named."""
    return next(iter(routing.stages(case.municipality, state)), None)


def keep_clock(case: Case, before: State, to: State, at: datetime) -> None:
    """Stop the deadline on entering a waiting state; push it back by the time waited on leaving."""
    if before not in CLOCK_STOPPED and to in CLOCK_STOPPED:
        case.waiting_since = at
    elif before in CLOCK_STOPPED and to not in CLOCK_STOPPED and case.waiting_since is not None:
        if case.due_at is not None:
            case.due_at = routing.resumed(case.municipality, case.due_at, case.waiting_since, at)
        case.waiting_since = None


def step_to(case: Case, entry: Entry, to: State, stage: Stage | None) -> None:
    """Take a case to a state as part of another deed, whose data tell it. Raises NoSuchEdge."""
    before = State(case.state)
    if to not in EDGES[before]:
        raise NoSuchEdge
    keep_clock(case, before, to, entry.at)
    if to != before:
        case.state_since = entry.at
        case.closed_at = entry.at if to in CLOSED else None
    case.state = to.value
    enter(case, stage)
    entry.data = {
        **entry.data,
        "from": before.value,
        "to": to.value,
        "stage": stage.pk if stage else None,
        "label": case.label_of(stage) if stage else None,
    }

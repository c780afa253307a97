"""A unit takes what lies with it, or hands it back."""

from __future__ import annotations

from accounts.policy import Permission
from cases import routing
from cases.change import Act, By, change
from cases.errors import NoSuchEdge
from cases.models import Case, Entry
from cases.policy import ACTIVE, Deed, State
from cases.services import checked_text


def can_be_accepted(case: Case) -> bool:
    """Whether it lies with somebody who has not said yet that it is theirs."""
    return can_be_handed_back(case) and case.accepted_at is None


def can_be_handed_back(case: Case) -> bool:
    """Whether it lies with somebody and still needs something."""
    lies = case.unit_id is not None or case.assignee_id is not None
    return lies and State(case.state) in ACTIVE


def accept(*, case: Case, by: By, act: Act | None = None) -> Entry:
    """The unit says that the case is theirs; whoever settles it there does so by working on it, too.

    Raises NoSuchEdge where nobody has it, it is accepted already or needs nothing any more.
    """
    with change(case=case, by=by, deed=Deed.ACCEPTED, permission=Permission.MOVE, asked={}, act=act) as step:
        if not step.replayed:
            if not can_be_accepted(step.case):
                raise NoSuchEdge
            step.entry.data = {"unit": step.case.unit_id}
            step.case.accepted_at = step.entry.at
    return step.entry


def take(*, case: Case, by: By, act: Act | None = None) -> Entry:
    """Somebody who may work on it says that they do: it is theirs, and stays with its unit.

    Raises NoSuchEdge where it is theirs already or needs nothing any more.
    """
    with change(
        case=case, by=by, deed=Deed.ASSIGNED, permission=Permission.MOVE, asked={"take": True}, act=act
    ) as step:
        if not step.replayed:
            row, entry = step.case, step.entry
            if by.user is None or row.assignee_id == by.user.pk or State(row.state) not in ACTIVE:
                raise NoSuchEdge
            entry.data = {
                "from": row.unit_id,
                "unit": row.unit_id,
                "assignee": by.user.pk,
                "assignee_before": row.assignee_id,
            }
            row.assignee, row.assigned_at = by.user, row.assigned_at or entry.at
            row.accepted_at = row.accepted_at or entry.at
    return step.entry


def hand_back(*, case: Case, by: By, text: str, act: Act | None = None) -> Entry:
    """It is not theirs, for a reason that colleagues read: a team hands back to its unit, a unit to the complaint
    management (no unit), which hands it on. Never to whoever had it before: two units would play with it.

    Raises NoSuchEdge where nobody has it or it needs nothing any more; Invalid without a reason.
    """
    text = checked_text(text)
    asked = {"text": text}
    with change(case=case, by=by, deed=Deed.HANDED_BACK, permission=Permission.MOVE, asked=asked, act=act) as step:
        if not step.replayed:
            row, entry = step.case, step.entry
            if not can_be_handed_back(row):
                raise NoSuchEdge
            unit = row.unit.parent if row.unit is not None else None
            target = unit if unit is not None and unit.active else None
            entry.text = text
            entry.data = {
                "from": row.unit_id,
                "assignee_before": row.assignee_id,
                "unit": target.pk if target is not None else None,
            }
            routing.give(row, target, at=entry.at)
    return step.entry

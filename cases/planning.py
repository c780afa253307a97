"""When and in which order colleagues work: priority, putting a case aside until a day, another due date."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.policy import Permission
from cases.change import Act, By, change
from cases.errors import Invalid, NoSuchEdge
from cases.models import Case, Entry
from cases.policy import ACTIVE, Deed, Priority, State
from cases.routing import BERLIN
from cases.services import checked_text

FARTHEST = timedelta(days=2 * 366)
"""Further away nobody plans; most likely the year is mistyped."""
CLOSE_OF_BUSINESS = time(18)


def set_priority(*, case: Case, priority: Priority, by: By, act: Act | None = None) -> Entry:
    """How pressing it is among colleagues; nothing the citizen sees. Raises NoSuchEdge for a closed case."""
    asked = {"priority": int(priority)}
    with change(case=case, by=by, deed=Deed.PRIORITY, permission=Permission.ASSIGN, asked=asked, act=act) as step:
        if not step.replayed:
            _needs_something(step.case)
            step.entry.data = {"before": step.case.priority, "priority": int(priority)}
            step.case.priority = int(priority)
    return step.entry


def resubmit(*, case: Case, on: date | None, by: By, text: str = "", act: Act | None = None) -> Entry:
    """Put a case aside until the morning of a day, or (None) take it up now. It wakes by itself: whoever lists cases
    treats a day that has come as due. `text` is a note for colleagues.

    Raises Invalid for a day that is not to come, NoSuchEdge for a closed case or one that was not put aside.
    """
    text = checked_text(text, required=False)
    asked = {"on": on.isoformat() if on else None, "text": text}
    with change(case=case, by=by, deed=Deed.RESUBMISSION, permission=Permission.MOVE, asked=asked, act=act) as step:
        if not step.replayed:
            row, entry = step.case, step.entry
            _needs_something(row)
            if on is None and row.resubmit_on is None:
                raise NoSuchEdge
            today = timezone.localtime(entry.at, BERLIN).date()
            if on is not None and not today < on <= today + FARTHEST:
                raise Invalid({"on": [_("Please choose a day from tomorrow on, at most two years ahead.")]})
            entry.text, entry.data = text, {"on": asked["on"]}
            row.resubmit_on = on
    return step.entry


def ask_lead(*, case: Case, by: By, text: str, act: Act | None = None) -> Entry:
    """Somebody at work needs a word of their lead: the case is due at the desk today, with the question.

    Raises Invalid without one, NoSuchEdge for a closed case.
    """
    text = checked_text(text)
    with change(
        case=case, by=by, deed=Deed.RESUBMISSION, permission=Permission.MOVE, asked={"question": text}, act=act
    ) as step:
        if not step.replayed:
            row, entry = step.case, step.entry
            _needs_something(row)
            today = timezone.localtime(entry.at, BERLIN).date()
            entry.text, entry.data = text, {"on": today.isoformat(), "question": True}
            row.resubmit_on = today
    return step.entry


def change_due(*, case: Case, on: date, by: By, text: str, act: Act | None = None) -> Entry:
    """Another due date, for a reason that colleagues read; the citizen is told by `move` and its date.

    Raises Invalid (a past day, no reason), NoSuchEdge for a closed case.
    """
    text = checked_text(text)
    asked = {"on": on.isoformat(), "text": text}
    with change(case=case, by=by, deed=Deed.DUE_CHANGED, permission=Permission.ASSIGN, asked=asked, act=act) as step:
        if not step.replayed:
            row, entry = step.case, step.entry
            _needs_something(row)
            today = timezone.localtime(entry.at, BERLIN).date()
            if not today <= on <= today + FARTHEST:
                raise Invalid({"on": [_("Please choose today or a later day, at most two years ahead.")]})
            before = timezone.localtime(row.due_at, BERLIN).date().isoformat() if row.due_at else None
            entry.text, entry.data = text, {"before": before, "due_on": on.isoformat()}
            row.due_at = timezone.make_aware(datetime.combine(on, CLOSE_OF_BUSINESS), BERLIN)
    return step.entry


def _needs_something(case: Case) -> None:
    if State(case.state) not in ACTIVE:
        raise NoSuchEdge

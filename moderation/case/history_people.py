"""The history of who works on a case and when, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cases.models import PRIORITIES, Entry
from cases.policy import Deed

Data = dict[str, Any]
LATE = timedelta(minutes=2)
"""Arrived so much later than it was done, it is said."""
Units = dict[int, str]


def units_of(entry: Entry) -> set[int]:
    """Ids of the units an entry names."""
    names = {
        Deed.ACCEPTED.value: ("from", "unit"),
        Deed.HANDED_BACK.value: ("from", "unit"),
        Deed.PLANNED.value: ("team",),
        Deed.UNPLANNED.value: ("team",),
    }.get(entry.deed, ())
    return {one for name in names if (one := entry.data.get(name))}


def title(entry: Entry, units: Units) -> str:
    """What an entry tells, "" for deeds that have one title each."""
    teller = TELLERS.get(Deed(entry.deed))
    return teller(entry.data, units) if teller is not None else ""


def underway(entry: Entry) -> str:
    """Of what a crew did without a network: when it arrived, and whether it knew of what happened by then."""
    received, found = entry.data.get("received_at"), []
    arrived = parse_datetime(received) if isinstance(received, str) else None
    if arrived is not None and arrived - entry.at >= LATE:
        when = localtime(arrived)
        written = "H:i" if when.date() == localtime(entry.at).date() else "SHORT_DATETIME_FORMAT"
        found.append(_("arrived %(when)s") % {"when": date_format(when, written)})
    if entry.data.get("stale"):
        found.append(_("written without knowing what came before"))
    return ", ".join(found)


def _day(iso: str | None) -> str:
    return date_format(date.fromisoformat(iso), "DATE_FORMAT") if iso else "–"


def _accepted(data: Data, units: Units) -> str:
    unit = units.get(data.get("unit") or 0)
    return _("Accepted: %(unit)s") % {"unit": unit} if unit else _("Accepted")


def _handed_back(data: Data, units: Units) -> str:
    return _("Handed back: %(before)s → %(after)s") % {
        "before": units.get(data.get("from") or 0, "–"),
        "after": units.get(data.get("unit") or 0, _("complaint management")),
    }


def _priority(data: Data, units: Units) -> str:
    return _("Priority: %(word)s") % {"word": dict(PRIORITIES).get(data.get("priority", 0), "–")}


def _resubmission(data: Data, units: Units) -> str:
    if data.get("question"):
        return _("The crew asks its lead")
    if not data.get("on"):
        return _("Taken up again")
    return _("Put aside until %(day)s") % {"day": _day(data["on"])}


def _due(data: Data, units: Units) -> str:
    return _("Due date: %(before)s → %(after)s") % {
        "before": _day(data.get("before")),
        "after": _day(data.get("due_on")),
    }


def _subject(data: Data) -> str:
    """What lies too long; the subjects of geo.policy.PATIENCE."""
    return {
        "accept": _("nobody has accepted it"),
        "answer": _("no first answer yet"),
        "release": _("text or photos wait for a release"),
        "reason": _("closed without a reason that the citizen can read"),
        "question": _("the reporter has not answered"),
        "forward": _("the outside body has not answered"),
    }.get(data.get("subject", ""), "")


def _reminded(data: Data, units: Units) -> str:
    return _("Reminder: %(subject)s") % {"subject": _subject(data)} if _subject(data) else ""


def _escalated(data: Data, units: Units) -> str:
    return _("Escalated: %(subject)s") % {"subject": _subject(data)} if _subject(data) else ""


def _list(data: Data, units: Units) -> dict[str, str]:
    return {"team": units.get(data.get("team") or 0, "–"), "day": _day(data.get("day"))}


def _planned(data: Data, units: Units) -> str:
    return _("Planned: %(team)s, %(day)s") % _list(data, units)


def _unplanned(data: Data, units: Units) -> str:
    return _("Taken off the list: %(team)s, %(day)s") % _list(data, units)


TELLERS: dict[Deed, Callable[[Data, Units], str]] = {
    Deed.ACCEPTED: _accepted,
    Deed.HANDED_BACK: _handed_back,
    Deed.PRIORITY: _priority,
    Deed.RESUBMISSION: _resubmission,
    Deed.DUE_CHANGED: _due,
    Deed.REMINDED: _reminded,
    Deed.PLANNED: _planned,
    Deed.UNPLANNED: _unplanned,
    Deed.ESCALATED: _escalated,
}

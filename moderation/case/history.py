"""The history of a case in words: who did what when, and who else can read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Unit, User
from cases.models import STATES, Entry, File, Topic
from cases.policy import FACTS, Actor, Deed, State
from geo.localized import localized
from moderation.case import history_people, history_together
from reports.praise import MARK


@dataclass(frozen=True)
class Told:
    """One entry as the component `timeline` shows it."""

    at: datetime
    title: str
    who: str
    text: str
    state: str
    """Class of the state's colour, "" where no state was set."""
    internal: bool
    version: int
    photos: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class _Names:
    """Names of what entries mention by id; read at once."""

    topics: dict[int, str]
    units: dict[int, str]
    users: dict[int, str]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> _Names:
        topics: set[int] = set()
        units: set[int] = set()
        users: set[int] = set()
        for entry in entries:
            data = entry.data
            if entry.deed == Deed.CATEGORY_CHANGED.value:
                topics |= {one for one in (data.get("from"), data.get("to")) if one}
            elif entry.deed == Deed.ASSIGNED.value:
                units |= {one for one in (data.get("unit"),) if one}
                users |= {one for one in (data.get("assignee"),) if one}
            units |= history_people.units_of(entry)
        return cls(
            {row.pk: localized(row.name) for row in Topic.objects.filter(pk__in=topics)} if topics else {},
            {row.pk: row.name for row in Unit.objects.filter(pk__in=units)} if units else {},
            {row.pk: str(row) for row in User.objects.filter(pk__in=users)} if users else {},
        )


def told(entries: Iterable[Entry]) -> list[Told]:
    """Entries in words, in the given order; they come with `user` and `files`. At most three further queries."""
    rows = list(entries)
    names = _Names.of(rows)
    return [_tell(entry, names) for entry in rows]


def _tell(entry: Entry, names: _Names) -> Told:
    state = entry.data.get("to") if entry.deed != Deed.CATEGORY_CHANGED.value else None
    if entry.deed == Deed.SUBMITTED.value:
        state = State.NEW.value
    known = state if isinstance(state, str) and state in FACTS else ""
    return Told(
        at=entry.at,
        title=_title(entry, names),
        who=" · ".join(filter(None, [_who(entry), _readers(entry), history_people.underway(entry)])),
        text=_text(entry),
        state=FACTS[State(known)].look if known else "",
        # Only words that must not slip out are set apart; the line below each title says who reads it.
        internal=bool(entry.text) and not entry.public and not entry.for_reporter,
        version=entry.version,
        photos=[shown(file) for file in entry.files.all() if file.ready_at is not None],
    )


def shown(file: File) -> dict[str, Any]:
    """A picture for staff, as the component `photo` takes it; its variants must be made."""
    return {
        "src": reverse("internal_picture", args=[file.key, "medium", "jpg"]),
        "webp": reverse("internal_picture", args=[file.key, "medium", "webp"]),
        "large": reverse("internal_picture", args=[file.key, "large", "jpg"]),
        "alt": _("Photo of the case"),
        "width": file.width,
        "height": file.height,
    }


def _who(entry: Entry) -> str:
    if entry.actor == Actor.STAFF.value:
        return str(entry.user) if entry.user else _("Staff")
    if entry.actor == Actor.SYSTEM.value:
        return _("automatically")
    if entry.actor == Actor.OUTSIDE.value:
        return str(entry.data.get("outside") or _("outside body"))
    somebody = entry.deed == Deed.FEEDBACK.value and not entry.for_reporter
    return _("a citizen") if somebody else _("the reporter")


def _readers(entry: Entry) -> str:
    if entry.deed == Deed.SUBMITTED.value:
        return ""
    if entry.public:
        return _("public")
    return _("for the reporter only") if entry.for_reporter else _("internal")


def _state_words(entry: Entry) -> str:
    label = localized(entry.data.get("label"))
    return label or str(dict(STATES).get(entry.data.get("to", ""), ""))


def _title(entry: Entry, names: _Names) -> str:
    data = entry.data
    match Deed(entry.deed):
        case Deed.MOVED:
            return _("State: %(state)s") % {"state": _state_words(entry)}
        case Deed.CATEGORY_CHANGED:
            return _("Category: %(before)s → %(after)s") % {
                "before": names.topics.get(data.get("from", 0), "–"),
                "after": names.topics.get(data.get("to", 0), "–"),
            }
        case Deed.ASSIGNED:
            unit = names.units.get(data.get("unit") or 0, _("no unit"))
            person = names.users.get(data.get("assignee") or 0, "")
            if data.get(MARK):
                return _("Praise passed on: %(whom)s") % {"whom": person or unit}
            return _("Assigned: %(whom)s") % {"whom": f"{unit}, {person}" if person else unit}
        case Deed.FEEDBACK:
            return _("Feedback: still there") if data.get("still_there") else _("Feedback: it is settled")
        case Deed.FILE_LINKED if data.get("number"):
            return _("File number: %(number)s") % {"number": data["number"]}
        case Deed.FILE_LINKED if data.get("before"):
            return _("File number taken away: %(number)s") % {"number": data["before"]}
        case Deed.BOUNCED:
            return _("Mail did not arrive")
        case Deed.TEXT_RELEASED if data.get("reworded"):
            return _("Public wording changed")
        case Deed.PHOTO_REDACTED if not data.get("areas"):
            return _("Redaction of the photo lifted")
        case deed:
            return history_people.title(entry, names.units) or history_together.title(entry) or _titles()[deed]


def _titles() -> dict[Deed, str]:
    return {
        Deed.SUBMITTED: _("Received"),
        Deed.TEXT_RELEASED: _("Text released"),
        Deed.TEXT_WITHDRAWN: _("Text not public"),
        Deed.PHOTO_REDACTED: _("Photo redacted"),
        Deed.PHOTO_RELEASED: _("Photo released"),
        Deed.PHOTO_WITHDRAWN: _("Photo not public"),
        Deed.PLACE_CHANGED: _("Place changed"),
        Deed.NOTE: _("Note"),
        Deed.UPDATE: _("Public update"),
        Deed.QUESTION: _("Question to the reporter"),
        Deed.ANSWER: _("Answer of the reporter"),
        Deed.MESSAGE: _("Message to the reporter"),
        Deed.CORRECTED: _("Text corrected by the reporter"),
        Deed.PHOTO_ADDED: _("Photo added"),
        Deed.CONTACT_CONFIRMED: _("E-mail confirmed"),
        Deed.CONTACT_DELETED: _("Contact data deleted"),
        Deed.ERASED: _("Deleted"),
        Deed.GOAL_REACHED: _("Enough supporters"),
        Deed.HELD: _("Deletion suspended"),
        Deed.HOLD_ENDED: _("Deletion as planned again"),
        Deed.ACCEPTED: _("Accepted by the unit"),
        Deed.HANDED_BACK: _("Handed back"),
        Deed.PRIORITY: _("Priority changed"),
        Deed.RESUBMISSION: _("Resubmission"),
        Deed.DUE_CHANGED: _("Due date changed"),
        Deed.FILE_LINKED: _("File number"),
        Deed.REMINDED: _("Reminder"),
        Deed.ESCALATED: _("Escalated"),
        Deed.FORWARDED: _("Forwarded to an outside body"),
        Deed.FORWARD_ANSWERED: _("Answer of the outside body"),
        Deed.FORWARD_ENDED: _("Forwarding ended"),
        Deed.MERGED: _("Merged with another case"),
        Deed.UNMERGED: _("Merging undone"),
        Deed.SPLIT: _("Split off"),
        Deed.PLANNED: _("Planned"),
        Deed.UNPLANNED: _("Taken off the day list"),
        Deed.HANDED_OVER: _("Handed over to another municipality"),
    }


def _text(entry: Entry) -> str:
    if entry.deed == Deed.PLACE_CHANGED.value and entry.data.get("address_before"):
        return _("before: %(words)s") % {"words": entry.data["address_before"]}
    if entry.deed == Deed.CORRECTED.value and entry.text:
        return _("before: %(words)s") % {"words": entry.text}
    if entry.deed == Deed.PHOTO_REDACTED.value and (number := entry.data.get("areas")):
        return ngettext("%(n)d area", "%(n)d areas", number) % {"n": number}
    return entry.text

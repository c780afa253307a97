"""What a crew did, as it arrives: each kind calls the verb that the desk calls, under the phone's key and time.

A deed is written once, however often it is sent: its Entry keeps the digest of what came, and a second sending of the
same gets the same answer, also when the case has left the person's reach by then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import Permission
from accounts.services import reach
from cases import services as verbs
from cases.change import Act, By, payload_hash
from cases.errors import Conflict, Invalid, KeyReused, Refused
from cases.handing import hand_back, take
from cases.models import Case, Entry, File
from cases.planning import ask_lead
from cases.policy import Actor, Deed, State
from dispatch import lists
from dispatch.services import put_off, unplan
from field.models import Shot
from geo.folding import one_line
from reports.policy import ADDRESS_MAX
from reports.services import attach_staff_photos, change_place

STALE: Final = "stale"
"""Of a note: it was written without knowing what others had done by then."""
BASE: Final = "base"
"""The version of the case that the person had seen."""
RECEIVED: Final = "received_at"
SENT: Final = "sent"
ROLES: Final = ("before", "after")


class Gone(Refused):
    """There is no such case, or not for this person."""


class NoPhotos(Refused):
    """Photos are named that did not arrive."""


@dataclass(frozen=True)
class Sent:
    """A deed as it came, read and checked for its form."""

    key: UUID
    kind: str
    case: int
    at: datetime
    text: str = ""
    photos: tuple[UUID, ...] = ()
    version: int | None = None
    based_on: UUID | None = None
    day: date | None = None
    point: Point | None = None
    digest: str = ""


@dataclass(frozen=True)
class Doing:
    """A deed on its way into the case."""

    sent: Sent
    case: Case
    by: By
    act: Act
    files: tuple[File, ...]


def _settle(one: Doing) -> Entry:
    entry = verbs.move(case=one.case, to=State.DONE, by=one.by, text=one.sent.text, files=one.files, act=one.act)
    if one.files:
        attach_staff_photos(entry=entry, files=one.files, by=one.by)
    return entry


def _impossible(one: Doing) -> Entry:
    return _kept(one, unplan(case=one.case, by=one.by, text=one.sent.text, act=one.act))


def _ask(one: Doing) -> Entry:
    return _kept(one, ask_lead(case=one.case, by=one.by, text=one.sent.text, act=one.act))


def _note(one: Doing) -> Entry:
    return _kept(one, verbs.note(case=one.case, by=one.by, text=one.sent.text, files=one.files, act=one.act))


def _place(one: Doing) -> Entry:
    if one.sent.point is None:
        raise Invalid({"point": [_("The position is missing.")]})
    address = one_line(one.sent.text)
    if len(address) > ADDRESS_MAX:
        raise Invalid({"text": [_("Please shorten the address to %(max)d characters.") % {"max": ADDRESS_MAX}]})
    entry = change_place(case=one.case, by=one.by, point=one.sent.point, address=address, on_site=True, act=one.act)
    return _kept(one, entry)


def _take(one: Doing) -> Entry:
    return _kept(one, take(case=one.case, by=one.by, act=one.act))


def _back(one: Doing) -> Entry:
    return _kept(one, hand_back(case=one.case, by=one.by, text=one.sent.text, act=one.act))


def _put_off(one: Doing) -> Entry:
    if one.sent.day is None:
        raise Invalid({"day": [_("Please choose a day after today.")]})
    return _kept(one, put_off(case=one.case, on=one.sent.day, by=one.by, text=one.sent.text, act=one.act))


def _kept(one: Doing, entry: Entry) -> Entry:
    """Tie the photos to an entry that citizens do not read."""
    if one.files:
        attach_staff_photos(entry=entry, files=one.files, by=one.by, internal=True)
    return entry


NOTE: Final = "notiz"
KINDS: Final[dict[str, Callable[[Doing], Entry]]] = {
    "erledigt": _settle,
    "nicht-moeglich": _impossible,
    "leitung": _ask,
    NOTE: _note,
    "ort": _place,
    "uebernehmen": _take,
    "zurueckgeben": _back,
    "wiedervorlage": _put_off,
}


def enter(*, sent: Sent, user: User, at: datetime) -> Entry:
    """Do what was sent, once; returns its entry. `at` is when it arrived.

    Raises Gone, NoPhotos, Conflict, KeyReused, and what the verbs raise.
    """
    try:
        with transaction.atomic():
            return _enter(sent, user, at)
    except IntegrityError:
        # The same sent twice at one moment: the other one was first.
        with transaction.atomic():
            return _enter(sent, user, at)


def _enter(sent: Sent, user: User, at: datetime) -> Entry:
    row = Case.objects.select_for_update(of=("self",)).filter(pk=sent.case).first()
    if row is None:
        raise Gone
    if (earlier := Entry.objects.filter(case=row, client_key=sent.key).first()) is not None:
        if earlier.user_id != user.pk or earlier.data.get(SENT) != sent.digest:
            raise KeyReused
        return earlier
    reached = Case.objects.visible_to(user).filter(pk=row.pk).exists()
    if not reached and not (sent.kind == NOTE and once_had(row, user)):
        raise Gone
    base, seen = _base(row, sent)
    if not seen and sent.kind != NOTE:
        raise Conflict(row)
    files = _files(sent, row, user)
    when = min(max(sent.at, row.submitted_at, *([row.state_since] if sent.kind == "erledigt" else [])), at)
    act = Act(at=when, client_key=sent.key, received_at=at)
    by = By.staff(user) if reached else By(Actor.STAFF, user, checked=True)
    entry = KINDS[sent.kind](Doing(sent, row, by, act, files))
    known = {SENT: sent.digest, RECEIVED: at.isoformat(), BASE: base}
    entry.data = {**entry.data, **known, **({} if seen else {STALE: True})}
    entry.save(update_fields=["data"])
    return entry


def once_had(case: Case, user: User) -> bool:
    """Whether the case was on a list of the person's teams before it was given elsewhere: then what they saw or did
    there still comes in, as a note with photos."""
    return lists.lay_with(case, reach(user, Permission.NOTE).units)


def _base(case: Case, sent: Sent) -> tuple[int | None, bool]:
    """The version that the person had seen (None: unknown), and whether nothing happened since.

    Based on a key: the phone's own deed before this one, which had seen everything itself.
    """
    if sent.based_on is not None:
        before = Entry.objects.filter(case=case, client_key=sent.based_on).first()
        if before is None:
            return sent.version, False
        if before.data.get(STALE):
            return before.data.get(BASE), False
        return before.version, before.version == case.version
    return sent.version, sent.version is None or sent.version == case.version


def _files(sent: Sent, case: Case, user: User) -> tuple[File, ...]:
    shots = Shot.objects.filter(key__in=sent.photos, case=case, user=user).select_related("file")
    found = {shot.key: shot.file for shot in shots}
    if set(sent.photos) - set(found):
        raise NoPhotos
    files = {found[key].pk: found[key] for key in sent.photos}
    if any(file.entry_id is not None for file in files.values()):
        raise Invalid({"photos": [_("A photo belongs to something that was sent before.")]})
    return tuple(files.values())


# What others did meanwhile
def since(*, sent: Sent, user: User) -> list[dict[str, Any]]:
    """What others did to the case since what the deed was based on, oldest first."""
    case = Case.objects.get(pk=sent.case)
    base, _seen = _base(case, sent)
    rows = Entry.objects.filter(case=case, version__gt=base or 0).exclude(user=user).select_related("user")
    return [
        {"at": row.at.isoformat(), "by": str(row.user) if row.user else "", "what": said(row), "text": row.text}
        for row in rows.order_by("version", "pk")
    ]


def said(entry: Entry) -> str:
    """What an entry tells, in a few words."""
    words: Mapping[str, str] = {
        Deed.MOVED.value: _("State changed"),
        Deed.NOTE.value: _("Note"),
        Deed.UPDATE.value: _("Public update"),
        Deed.MESSAGE.value: _("Message to the reporter"),
        Deed.ANSWER.value: _("Answer of the reporter"),
        Deed.QUESTION.value: _("Question to the reporter"),
        Deed.ASSIGNED.value: _("Assigned anew"),
        Deed.HANDED_BACK.value: _("Handed back"),
        Deed.PLANNED.value: _("Planned anew"),
        Deed.UNPLANNED.value: _("Taken off the list"),
        Deed.RESUBMISSION.value: _("Follow-up"),
        Deed.PLACE_CHANGED.value: _("Place changed"),
        Deed.CATEGORY_CHANGED.value: _("Category changed"),
        Deed.FEEDBACK.value: _("Feedback of a citizen"),
        Deed.PHOTO_ADDED.value: _("Photo added"),
    }
    return words.get(entry.deed, _("Case changed"))


def digest_of(body: Mapping[str, Any]) -> str:
    """What makes two sendings the same: all of the body but what it was based on."""
    return payload_hash({name: value for name, value in body.items() if name != "based_on"})


def keys(found: Sequence[Any]) -> tuple[UUID, ...]:
    """Keys out of JSON. Raises ValueError for anything else."""
    if not all(isinstance(key, str) for key in found):
        raise ValueError
    return tuple(UUID(key) for key in found)

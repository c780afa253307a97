"""Keeping and deleting: holds, what is due tonight by its term (cases.terms), and the one verb that deletes.

A case under a hold is left alone. What was deleted stands in the log (`Erasure`), which names nobody. Originals of
photos are deleted by `cases.redacting`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.policy import Permission
from cases import files, terms
from cases.change import Act, By, Step, change
from cases.errors import Invalid, Refused
from cases.kinds import kind_of
from cases.models import (
    Case,
    Contact,
    Entry,
    Erasure,
    File,
    Follow,
    Forward,
    Hold,
    Look,
    Merge,
    Support,
    Topic,
    Watcher,
    new_secret,
)
from cases.policy import CLOSED, Deed, Part
from geo.models import Municipality

log = structlog.get_logger("anliegen.duties")
REASON_MAX = 300
_KEPT_DATA = frozenset({"from", "to", "stage", "label", "unit", "unit_before", "assignee", "still_there", "parts"})
"""What an erased entry still says: states and ids, for counting."""
_SHAPES = (
    "municipality__boundary",
    "municipality__parent__boundary",
    "municipality__parent__parent__boundary",
)


# What is due --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Due:
    """One part of one case whose day has come."""

    case: Case
    part: Part
    on: date


def due(*, at: datetime, municipality: Municipality | None = None) -> Iterator[Due]:
    """What is deleted by itself at `at`, longest closed first per part; of one municipality or of all. Two queries
    per part, rows are streamed."""
    for part in Part:
        for case in _candidates(part, at, municipality).iterator(chunk_size=200):
            day = terms.ends_on(case, terms.COLUMN[part])
            if day is not None and day <= localdate(at):
                yield Due(case, part, day)


def _candidates(part: Part, at: datetime, municipality: Municipality | None) -> QuerySet[Case]:
    earliest = terms.closed_before(terms.COLUMN[part], at)
    held = Hold.objects.filter(case_id=OuterRef("pk"), ended_at=None)
    later = Entry.objects.filter(case_id=OuterRef("pk"), at__gt=OuterRef("erased_at")).exclude(text="")
    left = {
        Part.CONTACT: Q(contact__isnull=False),
        Part.PHOTOS: Q(Exists(File.objects.filter(case_id=OuterRef("pk")))),
        Part.CASE: Q(erased_at=None) | Q(Exists(later)),
    }[part]
    return (
        Case.objects.filter(left, ~Exists(held), state__in=[state.value for state in CLOSED], closed_at__lte=earliest)
        .filter(**{"municipality": municipality} if municipality is not None else {})
        .select_related("topic__parent", "municipality__parent__parent")
        .defer(*_SHAPES)
        .order_by("closed_at", "pk")
    )


def erase_due(*, at: datetime) -> dict[Part, int]:
    """The nightly job: delete what is due, each case by itself, so that one that fails keeps no other waiting.

    Returns how many cases lost which part. What fails is logged and tried again the next night.
    """
    parts: dict[int, set[Part]] = {}
    for one in due(at=at):
        parts.setdefault(one.case.pk, set()).add(one.part)
    done = dict.fromkeys(Part, 0)
    for pk, wanted in parts.items():
        case = Case.objects.filter(pk=pk).first()
        if case is None:
            continue
        try:
            erase(case=case, parts=wanted, by=By.system(), act=Act(at=at))
        except Refused as refused:  # put under a hold, or taken up again, in this very moment
            log.warning("erasure_refused", case=pk, why=type(refused).__name__)
            continue
        for part in wanted:
            done[part] += 1
    if any(done.values()):
        log.info("erased", **{part.value: number for part, number in done.items()})
    return done


# The verb -------------------------------------------------------------------------------------------------------------
def erase(*, case: Case, parts: Collection[Part], by: By, act: Act | None = None) -> Entry:
    """Delete parts of a case for good; `Part.CASE` takes the others along.

    The case stays as a row to count: number, topic, district, states and days. Raises Invalid under a hold, and for the
    words of an open case.
    """
    wanted = set(Part) if Part.CASE in parts else set(parts)
    asked = {"parts": sorted(wanted)}
    with change(case=case, by=by, deed=Deed.ERASED, permission=Permission.PRIVACY, asked=asked, act=act) as step:
        if step.replayed:
            return step.entry
        row = step.case
        if held(row) is not None:
            raise Invalid({"": [_("This case is kept on purpose. Please end that first.")]})
        if Part.CASE in wanted and not row.facts.closed:
            raise Invalid({"": [_("An open case keeps its words. Please close it first.")]})
        step.entry.data = asked
        pieces = {
            Part.CONTACT: _erase_contact(row) if Part.CONTACT in wanted else 0,
            Part.PHOTOS: _erase_photos(row) if Part.PHOTOS in wanted else 0,
            Part.CASE: _erase_words(step) if Part.CASE in wanted else 0,
        }
        Erasure.objects.bulk_create(
            Erasure(
                municipality_id=row.municipality_id,
                number=row.number or "",
                part=part.value,
                pieces=number,
                by=by.user,
                at=step.entry.at,
            )
            for part, number in pieces.items()
            if number
        )
    return step.entry


def _erase_contact(case: Case) -> int:
    contact, case.contact = case.contact, None
    return Contact.objects.filter(pk=contact.pk).delete()[0] if contact is not None else 0


def _erase_photos(case: Case) -> int:
    rows = list(File.objects.filter(case=case))
    for file in rows:
        files.delete(file=file)
    return len(rows)


def _erase_words(step: Step) -> int:
    """All words, the place, everybody's names; what is left can be counted."""
    case = step.case
    kind_of(case).erase(case)
    entries = list(Entry.objects.filter(case=case))
    for entry in entries:
        entry.text, entry.payload = "", ""
        entry.data = {name: value for name, value in entry.data.items() if name in _KEPT_DATA and _counts(value)}
    Entry.objects.bulk_update(entries, ["text", "payload", "data"], batch_size=200)
    for rows in (Support, Follow, Watcher, Forward, Look, Hold):
        rows.objects.filter(case=case).delete()
    Merge.objects.filter(Q(duplicate=case) | Q(original=case)).delete()
    case.point, case.grid, case.public_at, case.public_before = None, None, None, None
    case.secret, case.user, case.client_key = new_secret(), None, None
    case.former_number = case.file_number = case.file_url = case.forwarded_to = ""
    case.erased_at = step.entry.at
    return len(entries) + 1


def _counts(value: object) -> bool:
    """Whether a fact of an entry names no place: coordinates are lists."""
    return not isinstance(value, list) or all(isinstance(one, str) for one in value)


# Holds ----------------------------------------------------------------------------------------------------------------
def held(case: Case) -> Hold | None:
    """The hold a case is under, None without one."""
    return Hold.objects.filter(case=case, ended_at=None).first()


def hold(*, case: Case, reason: str, by: By, act: Act | None = None) -> Entry:
    """Keep everything of a case until the hold is ended. Raises Invalid without a reason, or where one is set."""
    reason = " ".join(reason.replace("\x00", "").split())[:REASON_MAX]
    if not reason:
        raise Invalid({"text": [_("Please say why it is kept.")]})
    with change(
        case=case, by=by, deed=Deed.HELD, permission=Permission.PRIVACY, asked={"text": reason}, act=act
    ) as step:
        if not step.replayed:
            if held(step.case) is not None:
                raise Invalid({"": [_("This case is kept on purpose already.")]})
            Hold.objects.create(case=step.case, reason=reason, by=by.user, at=step.entry.at)
            step.entry.text = reason
    return step.entry


def end_hold(*, case: Case, by: By, act: Act | None = None) -> Entry:
    """Delete it as planned again. Raises Invalid where there is no hold."""
    with change(case=case, by=by, deed=Deed.HOLD_ENDED, permission=Permission.PRIVACY, asked={}, act=act) as step:
        if not step.replayed:
            found = held(step.case)
            if found is None:
                raise Invalid({"": [_("This case is not kept on purpose.")]})
            found.ended_at = step.entry.at
            found.save(update_fields=["ended_at"])
    return step.entry


# The log --------------------------------------------------------------------------------------------------------------
def note(*, municipality: Municipality, part: str, pieces: int, by: By, at: datetime) -> None:
    """Write what belonged to no case into the log as well."""
    if pieces:
        Erasure.objects.create(municipality=municipality, part=part, pieces=pieces, by=by.user, at=at)


@transaction.atomic
def set_terms(*, municipality: Municipality, topic: Topic | None, days: dict[str, int | None]) -> None:
    """Set the terms of a municipality, or of one of its categories; None takes them from above.

    `days` has the names of columns: contact_days, photo_days, case_days, original_days. Raises Invalid unless
    contact ≤ photos ≤ case after inheritance (what is deleted with the words cannot be kept longer).
    """
    row: Municipality | Topic = topic or municipality
    for name in days:
        setattr(row, name, days[name])
    _check_order(topic, municipality)
    row.save(update_fields=list(days))


def _check_order(topic: Topic | None, municipality: Municipality) -> None:
    words = terms.days(terms.COLUMN[Part.CASE], topic, municipality)
    for column in (terms.COLUMN[Part.CONTACT], terms.COLUMN[Part.PHOTOS]):
        if terms.days(column, topic, municipality) > words:
            raise Invalid({column: [_("Nothing can be kept longer than the case itself (%(n)d days).") % {"n": words}]})


def parts_of(names: Iterable[str]) -> set[Part]:
    """Known parts among typed names."""
    return {Part(name) for name in names if name in set(Part)}

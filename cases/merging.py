"""Two reports of one thing: the duplicate is closed and everybody it concerns hears of the original from then on.

What moves is noted in the Merge row by id, so that undoing brings back exactly what was there. Photos stay where they
are and are shown with the original. Rows are locked in the order of their ids, whichever is the duplicate.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.policy import Permission
from cases import routing
from cases.change import Act, By, change, require
from cases.errors import Conflict, Invalid, NoSuchEdge
from cases.following import email_hash
from cases.models import Case, Entry, Follow, Merge, Support
from cases.policy import CLOSED, EDGES, Deed, Means, State
from cases.services import checked_text

KEPT = (
    "state",
    "stage_id",
    "state_since",
    "closed_at",
    "due_at",
    "waiting_since",
    "waits_for",
    "expected_on",
    "resubmit_on",
    "public_at",
    "public_before",
    "first_answer_at",
    "duplicate_of_id",
)
"""Columns of the duplicate that merging changes and undoing brings back."""


class OriginalChanged(Invalid):
    """Somebody changed the original since it was looked at."""


def merge(
    *,
    duplicate: Case,
    original: Case,
    by: By,
    text: str = "",
    original_version: int | None = None,
    act: Act | None = None,
) -> Entry:
    """Close `duplicate` as reported before and let its people hear of `original` (or of that one's own original).

    `text` is for the reporter and everybody. Returns the entry of the duplicate. Raises Invalid({"original": …}),
    OriginalChanged, NoSuchEdge (it is settled or withdrawn), Denied, Conflict, KeyReused.
    """
    act = act or Act()
    text = checked_text(text, required=False)
    with transaction.atomic():
        goal = _goal(duplicate, original)
        rows = _locked(duplicate.pk, goal.pk)
        target = rows[goal.pk]
        require(target, by, Permission.MOVE)
        asked = {"original": original.pk, "text": text}
        with change(case=duplicate, by=by, deed=Deed.MERGED, permission=Permission.MOVE, asked=asked, act=act) as step:
            if step.replayed:
                return step.entry
            row, entry = step.case, step.entry
            _check(row, target)
            if original_version is not None and original_version != _version(original.pk):
                raise OriginalChanged({"original": [_("The other case was changed meanwhile. Please compare again.")]})
            before = {name: getattr(row, name) for name in KEPT} | _moved_people(row, target, entry.at)
            before["repointed"] = _repoint(rows, row, target)
            merged = Merge.objects.create(duplicate=row, original=target, at=entry.at, by=by.user, before=_json(before))
            _close(row, target, entry, text)
            entry.data |= {"original": target.pk, "number": target.number, "merge": merged.pk}
        note = Act(at=act.at, client_key=act.client_key)
        told = {"duplicate": duplicate.pk}
        with change(case=target, by=by, deed=Deed.MERGED, permission=Permission.MOVE, asked=told, act=note) as other:
            other.entry.data = told | {"number": duplicate.number}
    return entry


def _goal(duplicate: Case, original: Case) -> Case:
    """The case at the end of the chain of originals."""
    seen, goal = {duplicate.pk}, original
    while goal.duplicate_of is not None and goal.pk not in seen:
        seen.add(goal.pk)
        goal = goal.duplicate_of
    if goal.pk == duplicate.pk:
        words = (
            _("A case cannot be its own duplicate.")
            if original.pk == duplicate.pk
            else _("The other case is a duplicate of this one already.")
        )
        raise Invalid({"original": [words]})
    return goal


def _locked(duplicate: int, original: int) -> dict[int, Case]:
    """Both cases and what was merged into the duplicate before, locked in the order of their ids."""
    ids = {duplicate, original, *_duplicates(duplicate)}
    found = {row.pk: row for row in Case.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")}
    if original not in found or not _duplicates(duplicate) <= set(found) or found[original].duplicate_of_id:
        raise Conflict(found[duplicate])  # merged elsewhere in the same moment
    return found


def _duplicates(pk: int) -> set[int]:
    return set(Case.objects.filter(duplicate_of=pk).values_list("pk", flat=True))


def _version(pk: int) -> int:
    return Case.objects.values_list("version", flat=True).get(pk=pk)


def _check(duplicate: Case, original: Case) -> None:
    if duplicate.municipality_id != original.municipality_id:
        raise Invalid(
            {"original": [_("Both cases must belong to the same municipality. Please hand the case over first.")]}
        )
    if duplicate.practice_by_id != original.practice_by_id:
        raise Invalid({"original": [_("A practice case and a real one cannot be merged.")]})
    if duplicate.kind != original.kind:
        raise Invalid({"original": [_("These two are not of the same kind.")]})
    if duplicate.part_of_id is not None or original.part_of_id is not None:
        raise Invalid({"original": [_("A part of a case cannot be merged. Please merge the main case.")]})
    if duplicate.confidential != original.confidential:
        raise Invalid({"original": [_("One of the two is confidential. They cannot be merged.")]})
    if State(original.state) is State.WITHDRAWN:
        raise Invalid({"original": [_("The reporter took the other case back. Please merge the other way round.")]})
    if duplicate.duplicate_of_id is not None:
        raise Invalid({"original": [_("This case is merged already. Please undo that first.")]})
    if State.REJECTED not in EDGES[State(duplicate.state)]:
        raise NoSuchEdge


def _close(row: Case, original: Case, entry: Entry, text: str) -> None:
    """The duplicate's own state, stage and words."""
    before = State(row.state)
    stage = routing.stage_that_means(row.municipality, Means.DUPLICATE, State.REJECTED)
    entry.data = {
        "from": before.value,
        "to": State.REJECTED.value,
        "stage": stage.pk if stage else None,
        "label": stage.label if stage else {"de": "Doppelmeldung", "en": "duplicate"},
    }
    entry.text, entry.public, entry.for_reporter = text, not (stage and stage.hides), True
    row.state, row.stage, row.duplicate_of = State.REJECTED.value, stage, original
    if before is not State.REJECTED:
        row.state_since = row.closed_at = entry.at
    row.waiting_since, row.waits_for, row.resubmit_on = None, "", None
    row.first_answer_at = row.first_answer_at or entry.at
    if stage is not None and stage.hides:
        row.public_at, row.public_before = None, row.public_at or row.public_before


def _moved_people(duplicate: Case, original: Case, at: datetime) -> dict[str, list[int]]:
    """Followers, supporters and the reporter go to the original, each person once. Returns ids by what was done.

    Who follows both keeps both rows; if only the one of the duplicate was confirmed, the other is now.
    """
    there = set(original.follows.values_list("email", flat=True))
    confirmed = set(duplicate.follows.exclude(confirmed_at=None).values_list("email", flat=True))
    lifted = list(original.follows.filter(email__in=confirmed, confirmed_at=None).values_list("pk", flat=True))
    Follow.objects.filter(pk__in=lifted).update(confirmed_at=at)
    follows = list(duplicate.follows.exclude(email__in=there).values_list("pk", flat=True))
    Follow.objects.filter(pk__in=follows).update(case=original)

    hashes = set(original.supports.values_list("email_hash", flat=True))
    if original.contact is not None and original.contact.email:
        hashes.add(email_hash(original.contact.email))  # nobody supports a report of their own
    counted = set(duplicate.supports.exclude(confirmed_at=None).values_list("email_hash", flat=True))
    counting = list(original.supports.filter(email_hash__in=counted, confirmed_at=None).values_list("pk", flat=True))
    Support.objects.filter(pk__in=counting).update(confirmed_at=at)
    supports = list(duplicate.supports.exclude(email_hash__in=hashes).values_list("pk", flat=True))
    Support.objects.filter(pk__in=supports).update(case=original)
    return {
        "follows": follows,
        "follows_confirmed": lifted,
        "supports": supports,
        "supports_confirmed": counting,
        **_reporter(duplicate, original, at),
    }


def _reporter(duplicate: Case, original: Case, at: datetime) -> dict[str, list[int]]:
    """The duplicate's reporter follows and counts, unless it is the same person; unconfirmed until they confirm."""
    contact = duplicate.contact
    if contact is None or not contact.email or contact.mails_stopped_at or contact.bounced_at:
        return {}
    address = contact.email.lower()
    if original.contact is not None and original.contact.email.lower() == address:
        return {}
    known = contact.confirmed_at is not None
    follow, followed = Follow.objects.get_or_create(
        case=original,
        email=address,
        defaults={"language": duplicate.language, "created_at": at, "confirmed_at": at if known else None},
    )
    made: dict[str, list[int]] = {"follows_made": [follow.pk] if followed else []}
    if not followed and follow.confirmed_at is None and known:
        Follow.objects.filter(pk=follow.pk).update(confirmed_at=at)
        made["reporter_confirmed"] = [follow.pk]
    if known:
        support, counted = Support.objects.get_or_create(
            case=original,
            email_hash=email_hash(address),
            defaults={"language": duplicate.language, "created_at": at, "confirmed_at": at},
        )
        made["supports_made"] = [support.pk] if counted else []
    return made


def _repoint(rows: dict[int, Case], duplicate: Case, original: Case) -> list[int]:
    """What was merged into the duplicate before points to the new original, so that no chain grows."""
    ids = [pk for pk in rows if rows[pk].duplicate_of_id == duplicate.pk]
    _point(ids, original)
    return ids


def _point(ids: Iterable[int], original: Case) -> None:
    Case.objects.filter(pk__in=ids).update(duplicate_of=original)
    Merge.objects.filter(duplicate__in=ids, undone_at=None).update(original=original)


def _json(before: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in before.items()}


def unmerge(*, duplicate: Case, by: By, act: Act | None = None) -> Entry:
    """Undo: state, stage, clock, due date, followers and supporters are as they were. Who left meanwhile stays away.

    Raises NoSuchEdge (it is not merged), Denied, Conflict, KeyReused.
    """
    act = act or Act()
    with transaction.atomic():
        merged = Merge.objects.filter(duplicate=duplicate, undone_at=None).first()
        if merged is None:
            return _replayed_undoing(duplicate, by, act)
        list(
            Case.objects.select_for_update(of=("self",))
            .filter(pk__in={duplicate.pk, merged.original_id, *_ids(merged, "repointed")})
            .order_by("pk")
        )
        with change(case=duplicate, by=by, deed=Deed.UNMERGED, permission=Permission.MOVE, asked={}, act=act) as step:
            if step.replayed:
                return step.entry
            row, entry = step.case, step.entry
            merged = Merge.objects.select_related("original").filter(duplicate=row, undone_at=None).first()
            if merged is None:
                raise Conflict(row)
            left = row.state
            _restore(row, merged)
            stage = row.stage
            entry.data = {
                "from": left,
                "to": row.state,
                "stage": row.stage_id,
                "label": row.label_of(stage) if stage else None,
                "original": merged.original_id,
                "number": merged.original.number,
                "merge": merged.pk,
            }
            entry.public, entry.for_reporter = not (stage and stage.hides), True
            Merge.objects.filter(pk=merged.pk).update(undone_at=entry.at)
        note = Act(at=act.at, client_key=act.client_key)
        told = {"duplicate": duplicate.pk}
        with change(
            case=merged.original, by=by, deed=Deed.UNMERGED, permission=Permission.MOVE, asked=told, act=note
        ) as other:
            other.entry.data = told | {"number": duplicate.number}
    return entry


def _replayed_undoing(duplicate: Case, by: By, act: Act) -> Entry:
    """A second press of the button finds its entry; anything else has nothing to undo."""
    with change(case=duplicate, by=by, deed=Deed.UNMERGED, permission=Permission.MOVE, asked={}, act=act) as step:
        if not step.replayed:
            raise NoSuchEdge
    return step.entry


def _restore(row: Case, merged: Merge) -> None:
    before = merged.before
    for name in KEPT:
        column = next(one for one in Case._meta.concrete_fields if one.attname == name)
        setattr(row, name, column.to_python(before[name]))
    if row.stage_id is not None and row.stage is None:
        row.stage_id = None
    original = merged.original_id
    _return(Follow.objects.filter(pk__in=_ids(merged, "follows"), case=original), row, "email")
    _return(Support.objects.filter(pk__in=_ids(merged, "supports"), case=original), row, "email_hash")
    Follow.objects.filter(pk__in=_ids(merged, "follows_made"), case=original).delete()
    Support.objects.filter(pk__in=_ids(merged, "supports_made"), case=original).delete()
    unconfirmed = [*_ids(merged, "follows_confirmed"), *_ids(merged, "reporter_confirmed")]
    Follow.objects.filter(pk__in=unconfirmed, case=original, confirmed_at=merged.at).update(confirmed_at=None)
    Support.objects.filter(pk__in=_ids(merged, "supports_confirmed"), case=original, confirmed_at=merged.at).update(
        confirmed_at=None
    )
    back = Case.objects.filter(pk__in=_ids(merged, "repointed"), duplicate_of=original)
    _point(list(back.values_list("pk", flat=True)), row)


def _return(rows: QuerySet[Any], case: Case, person: str) -> None:
    """Bring rows back, but for people who meanwhile asked for the same on the duplicate's own page."""
    there = rows.model._default_manager.filter(case=case).values_list(person, flat=True)
    rows.exclude(**{f"{person}__in": list(there)}).update(case=case)


def _ids(merged: Merge, what: str) -> list[int]:
    found: list[int] = merged.before.get(what, [])
    return found


def is_merged(case: Case) -> bool:
    """Whether the case is closed as a duplicate, so that only undoing takes it up again."""
    return case.duplicate_of_id is not None and State(case.state) in CLOSED

"""One case as a crew reads it: everything that is needed on the spot, and nothing of who reported it unless the
category says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.models import User
from accounts.policy import Permission
from cases.change import lies_with, permits
from cases.handing import can_be_handed_back
from cases.models import Case, Entry, File
from cases.numbers import is_late
from cases.policy import ACTIVE, EDGES, Deed, State
from dispatch.lists import is_listed, rolled_over
from dispatch.models import Job
from forms.answers import present
from geo import grid
from geo.localized import localized
from geo.spatial import box_around, metres_between

EARLIER_METRES: Final = 30.0
EARLIER_MOST: Final = 5
AROUND_MOST: Final = 200
"""Of so many jobs the surroundings are looked at."""
NOTES_MOST: Final = 20
NOTES: Final = (Deed.NOTE, Deed.HANDED_BACK, Deed.UNPLANNED, Deed.RESUBMISSION, Deed.ASSIGNED, Deed.ACCEPTED)
"""Deeds whose words colleagues write for each other."""
_RELATED = ("topic__category", "stage", "report", "municipality", "district", "unit", "job")
_SHAPES = ("municipality__boundary", "district__boundary")


def readable(user: User) -> QuerySet[Case]:
    """The cases somebody may see, each with what `drawn` reads along."""
    return Case.objects.visible_to(user).select_related(*_RELATED).defer(*_SHAPES)


def drawn(cases: Sequence[Case], *, user: User, at: datetime, day: date | None = None) -> list[dict[str, Any]]:
    """Cases (with `topic.category`, `stage`, `report`, `district`, `unit`, `job`) as the app takes them, in order.

    `day` is that of the list, today if none. So many queries whatever the number of cases.
    """
    notes = Entry.objects.filter(deed__in=[deed.value for deed in NOTES]).exclude(text="").select_related("user")
    files = File.objects.filter(failed=False).select_related("photo", "entry").order_by("photo__position", "pk")
    prefetch_related_objects(
        list(cases),
        "assignee",
        "contact",
        "report__form_version",
        Prefetch("entries", queryset=notes.order_by("-at", "-pk"), to_attr="field_notes"),
        Prefetch("files", queryset=files, to_attr="field_files"),
    )
    around = _around(cases, user)
    on = day or localdate(at)
    return [_job(case, user=user, at=at, day=on, around=around) for case in cases]


def one(case_id: int, *, user: User, at: datetime) -> dict[str, Any] | None:
    """A single case as `drawn` has it; None for who may not see it (any more)."""
    case = readable(user).filter(pk=case_id).first()
    return drawn([case], user=user, at=at)[0] if case is not None else None


def _job(case: Case, *, user: User, at: datetime, day: date, around: Sequence[Case]) -> dict[str, Any]:
    report = getattr(case, "report", None)
    category = case.topic.category
    job: Job | None = getattr(case, "job", None)
    return {
        "id": case.pk,
        "number": case.number,
        "version": case.version,
        "url": reverse("desk_case", args=[case.pk]),
        "title": localized(case.topic.name),
        "icon": category.icon,
        "place": place_of(case),
        "point": _lonlat(case),
        "danger": bool(category.danger) and not case.facts.closed,
        "late": is_late(case, at),
        "due": case.due_at.isoformat() if case.due_at else None,
        "rolled_from": job.day.isoformat() if job is not None and rolled_over(job, on=day) else None,
        "state": case.state,
        "state_label": case.state_label,
        "closed": case.facts.closed,
        "position": job.position if job is not None else 0,
        "priority": case.priority,
        "text": report.text if report is not None else "",
        "answers": _answers(report),
        "notes": _notes(case),
        "asset": (report.asset if report is not None else "") or None,
        "earlier": _earlier(case, around),
        "photos": _photos(case),
        "contact": _contact(case),
        "assignee": {"id": case.assignee.pk, "name": str(case.assignee)} if case.assignee else None,
        "mine": case.assignee_id == user.pk,
        "accepted": case.accepted_at is not None,
        "deeds": deeds_of(case, user),
    }


def deeds_of(case: Case, user: User) -> list[str]:
    """The kinds of deeds that are offered to somebody who sees the case; the verbs check the same rules."""
    found = []
    active = State(case.state) in ACTIVE
    move, lies = active and permits(case, user, Permission.MOVE), lies_with(case, user)
    if move and State.DONE in EDGES[State(case.state)]:
        found.append("erledigt")
    if move and is_listed(case):
        found.append("nicht-moeglich")
    if permits(case, user, Permission.NOTE):
        found += ["leitung", "notiz"] if active else ["notiz"]
    if move:
        found.append("ort")
        if lies and case.assignee_id != user.pk:
            found.append("uebernehmen")
        if can_be_handed_back(case):
            found.append("zurueckgeben")
        found.append("wiedervorlage")
    return found


def place_of(case: Case) -> str:
    """The address as it stands, else the district."""
    report = getattr(case, "report", None)
    if report is not None and report.address:
        return str(report.address)
    return case.district.name if case.district else ""


def _lonlat(case: Case) -> list[float] | None:
    return [round(case.point.x, 7), round(case.point.y, 7)] if case.point else None


def _answers(report: Any) -> list[list[str]]:
    if report is None or report.form_version is None:
        return []
    return [list(pair) for pair in present(report.form_version.definition, report.answers, "de", public=False)]


def _notes(case: Any) -> list[dict[str, Any]]:
    """What colleagues wrote, oldest first, the latest only."""
    rows: list[Entry] = case.field_notes[:NOTES_MOST]
    return [
        {"at": row.at.isoformat(), "by": str(row.user) if row.user else "", "text": row.text} for row in reversed(rows)
    ]


def _photos(case: Any) -> list[dict[str, Any]]:
    """Pictures that can be shown: of the report, of answers, and of the work."""
    return [_photo(file) for file in case.field_files if _shown(file)]


def _shown(file: File) -> bool:
    # A crew's photo has its small picture at once (field.deeds), all others when the worker made them.
    return bool(file.role) or (file.ready_at is not None and hasattr(file, "photo"))


def _photo(file: File) -> dict[str, Any]:
    first = file.entry is not None and file.entry.deed == Deed.SUBMITTED.value
    role = file.role or ("answer" if file.photo.by_staff and not first else "report")
    large = "large" if file.ready_at is not None else "small"
    return {
        "id": file.pk,
        "thumb": reverse("internal_picture", args=[file.key, "small", "jpg"]),
        "full": reverse("internal_picture", args=[file.key, large, "jpg"]),
        "width": file.width,
        "height": file.height,
        "role": role,
    }


def _contact(case: Case) -> dict[str, str] | None:
    contact = case.contact
    if contact is None or not case.topic.category.contact_for_field:
        return None
    return {"name": contact.name, "phone": contact.phone, "email": contact.email}


# What was reported at the same place
def _around(cases: Iterable[Case], user: User) -> list[Case]:
    """Other cases near any of these that the person may know of; one query."""
    near = Q()
    for case in [one for one in cases if one.point is not None][:AROUND_MOST]:
        assert case.point is not None
        # A few ranges of each: SQLite takes no more than a thousand conditions in one query.
        near |= grid.condition(box_around(case.point.x, case.point.y, EARLIER_METRES), limit=4)
    if not near:
        return []
    return list(known_to(user).filter(near).order_by("-submitted_at", "-pk")[:2000])


def known_to(user: User) -> QuerySet[Case]:
    """Cases that somebody sees at the desk, or everybody; with what a line of them needs."""
    public = Q(public_at__isnull=False, confidential=False)
    seen = Q(pk__in=Case.objects.visible_to(user).values("pk"))
    return (
        Case.objects.real().filter(seen | public, point__isnull=False).select_related("topic", "stage").order_by("pk")
    )


def _earlier(case: Case, around: Sequence[Case]) -> list[dict[str, Any]]:
    if case.point is None:
        return []
    here = case.point
    found = []
    for other in around:
        there = other.point
        if other.pk == case.pk or there is None:
            continue
        if metres_between(here.x, here.y, there.x, there.y) <= EARLIER_METRES:
            found.append(
                {
                    "number": other.number,
                    "title": localized(other.topic.name),
                    "at": other.submitted_at.isoformat(),
                    "state_label": other.state_label,
                }
            )
    return found[:EARLIER_MOST]

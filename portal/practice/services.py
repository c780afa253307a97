"""The verbs of practising: begin (anew), how far somebody is, clean up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import get_language

from accounts.models import Unit, User
from accounts.policy import Permission
from accounts.services import may, reach, sees_cases_of
from cases import files as stored
from cases.change import Act, By
from cases.errors import Denied, Invalid
from cases.models import Case, Contact, Entry, File
from geo.models import Municipality
from portal.demo.pictures import drawn
from portal.practice.plot import REPORTS, TASKS, Task, Told
from reports.categories import tree
from reports.models import Category, Report
from reports.policy import Sort
from reports.submission import Person, submit

SOURCE: Final = "practice"
KEPT: Final = timedelta(days=14)
"""What nobody cleaned up goes after so long."""
_METRES_PER_DEGREE: Final = 111_320.0


@dataclass(frozen=True)
class Progress:
    """A task, the case it is done on, and whether it is done."""

    task: Task
    case: Case | None
    done: bool


@transaction.atomic
def begin(*, user: User, municipality: Municipality, at: datetime) -> list[Case]:
    """A fresh set of practice reports in the place of what is left of an earlier one. They are nobody else's, are
    never public, and nothing is mailed. Raises Denied for people who see no cases here, Invalid without categories."""
    if not sees_cases_of(user, municipality.pk):
        raise Denied
    User.objects.select_for_update().get(pk=user.pk)
    clear(user=user)
    return [_made(user, municipality, told, at) for told in REPORTS]


def _made(user: User, municipality: Municipality, told: Told, at: datetime) -> Case:
    category = _category(municipality, told)
    case, _new = submit(
        municipality=municipality,
        category=category,
        text=told.text,
        by=By.staff(user),
        act=Act(at=at),
        point=_place(municipality, told.away),
        person=Person(name="Erika Beispiel", email="erika.beispiel@example.org"),
        files=_photo(told, at),
        source=SOURCE,
        language=get_language() or "de",
    )
    # In one transaction with the report: no consumer ever sees it without the mark.
    unit = _unit(user, municipality, case.unit)
    Case.objects.filter(pk=case.pk).update(practice_by=user, public_at=None, confidential=False, unit=unit)
    Report.objects.filter(case=case).update(text_released=False, public_text="")
    for file in File.objects.filter(case=case, public_name__isnull=False):
        stored.withdraw(file=file)
    return case


def _unit(user: User, municipality: Municipality, routed: Unit | None) -> Unit | None:
    """Where it lies: as for real, but within reach of who practises."""
    found = reach(user, Permission.SEE)
    if municipality.pk in found.municipalities or (routed is not None and routed.pk in found.units):
        return routed
    return Unit.objects.filter(pk__in=found.units, municipality=municipality).order_by("pk").first()


def _category(municipality: Municipality, told: Told) -> Category:
    """The first wish that there is, else the first defect that is reviewed before it is public."""
    known = {category.topic.slug: category for group in tree(municipality) for category in group.categories}
    wished = next((known[slug] for slug in told.wishes if slug in known), None)
    defects = [one for one in known.values() if one.sort == Sort.DEFECT.value]
    found = wished or next((one for one in defects if not one.release_at_once), next(iter(defects), None))
    if found is None:
        raise Invalid({"category": []})
    return found


def _place(municipality: Municipality, away: int) -> Point | None:
    """A place inside, `away` metres east of the middle; the middle where that lies outside."""
    boundary = Municipality.objects.values_list("boundary", flat=True).get(pk=municipality.pk)
    if boundary is None:
        return None
    middle = boundary.point_on_surface
    east = away / (_METRES_PER_DEGREE * math.cos(math.radians(middle.y)))
    wanted = Point(middle.x + east, middle.y, srid=4326)
    return wanted if boundary.contains(wanted) else Point(middle.x, middle.y, srid=4326)


def _photo(told: Told, at: datetime) -> list[File]:
    if told.shot is None:
        return []
    upload = SimpleUploadedFile("uebung.jpg", drawn(told.shot), "image/jpeg")
    file, _position = stored.store(upload=upload, at=at, preview=True)
    return [file]


def progress(*, user: User, municipality: Municipality) -> list[Progress]:
    """The tasks in order; [] while nothing was begun here. Three queries, whatever was done."""
    cases = list(
        Case.objects.filter(practice_by=user, municipality=municipality, part_of=None)
        .select_related("unit")
        .order_by("pk")[: len(REPORTS)]
    )
    if len(cases) < len(REPORTS):
        return []
    of = {told.key: case for told, case in zip(REPORTS, cases, strict=True)}
    entries = list(Entry.objects.filter(case__in=cases, user=user).only("case", "deed", "data"))
    found = []
    for task in TASKS:
        case = of[task.on]
        if not may(user, task.needs, municipality_id=municipality.pk, unit=case.unit):
            continue
        done = any(task.is_done(entry) for entry in entries if entry.case_id == case.pk)
        found.append(Progress(task, case, done))
    return found


@transaction.atomic
def clear(*, user: User) -> int:
    """Delete somebody's practice cases with everything that hangs on them; returns how many."""
    return _delete(list(Case.objects.filter(practice_by=user).order_by("pk")))


@transaction.atomic
def sweep(*, at: datetime) -> int:
    """The same for what nobody cleaned up; nightly."""
    return _delete(list(Case.objects.filter(practice_by__isnull=False, submitted_at__lt=at - KEPT).order_by("pk")))


def _delete(cases: list[Case]) -> int:
    ids = [case.pk for case in cases]
    for file in File.objects.filter(case__in=ids):
        stored.delete(file=file)
    Case.objects.filter(duplicate_of__in=ids).update(duplicate_of=None)
    contacts = [case.contact_id for case in cases if case.contact_id is not None]
    Case.objects.filter(pk__in=ids).delete()
    Contact.objects.filter(pk__in=contacts).delete()
    return len(ids)

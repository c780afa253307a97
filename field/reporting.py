"""What a crew reports itself, and what is reported around it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import Permission
from accounts.services import is_staff_of, may
from cases.change import Act, By
from cases.errors import Denied, Invalid, KeyReused
from cases.models import Case
from cases.policy import ACTIVE, Deed
from field.jobs import known_to, place_of
from geo import grid
from geo.localized import localized
from geo.models import Municipality
from geo.spatial import box_around, metres_between
from reports.categories import category_of
from reports.services import releasable, release_text, submit
from reports.showing import public_path

SOURCE: Final = "field"
WAITED: Final = timedelta(days=90)
"""Longer no report waits on a phone: one that says so has a wrong clock, and counts from when it arrived."""
AROUND_METRES: Final = 300
AROUND_FARTHEST: Final = 2000
AROUND_MOST: Final = 100


def report(
    *,
    town: Municipality,
    user: User,
    key: UUID,
    done_at: datetime,
    at: datetime,
    category: str,
    text: str,
    point: Point | None,
    address: str,
    photos: int,
) -> Case:
    """Hand a report in; public at once for who may release, else as its category has it. Once per key.

    Raises Denied (no role here), Invalid, KeyReused.
    """
    if not is_staff_of(user, town):
        raise Denied
    found = category_of(town, category)
    if found is None:
        raise Invalid({"category": [_("Please choose what it is.")]})
    by = By.staff(user)
    begun = min(done_at, at) if done_at > at - WAITED else at
    case, new = submit(
        municipality=town,
        category=found,
        # A photo and a category say enough on the spot; what stands on the list is the category then.
        text=text.strip() or localized(found.topic.name),
        by=by,
        act=Act(at=begun, client_key=key, received_at=at),
        point=point,
        address=address,
        source=SOURCE,
        photos=photos,
    )
    if not new and not case.entries.filter(deed=Deed.SUBMITTED.value, user=user).exists():
        raise KeyReused
    case = Case.objects.select_related("topic__category", "unit", "stage", "report").get(pk=case.pk)
    right = may(user, Permission.RELEASE, municipality_id=case.municipality_id, unit=case.unit)
    seen = Case.objects.visible_to(user).filter(pk=case.pk).exists()
    if new and right and seen and releasable(case) and not case.report.text_released:
        release_text(case=case, by=by, act=Act(at=at))
        case.refresh_from_db()
    return case


def told(case: Case) -> dict[str, Any]:
    """What the phone is told of its report."""
    public = case.public_at is not None
    return {
        "number": case.number,
        "case": case.pk,
        "url": public_path(case) if public else reverse("desk_case", args=[case.pk]),
        "released": public,
    }


def around(*, user: User, town: Municipality, point: Point, metres: int) -> list[dict[str, Any]]:
    """Open reports around a place that the person sees at the desk, or everybody, nearest first.

    What lies beyond the border has no page here: it is shown without an address.
    """
    here = town.family_ids()
    within = min(max(metres, 1), AROUND_FARTHEST)
    rows = (
        known_to(user)
        .filter(grid.condition(box_around(point.x, point.y, within)), state__in=ACTIVE)
        .select_related("topic__category", "stage", "report", "district")
        .defer("district__boundary")
        .order_by("-submitted_at", "-pk")[:500]
    )
    cases = list(rows)
    seen = set(Case.objects.visible_to(user).filter(pk__in=[case.pk for case in cases]).values_list("pk", flat=True))
    found = []
    for case in cases:
        if case.point is None:
            continue
        distance = metres_between(point.x, point.y, case.point.x, case.point.y)
        if distance > within:
            continue
        public = case.public_at is not None
        item = {
            "id": case.pk if case.pk in seen else None,
            "number": case.number,
            "title": localized(case.topic.name),
            "icon": case.topic.category.icon,
            "place": place_of(case) if case.pk in seen else "",
            "point": [round(case.point.x, 7), round(case.point.y, 7)],
            "state_label": case.state_label,
            "distance": round(distance),
            "public_url": public_path(case) if public and case.municipality_id in here else None,
        }
        found.append((distance, case.pk, item))
    return [item for _distance, _pk, item in sorted(found, key=lambda one: one[:2])][:AROUND_MOST]

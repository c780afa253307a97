"""Open reports near a place: is it this one?"""

from __future__ import annotations

from django.contrib.gis.geos import Point

from cases.models import Case
from geo import grid
from geo.models import Municipality
from geo.spatial import box_around, metres_between
from reports.models import Category
from reports.policy import NEARBY_MAX, NEARBY_METRES
from reports.showing import PublicReport, public_report, readable

#: More candidates than this are not measured; the nearest of the newest ones will do.
CANDIDATES = 200


def nearby(
    *,
    municipality: Municipality,
    category: Category,
    point: Point,
    limit: int = NEARBY_MAX,
    metres: float = NEARBY_METRES,
) -> list[tuple[PublicReport, int]]:
    """Public open reports of the same category within `metres` of `point` (WGS84), nearest first, with the distance.

    Looks by slug in the whole family, so that a county's page finds its towns' reports. Four queries: the family, the
    grid (b-tree, the same on both databases), the few that are shown, and their photos.
    """
    candidates = (
        Case.objects.public()
        .active()
        .filter(municipality_id__in=municipality.family_ids(), topic__slug=category.topic.slug, point__isnull=False)
        .filter(grid.condition(box_around(point.x, point.y, metres)))
        .order_by("-submitted_at", "-id")
        .values_list("pk", "point")[:CANDIDATES]
    )
    away = {pk: metres_between(point.x, point.y, there.x, there.y) for pk, there in candidates if there}
    nearest = sorted((distance, pk) for pk, distance in away.items() if distance <= metres)[:limit]
    if not nearest:
        return []
    shown = {case.pk: public_report(case) for case in readable().filter(pk__in=[pk for _distance, pk in nearest])}
    return [(shown[pk], round(distance)) for distance, pk in nearest if pk in shown]

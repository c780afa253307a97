"""The table of responsibility as a municipality sets it up: topic × area → unit. What wins stands in `cases.routing`.

Verbs are keyword-only and atomic, ask for the right to administer and write the log of the rules. Raises: Denied,
ValidationError per field.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from django.contrib.gis.geos import MultiPolygon
from django.contrib.gis.geos.error import GEOSException
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.rulelog import note
from cases import routing
from cases.errors import Denied
from cases.models import Responsibility, Topic
from cases.rules import clean_words, permitted
from geo.models import Municipality

TEXT_MAX: Final = 600
POINTS_MAX: Final = 20_000
"""Corners of an area; each report asks all areas of its category whether they hold its place."""
OVERLAP: Final = 0.01
"""Two areas that share less of the smaller one than this only touch: borders are never drawn twice in the same way."""


@transaction.atomic
def save_responsibility(
    *,
    municipality: Municipality,
    by: User,
    row: Responsibility | None,
    topic: Topic | None,
    unit: Unit,
    area: MultiPolygon | None,
    area_name: str,
    text: dict[str, str],
) -> Responsibility:
    """Make a row (None) or change one of the municipality's own. `topic` None means every category, a group all of
    its categories; `area` None the whole municipality; `text` says citizens whose matter it is."""
    permitted(by, municipality)
    if row is not None and row.municipality_id != municipality.pk:
        raise Denied
    found = Responsibility.objects.get(pk=row.pk) if row is not None else Responsibility(municipality=municipality)
    before = _facts(found) if row is not None else {}
    _check_topic(municipality, topic)
    if unit.municipality_id not in municipality.chain_ids() or not unit.active:
        raise ValidationError({"unit": [_("This unit settles nothing here.")]})
    found.topic, found.unit = topic, unit
    found.area, found.area_name = area, " ".join(area_name.split()) if area is not None else ""
    found.text = clean_words(text, field="text", longest=TEXT_MAX)
    _check_area(municipality, found)
    _check_once(found)
    found.save()
    note(
        municipality=municipality,
        actor=by,
        subject="responsibility",
        label=str(found),
        before=before,
        after=_facts(found),
    )
    return found


@transaction.atomic
def remove_responsibility(*, by: User, row: Responsibility) -> None:
    """Delete an own row. Cases that are with its unit stay there."""
    municipality = permitted(by, row.municipality)
    note(
        municipality=municipality,
        actor=by,
        subject="responsibility",
        label=str(row),
        before=_facts(row),
        after={},
    )
    row.delete()


def _check_topic(municipality: Municipality, topic: Topic | None) -> None:
    if topic is not None and topic.municipality_id not in municipality.chain_ids():
        raise ValidationError({"topic": [_("There is no such category here.")]})
    if topic is not None and topic.confidential:
        raise ValidationError(
            {"topic": [_("Confidential reports go to the complaint management alone, which hands them on itself.")]}
        )


def _check_area(municipality: Municipality, row: Responsibility) -> None:
    if row.area is None:
        return
    if not row.area_name:
        raise ValidationError({"area_name": [_("Please name the area, so that colleagues know which one it is.")]})
    if len(row.area_name) > 120:
        raise ValidationError({"area_name": [_("Please use at most 120 characters.")]})
    if row.area.num_coords > POINTS_MAX:
        raise ValidationError(
            {"area": [_("The area has too many corners (at most %(max)d). Please simplify it.") % {"max": POINTS_MAX}]}
        )
    if not row.area.valid or not row.area.area:
        raise ValidationError({"area": [_("The lines of this area cross each other. Please draw it once more.")]})
    boundary = Municipality.objects.values_list("boundary", flat=True).get(pk=municipality.pk)
    if boundary is not None and not boundary.intersects(row.area):
        raise ValidationError({"area": [_("This area lies outside of your municipality.")]})


def _check_once(row: Responsibility) -> None:
    """Without an area there is one row for each topic; of two the older one would win for ever."""
    same = Responsibility.objects.filter(municipality=row.municipality, area=None).exclude(pk=row.pk)
    same = same.filter(topic__slug=row.topic.slug) if row.topic is not None else same.filter(topic=None)
    if row.area is None and (other := same.select_related("unit").first()) is not None:
        words = _("“%(unit)s” is responsible for this everywhere already. Change that row, or name an area here.")
        raise ValidationError({"topic": [words % {"unit": other.unit.name}]})


def _facts(row: Responsibility) -> dict[str, Any]:
    """For the log; an area by its name, its box and how many corners it has."""
    box = [round(part, 5) for part in row.area.extent] if row.area is not None else None
    corners = row.area.num_coords if row.area is not None else 0
    return {
        "topic": row.topic,
        "unit": row.unit,
        "area_name": row.area_name,
        "area": [*box, corners] if box else None,
        "text": row.text,
    }


# What an administrator should know ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Overlap:
    """Two rows that may concern the same report, whose areas share a part. The first one wins there."""

    wins: Responsibility
    loses: Responsibility
    share: float
    """Of the smaller area, 0 to 1."""


def overlaps(rows: Sequence[Responsibility], municipality: Municipality) -> list[Overlap]:
    """Pairs of areas for different units that share a part without one lying within the other.

    An area within a larger one is the usual case (a county road in a district), and wins.
    """
    chain = municipality.chain_ids()
    drawn = [row for row in rows if row.area is not None and row.unit.active]
    found = []
    for one, other in combinations(drawn, 2):
        if one.unit_id == other.unit_id or not _meet(one, other):
            continue
        share = _share(one, other)
        if OVERLAP < share < 1 - OVERLAP or (share >= 1 - OVERLAP and _alike(one, other)):
            topic = one.topic or other.topic
            of_topic = routing.lineage(_narrower(one, other)) if topic is not None else []
            ranked = sorted((one, other), key=lambda row: routing.weight(row, of_topic=of_topic, chain=chain))
            found.append(Overlap(ranked[0], ranked[1], share))
    return found


def _meet(one: Responsibility, other: Responsibility) -> bool:
    """Whether there is a topic both rows are about."""
    if one.topic is None or other.topic is None:
        return True
    return one.topic.slug in routing.lineage(other.topic) or other.topic.slug in routing.lineage(one.topic)


def _narrower(one: Responsibility, other: Responsibility) -> Topic:
    """The topic that both rows are about: the category rather than its group."""
    topics = [row.topic for row in (one, other) if row.topic is not None]
    return max(topics, key=lambda topic: len(routing.lineage(topic)))


def _share(one: Responsibility, other: Responsibility) -> float:
    """How much of the smaller area lies in the larger one; 0.0 where an old area cannot be computed with."""
    assert one.area is not None
    assert other.area is not None
    west, south, east, north = one.area.extent
    left, below, right, above = other.area.extent
    if west > right or left > east or south > above or below > north:
        return 0.0
    try:
        common = one.area.intersection(other.area).area
    except GEOSException:
        return 0.0
    return float(common / (min(one.area.area, other.area.area) or 1.0))


def _alike(one: Responsibility, other: Responsibility) -> bool:
    """The same area twice."""
    assert one.area is not None
    assert other.area is not None
    sizes = sorted((one.area.area, other.area.area))
    return bool(sizes[0] / (sizes[1] or 1.0) > 1 - OVERLAP)


@dataclass(frozen=True)
class Gap:
    """A topic whose reports go to nobody by themselves, or in some areas only."""

    topic: Topic
    somewhere: bool


def gaps(rows: Sequence[Responsibility], topics: Iterable[Topic], municipality: Municipality) -> list[Gap]:
    """Of these topics those that nobody is responsible for everywhere; confidential ones are nobody's on purpose."""
    found = []
    for topic in topics:
        if topic.confidential:
            continue
        judged = routing.judged(rows, municipality=municipality, topic=topic, point=None)
        if not judged or not judged[0].fits:
            found.append(Gap(topic, any(one.row.unit.active for one in judged)))
    return found

"""The category tree as a municipality sets it up: what is switched on, and which unit settles it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from cases.models import Responsibility, Topic
from cases.overriding import own_copy
from geo.models import Municipality


@dataclass(frozen=True)
class Row:
    """A category with what may be set. `unit`: the one named for it here, None where the unit for the rest settles it.

    `routed` is False where reports go to nobody by themselves: confidential ones, and those that are not taken.
    """

    topic: Topic
    on: bool
    unit: Unit | None
    inherited: bool
    routed: bool


@dataclass(frozen=True)
class Group:
    """A group of the tree with all its categories, also those that are off."""

    topic: Topic
    rows: list[Row]


def groups(municipality: Municipality) -> list[Group]:
    """The whole tree of a municipality, its own rows over its county's, in order."""
    nearest = _nearest(municipality)
    named = {
        row.topic.slug: row.unit
        for row in Responsibility.objects.filter(municipality=municipality, topic__isnull=False, area=None)
        .select_related("topic", "unit")
        .order_by("pk")
        if row.topic is not None
    }
    found: dict[str, list[Row]] = {}
    for topic in nearest.values():
        if topic.parent is not None and hasattr(topic, "category"):
            routed = not topic.confidential and not topic.category.redirect_text
            inherited = topic.municipality_id != municipality.pk
            row = Row(topic, topic.active, named.get(topic.slug), inherited, routed)
            found.setdefault(topic.parent.slug, []).append(row)
    order = sorted(
        (topic for slug, topic in nearest.items() if slug in found), key=lambda one: (one.position, one.slug)
    )
    return [
        Group(topic, sorted(found[topic.slug], key=lambda row: (row.topic.position, row.topic.slug))) for topic in order
    ]


def _nearest(municipality: Municipality) -> dict[str, Topic]:
    """Per slug the topic that is nearest, whether on or off."""
    depth = {one.pk: index for index, one in enumerate(municipality.chain())}
    rows = Topic.objects.filter(municipality__in=list(depth)).select_related("parent", "category")
    return {row.slug: row for row in sorted(rows, key=lambda row: depth[row.municipality_id], reverse=True)}


def default_unit(municipality: Municipality) -> Unit | None:
    """The unit that settles what nobody else does."""
    row = Responsibility.objects.filter(municipality=municipality, topic=None, area=None).order_by("pk").first()
    return row.unit if row else None


def units(municipality: Municipality) -> list[Unit]:
    """Units that may settle things: the municipality's own, then its county's."""
    chain = municipality.chain_ids()
    rows = Unit.objects.filter(municipality_id__in=chain, active=True).select_related("municipality")
    return sorted(rows, key=lambda unit: (chain.index(unit.municipality_id), unit.name))


@transaction.atomic
def set_catalogue(
    *, municipality: Municipality, on: Mapping[str, bool], units: Mapping[str, Unit | None], rest: Unit | None
) -> None:
    """Switch categories (by slug) on and off and name the units that settle them; `rest` settles everything else;
    without it the complaint management (or the county) hands it on.

    An inherited category that is switched off gets an own row that hides the county's. Raises ValidationError.
    """
    Municipality.objects.select_for_update().filter(pk=municipality.pk).first()
    rows = {row.topic.slug: row for group in groups(municipality) for row in group.rows}
    if not any(on.get(slug, row.on) for slug, row in rows.items()):
        raise ValidationError(_("At least one category must be on, or nobody can report anything."))
    for slug, row in rows.items():
        wanted = on.get(slug, row.on)
        if wanted != row.on:
            _switch(municipality, row, wanted)
        if slug in units and row.routed:
            _name(municipality, slug, units[slug])
    _rest(municipality, rest)


def _switch(municipality: Municipality, row: Row, on: bool) -> None:
    topic = own_copy(row.topic, municipality)
    topic.active = on
    topic.save(update_fields=["active"])


def _name(municipality: Municipality, slug: str, unit: Unit | None) -> None:
    named = Responsibility.objects.filter(municipality=municipality, topic__slug=slug, area=None)
    if unit is None:
        named.delete()
    elif not named.filter(unit=unit).exists() and not named.update(unit=unit):
        Responsibility.objects.create(municipality=municipality, topic=_nearest(municipality)[slug], unit=unit)


def _rest(municipality: Municipality, unit: Unit | None) -> None:
    named = Responsibility.objects.filter(topic=None, municipality=municipality, area=None)
    if unit is None:
        named.delete()
    elif not named.filter(unit=unit).exists() and not named.update(unit=unit):
        Responsibility.objects.create(municipality=municipality, unit=unit)

"""Before the first row: the municipality, its categories and states, as the mapping names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cases import routing
from cases.models import Stage, Topic
from cases.policy import State
from geo.folding import fold
from geo.models import Municipality
from geo.spatial import transform
from reports.importing.mapping import Columns, Mapping, NewCategory, NewTown, Wanted
from reports.importing.numbers import decimal
from reports.importing.source import Raw, Source
from reports.importing.yaml_parts import BadMapping
from reports.models import Category

_BATCH = 20_000
_MARGIN = 0.002
"""Degrees around the outermost places of a hull, some 150 to 220 m."""
_FAR = 5.0
"""A place this many times further from the middle than 95 of 100 are is an error and widens no hull."""


@dataclass(frozen=True)
class Target:
    """A machine state with the label that goes with it."""

    state: State
    stage: Stage | None


def coordinates(raw: Raw, columns: Columns) -> tuple[float, float] | None:
    """East and north of a row as the file has them, None where there are none or they are no numbers."""
    if raw.place is not None:
        return raw.place
    east, north = (columns.x, columns.y) if columns.x else (columns.lon, columns.lat)
    x, y = decimal(raw.values.get(east, "")), decimal(raw.values.get(north, ""))
    return None if x is None or y is None else (x, y)


def system_of(columns: Columns, srid: int) -> int:
    """EPSG code of the coordinates: lon and lat are always WGS84."""
    return 4326 if columns.lon else srid


def hull(source: Source, mapping: Mapping, srid: int) -> MultiPolygon:
    """An area around all places of the file; ValidationError when there are too few."""
    places: list[tuple[float, float]] = []
    rows: Iterator[Raw] = source.rows()
    while batch := list(islice(rows, _BATCH)):
        found = [place for raw in batch if (place := coordinates(raw, mapping.columns)) is not None]
        moved = transform(found, system_of(mapping.columns, srid))
        places += [place for place in moved if place is not None]
    if len(places) < 3:
        raise ValidationError(_("The file has too few places to draw a boundary around them."))
    points = np.array(places, dtype=np.float64)
    away = np.hypot(*(points - np.median(points, axis=0)).T)
    near = points[away <= max(_FAR * float(np.quantile(away, 0.95)), _MARGIN)]
    area = shapely.MultiPoint(near).convex_hull.buffer(_MARGIN, quad_segs=4)
    return MultiPolygon(GEOSGeometry(memoryview(shapely.to_wkb(area)), srid=4326), srid=4326)


def make_town(slug: str, town: NewTown, boundary: MultiPolygon) -> Municipality:
    """A municipality with this boundary and nothing else; ValidationError names what is wrong or taken."""
    prefix = town.prefix or fold(town.name).replace(" ", "").upper()[:3]
    made = Municipality(
        slug=slug,
        name=town.name,
        designation=town.designation,
        prefix=prefix,
        host=town.host or f"{slug}.localhost",
        boundary=boundary,
        state_key="",
    )
    made.full_clean(exclude=["state_key", "boundary"])
    made.save()
    return made


class Names:
    """Categories and states of a municipality, found by the words of the file. BadMapping where there are none."""

    def __init__(self, municipality: Municipality, mapping: Mapping) -> None:
        self.municipality = municipality
        self.made: list[str] = []
        rows = Topic.objects.filter(municipality__in=municipality.chain()).select_related("parent", "category")
        self.topics = {topic.slug: topic for topic in routing.inherited(rows, municipality)}
        self.stages = routing.stages(municipality)
        self.categories = {word: self._category(one) for word, one in mapping.categories.items()}
        default = mapping.default_category
        self.default_category = self._category(default) if default else None
        self.states = {word: self._target(one) for word, one in mapping.states.items()}
        first = mapping.default_state
        self.default_state = self._target(first.state) if first.state else self._labelled(State.NEW)
        self.fresh_state = self._target(first.fresh) if first.fresh else None
        self.closed_state = self._labelled(State.DONE)

    def category(self, word: str) -> Category | None:
        """The category that a word of the file means."""
        return self.categories.get(word, self.default_category)

    def _category(self, wanted: Wanted) -> Category:
        topic = self.topics.get(wanted.slug)
        if topic is not None and hasattr(topic, "category"):
            topic.category.topic = topic
            return topic.category
        if wanted.new is not None and topic is None:
            return self._make(wanted.new)
        known = ", ".join(slug for slug, one in self.topics.items() if hasattr(one, "category"))
        raise BadMapping(
            _("%(where)s: %(town)s has no category “%(slug)s”. It has: %(known)s.")
            % {"where": wanted.where, "town": self.municipality.title, "slug": wanted.slug, "known": known or "–"}
        )

    def _make(self, new: NewCategory) -> Category:
        group_slug = slugify(fold(new.group))[:80]
        group = self.topics.get(group_slug) or self._topic(group_slug, new.group)
        topic = self._topic(new.slug, new.name, parent=group, working_days=new.working_days)
        self.made.append(new.slug)
        return Category.objects.create(topic=topic, sort=new.sort, icon=new.icon)

    def _topic(self, slug: str, name: str, **facts: object) -> Topic:
        rows = Topic.objects.filter(municipality=self.municipality)
        last = rows.aggregate(last=Max("position"))["last"] or 0
        topic: Topic = Topic.objects.create(
            municipality=self.municipality, slug=slug, name={"de": name}, position=last + 1, **facts
        )
        self.topics[slug] = topic
        return topic

    def _labelled(self, state: State) -> Target:
        return Target(state, next((stage for stage in self.stages if stage.state == state.value), None))

    def _target(self, wanted: Wanted) -> Target:
        """A machine state by its name, or a stage by its slug."""
        if wanted.slug in set(State):
            return self._labelled(State(wanted.slug))
        stage = next((stage for stage in self.stages if stage.slug == wanted.slug), None)
        if stage is None:
            known = ", ".join([*State, *(stage.slug for stage in self.stages)])
            raise BadMapping(
                _("%(where)s: there is no state or label “%(slug)s”. There are: %(known)s.")
                % {"where": wanted.where, "slug": wanted.slug, "known": known}
            )
        return Target(State(stage.state), stage)

"""The one search for public reports: list, map, feeds and interfaces filter here and nowhere else.

Only what is released is searched: the released wording, the category, the address that may be shown, district and
number. `Filters.parse` reads an address bar; a value that makes no sense is left out and told, never an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django.contrib.gis.geos import Polygon
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, CaseQuerySet, Topic
from cases.policy import State
from cases.routing import BERLIN
from geo import grid
from geo.folding import one_line
from geo.models import District, Municipality
from geo.spatial import Box, check_box
from reports import known_topics, numbering
from reports.models import PublicWords
from reports.policy import KIND, Sort
from reports.showing import PublicReport, public_report, readable
from reports.words import finding
from reports.words.asking import Asked, words_of
from reports.words.finding import Row, Words
from reports.words.flattening import flat

PAGE = 20
COUNTED = 100
"""A page that searches for words counts no further: the newest so many are found about as quickly as the first page."""
MARKS = 100
"""More municipalities, categories or districts than this are not asked of the index of words, only of the cases."""

STATUS: dict[str, tuple[Any, frozenset[State]]] = {
    "neu": (gettext_lazy("Received"), frozenset({State.NEW})),
    "in-arbeit": (gettext_lazy("In progress"), frozenset({State.OPEN, State.WAITING})),
    "erledigt": (gettext_lazy("Settled"), frozenset({State.DONE})),
    "ohne-massnahme": (gettext_lazy("Without action"), frozenset({State.REJECTED})),
}
"""Classes of states as the address bar names them: label and machine states."""
PERIODS: dict[str, tuple[Any, int]] = {
    "woche": (gettext_lazy("the last 7 days"), 7),
    "monat": (gettext_lazy("the last 30 days"), 30),
    "jahr": (gettext_lazy("the last 12 months"), 365),
}
SORTS: dict[str, tuple[Any, Sort]] = {
    "mangel": (gettext_lazy("Defect"), Sort.DEFECT),
    "idee": (gettext_lazy("Idea"), Sort.IDEA),
    "lob": (gettext_lazy("Praise"), Sort.PRAISE),
}
PARAMETERS = ("q", "kategorie", "status", "zeitraum", "von", "bis", "stadtteil", "art", "bbox")
ENGLISH = {"kategorie": "category", "von": "from", "bis": "until", "stadtteil": "district", "art": "kind"}
"""The same parameters as programs write them."""


@dataclass(frozen=True)
class Filters:
    """What is asked for; everything empty means everything public."""

    words: str = ""
    categories: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    period: str = ""
    since: date | None = None
    until: date | None = None
    districts: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    bbox: Box | None = None
    labels: dict[tuple[str, str], str] = field(default_factory=dict, compare=False)
    """Words for chosen categories and districts, by (parameter, value)."""
    topics: tuple[Topic, ...] = field(default=(), compare=False, repr=False)
    """What `parse` read of the category tree, so that it is read once; () where it did not have to."""

    @classmethod
    def parse(cls, query: QueryDict, municipality: Municipality) -> tuple[Filters, list[str]]:
        """Read an address bar; returns the filters and, in words, what was left out."""
        problems: list[str] = []
        labels: dict[tuple[str, str], str] = {}

        def several(name: str) -> list[str]:
            values = query.getlist(name) + query.getlist(ENGLISH.get(name, name) if name in ENGLISH else "")
            parts = [part.strip() for value in values for part in value.replace("\x00", "").split(",")]
            return list(dict.fromkeys(part for part in parts if part))[:20]

        def known(name: str, allowed: Iterable[str]) -> tuple[str, ...]:
            wanted = several(name)
            choice = [value for value in wanted if value in allowed]
            problems.extend(
                _("“%(value)s” is not a filter here.") % {"value": value[:40]}
                for value in wanted
                if value not in choice
            )
            return tuple(choice)

        categories: tuple[str, ...] = ()
        topics: tuple[Topic, ...] = ()
        if several("kategorie"):
            topics = tuple(_topics(municipality))
            named = {topic.slug: str(topic) for topic in topics}
            categories = known("kategorie", named)
            labels |= {("kategorie", slug): named[slug] for slug in categories}
        districts: tuple[str, ...] = ()
        if several("stadtteil"):
            parts = {one.slug: one.name for one in _districts(municipality.family_ids())}
            districts = known("stadtteil", parts)
            labels |= {("stadtteil", slug): parts[slug] for slug in districts}
        filters = cls(
            words=one_line(query.get("q", ""), 200),
            categories=categories,
            status=known("status", STATUS),
            period=next(iter(known("zeitraum", PERIODS)), ""),
            since=_day(several("von"), problems),
            until=_day(several("bis"), problems),
            districts=districts,
            sorts=known("art", SORTS),
            bbox=_box(query.get("bbox", ""), problems),
            labels=labels,
            topics=topics,
        )
        return filters, problems

    def query(self, **changes: Any) -> str:
        """The address bar of these filters, with some fields changed ("" when nothing is asked for)."""
        one = replace(self, **changes)
        found = QueryDict(mutable=True)
        if one.words:
            found["q"] = one.words
        for name, values in (
            ("kategorie", one.categories),
            ("status", one.status),
            ("stadtteil", one.districts),
            ("art", one.sorts),
        ):
            if values:
                found.setlist(name, list(values))
        if one.period:
            found["zeitraum"] = one.period
        if one.since:
            found["von"] = one.since.isoformat()
        if one.until:
            found["bis"] = one.until.isoformat()
        return found.urlencode()

    def chips(self) -> list[tuple[str, str]]:
        """(label, query without it) for each thing asked for; a state has a box of its own that shows it."""
        found: list[tuple[str, str]] = []
        if self.words:
            found.append((_("“%(words)s”") % {"words": self.words}, self.query(words="")))
        for name, key, values in (
            ("categories", "kategorie", self.categories),
            ("districts", "stadtteil", self.districts),
            ("sorts", "art", self.sorts),
        ):
            for value in values:
                rest = tuple(other for other in values if other != value)
                found.append((self._label(key, value), self.query(**{name: rest})))
        if self.period:
            found.append((str(PERIODS[self.period][0]), self.query(period="")))
        if self.since:
            found.append((_("from %(day)s") % {"day": f"{self.since:%d.%m.%Y}"}, self.query(since=None)))
        if self.until:
            found.append((_("until %(day)s") % {"day": f"{self.until:%d.%m.%Y}"}, self.query(until=None)))
        return found

    def _label(self, key: str, value: str) -> str:
        return str(SORTS[value][0]) if key == "art" else self.labels.get((key, value), value)


def _day(values: Sequence[str], problems: list[str]) -> date | None:
    for value in values[:1]:
        try:
            return date.fromisoformat(value)
        except ValueError:
            problems.append(_("“%(value)s” is not a date.") % {"value": value[:40]})
    return None


def _box(text: str, problems: list[str]) -> Box | None:
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
        # A map that is zoomed out shows more than the world; what is no number stays none.
        return check_box((max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)))
    except (ValueError, ValidationError):
        problems.append(_("The map's section could not be read."))
        return None


def _topics(municipality: Municipality) -> list[Topic]:
    """Groups and categories of the municipality, those above it and those below it."""
    return cast("list[Topic]", known_topics.of(municipality))


def _districts(family: Sequence[int]) -> list[District]:
    return list(District.objects.filter(municipality__in=family).defer("boundary"))


def filtered(municipality: Municipality, filters: Filters, family: Sequence[int] | None = None) -> CaseQuerySet:
    """Public reports of the municipality (and of those below it) that match, without any order.

    `family`: its `family_ids()`, where they were read before.
    """
    family = family or municipality.family_ids()
    found = Case.objects.public().filter(kind=KIND, municipality__in=family)
    if filters.status:
        found = found.filter(state__in=asked_states(filters))
    found = _in_time(found, filters)
    if filters.bbox is not None:
        frame = Polygon.from_bbox(filters.bbox)
        frame.srid = 4326
        found = found.filter(grid.condition(filters.bbox), point__contained=frame)
    districts = _districts(family) if filters.districts or filters.words else []
    if filters.districts:
        found = found.filter(district__in=[one.pk for one in districts if one.slug in filters.districts])
    topics: Sequence[Topic] = ()
    if filters.categories or filters.sorts or filters.words:
        topics = filters.topics or _topics(municipality)
    if filters.categories or filters.sorts:
        found = found.filter(topic__in=[topic.pk for topic in topics if _asked(topic, filters)])
    if filters.words:
        return _with_words(found, filters, municipality, family, topics, districts)
    return found


def asked_topics(municipality: Municipality, filters: Filters) -> list[int] | None:
    """Ids of the topics that categories and sorts ask for; None for all of them."""
    if not (filters.categories or filters.sorts):
        return None
    return [topic.pk for topic in filters.topics or _topics(municipality) if _asked(topic, filters)]


def asked_states(filters: Filters) -> tuple[State, ...]:
    """The states asked for, in the order of State."""
    if not filters.status:
        return tuple(State)
    wanted = frozenset().union(*(STATUS[name][1] for name in filters.status))
    return tuple(state for state in State if state in wanted)


def _in_time(found: CaseQuerySet, filters: Filters) -> CaseQuerySet:
    since, until = filters.since, filters.until
    if filters.period and since is None:
        since = timezone.localdate() - timedelta(days=PERIODS[filters.period][1])
    if since is not None:
        found = found.filter(submitted_at__gte=_midnight(since))
    if until is not None and until < date.max:
        found = found.filter(submitted_at__lt=_midnight(until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    # The databases know no years before 1 in UTC: Berlin lies ahead of it.
    return datetime.combine(max(day, date(1, 1, 2)), time(), BERLIN)


def _asked(topic: Topic, filters: Filters) -> bool:
    if not hasattr(topic, "category"):
        return False
    group = topic.parent.slug if topic.parent else ""
    of_category = not filters.categories or topic.slug in filters.categories or group in filters.categories
    of_sort = not filters.sorts or Sort(topic.category.sort) in {SORTS[name][1] for name in filters.sorts}
    return of_category and of_sort


class Searched(CaseQuerySet):
    """Reports that match words, and from what they were taken, so that a page is read without reading all texts."""

    rough: CaseQuerySet | None = None
    """What the other filters leave; None for what was narrowed further."""
    asked: Words | None = None
    known: list[Row] | None = None
    """The newest ones, where they were read before."""
    whole = False
    """Whether those are all."""

    def newest(self, limit: int, before: Row | None = None) -> list[Row]:
        """At most so many, newest first, older than `before`."""
        if self.rough is None or self.asked is None:
            return _newest(self, limit, before)
        if before is None and self.known is not None and (self.whole or len(self.known) >= limit):
            return self.known[:limit]
        return finding.newest(_older(self.rough, before), self.asked, limit)


def _with_words(
    rough: CaseQuerySet,
    filters: Filters,
    municipality: Municipality,
    family: Sequence[int],
    topics: Sequence[Topic],
    districts: Sequence[District],
) -> CaseQuerySet:
    """Every word must stand somewhere in what is released; or the whole is the number."""
    numbered = numbering.ids(filters.words, municipality)
    if numbering.looks_like(filters.words) or (numbered and not filters.words.isdigit()):
        return rough.filter(pk__in=numbered or [])
    names = [(f"t{topic.pk}", _names(topic)) for topic in topics]
    names += [(f"d{one.pk}", flat(one.name)) for one in districts]
    every = tuple(
        Asked(word, tuple(mark for mark, words in names if word.stands_in(words))) for word in words_of(filters.words)
    )
    asked = Words(PublicWords, every, _within(filters, family, topics, districts), also=tuple(numbered or ()))
    exact = rough.filter(asked.condition())
    found = Searched(model=Case, query=exact.query, using=exact.db)
    found.rough, found.asked = rough, asked
    return found


def _within(
    filters: Filters, family: Sequence[int], topics: Sequence[Topic], districts: Sequence[District]
) -> tuple[frozenset[str], ...]:
    """Marks of which each report has one, as far as they are few enough to be asked for."""
    found = [{f"m{pk}" for pk in family}]
    if filters.categories or filters.sorts:
        found.append({f"t{topic.pk}" for topic in topics if _asked(topic, filters)})
    if filters.districts:
        found.append({f"d{one.pk}" for one in districts if one.slug in filters.districts})
    return tuple(frozenset(marks) for marks in found if len(marks) <= MARKS)


def _names(topic: Topic) -> str:
    names = [*topic.name.values(), *(topic.parent.name.values() if topic.parent else ())]
    words = topic.category.keywords if hasattr(topic, "category") else ""
    return flat(" ".join([*names, words]))


def counted(found: CaseQuerySet, most: int) -> int:
    """How many reports match words, `most` + 1 for any more: to count them all would read every text."""
    if not isinstance(found, Searched):
        return found[: most + 1].count()
    found.known = found.newest(most + 1)
    found.whole = len(found.known) <= most
    return len(found.known)


def _older(found: CaseQuerySet, before: Row | None) -> CaseQuerySet:
    if before is None:
        return found
    pk, moment = before
    return found.filter(Q(submitted_at__lt=moment) | Q(submitted_at=moment, pk__lt=pk))


def _newest(found: CaseQuerySet, limit: int, before: Row | None) -> list[Row]:
    ordered = _older(found, before).order_by("-submitted_at", "-pk")
    return list(ordered.values_list("pk", "submitted_at")[:limit])


def page_of(found: CaseQuerySet, cursor: str = "", size: int = PAGE) -> tuple[list[int], str]:
    """Ids of one page, newest first, and the cursor of the next page ("" on the last). A bad cursor is the start."""
    before = _read_cursor(cursor)
    rows = found.newest(size + 1, before) if isinstance(found, Searched) else _newest(found, size + 1, before)
    if len(rows) <= size:
        return [pk for pk, _at in rows], ""
    last, at = rows[size - 1]
    return [pk for pk, _at in rows[:size]], f"{round(at.timestamp() * 1_000_000)}-{last}"


def _read_cursor(cursor: str) -> Row | None:
    micros, _dash, pk = cursor.partition("-")
    try:
        return int(pk[:18]), datetime.fromtimestamp(0, BERLIN) + timedelta(microseconds=int(micros[:20]))
    except (ValueError, OverflowError):
        return None


def shown(ids: Sequence[int]) -> list[PublicReport]:
    """Public reports by id, in the order given; what is not public any more is left out. Two queries."""
    if not ids:
        return []
    found = {case.pk: public_report(case) for case in readable().filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]

"""The figures of a page with what they lead to: each one is a link to the work list that lists exactly its cases.

A figure and its list cannot differ: both are counted under the same conditions (`cases.numbers`), the ones that the
work list's filters use, on the cases that the person sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import Permission
from accounts.services import memberships, reach
from cases import numbers
from cases.models import CaseQuerySet, Topic
from cases.numbers import AGES, Flow, Now, Row, Said, Span
from cases.policy import ACTIVE, State
from cases.routing import BERLIN
from geo.localized import localized
from geo.models import Municipality
from moderation.access import listed_for
from moderation.numbers import words
from moderation.numbers.asked import Asked, end_of_month, month_before
from moderation.worklist import choices, sight
from moderation.worklist.filters import narrowed
from moderation.worklist.query import NO_DISTRICT, NO_UNIT, Query
from reports.hotspots import Hotspot, hotspots

WEEKS: Final = 60
"""A longer span is drawn by months."""
FEWEST: Final = 12
"""So many weeks are drawn at least, so that a short span stands beside what came before."""
ROWS: Final = 10
"""Rows of a table before all are asked for."""
OPEN: Final = tuple(sorted(state.value for state in ACTIVE))
DONE: Final = (State.DONE.value,)


@dataclass(frozen=True)
class Figure:
    """A count, and the list of what was counted."""

    value: int
    url: str


@dataclass(frozen=True)
class Line:
    """One line of the comparison. `value` and `other` are counts or words; a measure leads to what it was taken of."""

    label: str
    value: Any
    url: str
    other: Any = None
    other_url: str = ""
    change: str = ""


@dataclass(frozen=True)
class Part:
    """One row of a table: a category, a unit, a district."""

    name: str
    received: Figure
    settled: Figure
    open: Figure
    overdue: Figure
    days: str


@dataclass(frozen=True)
class Table:
    """A table of parts; `more` says how many rows are left out."""

    slug: str
    title: str
    head: str
    rows: list[Part]
    more: int = 0


@dataclass(frozen=True)
class Step:
    """A week or month of the picture."""

    span: Span
    label: str
    received: Figure
    settled: Figure


@dataclass(frozen=True)
class Spot:
    """A hotspot with its rank and list."""

    rank: int
    place: str
    words: str
    figure: Figure
    spot: Hotspot


@dataclass
class Numbers:
    """One look at the figures: who looks, at what, when."""

    user: User
    asked: Asked
    at: datetime
    everything: bool = False
    """All rows of the tables."""

    @cached_property
    def today(self) -> date:
        """The day in Berlin."""
        return timezone.localtime(self.at, BERLIN).date()

    @cached_property
    def whole(self) -> bool:
        """Whether the person sees a whole municipality; then internal parts are not counted beside their main case."""
        return bool(reach(self.user, Permission.SEE).municipalities)

    def cases(self, *, parts: bool) -> CaseQuerySet:
        """What is counted: what the person sees, under the filters."""
        query = QueryDict(mutable=True)
        query.update({**self.asked.narrow, **({} if parts or not self.whole else {"teile": "ohne"})})
        asked = Query.read(query, self.user)
        # One part of them says in the words of an index where they lie; several do not.
        place = self.sight[0] if len(self.sight) == 1 else Q()
        found = narrowed(listed_for(self.user).filter(place), asked, user=self.user, at=self.at, topics=[])
        assert isinstance(found, CaseQuerySet)
        return found

    @cached_property
    def counted(self) -> CaseQuerySet:
        """What totals are counted of: without internal parts where their main case is counted."""
        return self.cases(parts=False)

    def link(self, *, parts: bool = False, span: Span | None = None, **more: Any) -> str:
        """The work list with these filters beside those of the page."""
        query: dict[str, Any] = {**self.asked.narrow, **more}
        if self.whole and not parts:
            query["teile"] = "ohne"
        if span is not None:
            if span.first.year > 1:
                query["von"] = span.first.isoformat()
            query["bis"] = span.last.isoformat()
        return f"{reverse('desk')}?{urlencode({key: value for key, value in query.items() if value}, doseq=True)}"

    @cached_property
    def _overall(self) -> tuple[Now, list[Flow]]:
        spans = [self.asked.span] + ([self.asked.other] if self.asked.other is not None else [])
        return numbers.overall(self.counted, spans, self.at)

    @property
    def now(self) -> Now:
        """What stands open."""
        return self._overall[0]

    @property
    def flow(self) -> Flow:
        """What happened in the span."""
        return self._overall[1][0]

    @property
    def other(self) -> Flow | None:
        """What happened in the other span."""
        return self._overall[1][1] if len(self._overall[1]) > 1 else None

    @property
    def standing(self) -> list[tuple[str, Figure]]:
        """What stands open now: (words, figure)."""
        now = self.now
        found = [
            (_("open"), Figure(now.open, self.link(status=OPEN))),
            (_("overdue"), Figure(now.overdue, self.link(faellig="1"))),
            (_("open without an answer"), Figure(now.unanswered, self.link(status=OPEN, antwort="nein"))),
        ]
        if "stelle" not in self.asked.filters:
            url = self.link(status=OPEN, stelle=NO_UNIT)
            found.append((_("open without a unit"), Figure(now.without_unit, url)))
        return found

    @property
    def ages(self) -> list[tuple[str, Figure, int]]:
        """Open cases by age: (words, figure, share of the fullest band in percent)."""
        found, top = [], max(*self.now.ages, 1)
        for band, count in zip(AGES, self.now.ages, strict=True):
            url = self.link(status=OPEN, span=numbers.age_span(band, self.today))
            found.append((_age_words(band), Figure(count, url), round(count / top * 100)))
        return found

    def lines(self) -> list[Line]:
        """The comparison of the two spans, counts and measures."""
        one, two, flow, other = self.asked.span, self.asked.other, self.flow, self.other

        def count(label: str, name: str, **more: Any) -> Line:
            value = getattr(flow, name)
            if other is None or two is None:
                return Line(label, value, self.link(span=one, **more))
            before = getattr(other, name)
            then = self.link(span=two, **more)
            return Line(label, value, self.link(span=one, **more), before, then, words.change(value, before))

        def measure(label: str, name: str, **more: Any) -> Line:
            value = getattr(flow, name)
            before = getattr(other, name) if other is not None else None
            then = self.link(span=two, **more) if two is not None else ""
            said = words.lasting(value), self.link(span=one, **more), words.lasting(before), then
            return Line(label, *said, words.slower(value, before))

        closed: dict[str, Any] = {"zeit": "erledigt"}
        settled: dict[str, Any] = {"zeit": "erledigt", "status": DONE}
        answered: dict[str, Any] = {"zeit": "antwort"}
        found = [
            count(_("received"), "received"),
            count(_("first answered"), "answered", **answered),
            measure(_("first answer, half within"), "answer_median", **answered),
            measure(_("first answer, nine of ten within"), "answer_most", **answered),
            count(_("settled"), "settled", **settled),
            measure(_("settled, half within"), "settle_median", **settled),
            measure(_("settled, nine of ten within"), "settle_most", **settled),
            count(_("closed without action"), "without_action", status=numbers.WITHOUT_ACTION, **closed),
        ]
        return found + self._said_lines()

    @cached_property
    def said(self) -> tuple[Said, Said | None]:
        """What reporters said in the two spans."""
        other = self.asked.other
        return (
            numbers.satisfaction(self.counted, self.asked.span),
            numbers.satisfaction(self.counted, other) if other is not None else None,
        )

    def _said_lines(self) -> list[Line]:
        now, then = self.said
        found = []
        for label, name, word in (
            (_("reporters who say: it is settled"), "settled", "geloest"),
            (_("reporters who say: it is still there"), "still_there", "nochda"),
        ):
            more: dict[str, Any] = {"zeit": "rueckmeldung", "rueckmeldung": word}
            value = getattr(now, name)
            url = self.link(span=self.asked.span, **more)
            if then is None or self.asked.other is None:
                found.append(Line(label, value, url))
                continue
            before = getattr(then, name)
            other_url = self.link(span=self.asked.other, **more)
            found.append(Line(label, value, url, before, other_url, words.change(value, before)))
        return found

    @property
    def spans(self) -> tuple[list[Span], bool]:
        """The weeks (or months) that are drawn, and whether they are weeks. The present one ends when it ends."""
        span = self.asked.span
        last = min(span.last, max(self.today, span.first))
        if span.days > WEEKS * 7:
            months = (last.year - span.first.year) * 12 + last.month - span.first.month
            starts = [month_before(last.replace(day=1), back) for back in range(min(months, WEEKS - 1), -1, -1)]
            return [Span(start, end_of_month(start)) for start in starts], False
        monday = last - timedelta(days=last.weekday())
        first = min(span.first - timedelta(days=span.first.weekday()), monday - timedelta(weeks=FEWEST - 1))
        count = (monday - first).days // 7 + 1
        starts = [first + timedelta(weeks=index) for index in range(count)]
        return [Span(start, start + timedelta(days=6)) for start in starts], True

    @cached_property
    def steps(self) -> list[Step]:
        """Received and settled by week or month."""
        spans, weekly = self.spans
        found = []
        for span, (came, done) in zip(spans, numbers.timeline(self.counted, spans), strict=True):
            label = date_format(span.first, "j.n." if weekly else "M y")
            received = Figure(came, self.link(span=span))
            settled = Figure(done, self.link(span=span, zeit="erledigt", status=DONE))
            found.append(Step(span, label, received, settled))
        return found

    @cached_property
    def sight(self) -> list[Q]:
        """Where the person's cases lie; see worklist.sight."""
        return sight.parts(self.user)

    @property
    def topics(self) -> list[Topic]:
        """Topics of what the person sees."""
        return self.offered.topics

    @cached_property
    def offered(self) -> choices.Offered:
        """What the filters offer; one query."""
        return choices.offered(self.user, self.sight)

    def tables(self) -> list[Table]:
        """By category, unit and district; a filter that is set leaves its table out. Three queries."""
        chosen, found = self.asked.filters, []
        if "kategorie" not in chosen:
            names = {topic.slug: localized(topic.name) for topic in self.topics}
            rows = self._by("topic__slug", parts=False)
            found.append(self._table("kategorie", _("By category"), _("Category"), rows, names, ""))
        if "stelle" not in chosen:
            rows = self._by("unit_id", parts=True)
            units = {NO_UNIT: _("without a unit"), **dict(self.offered.units)}
            found.append(self._table("stelle", _("By unit"), _("Unit"), rows, units, NO_UNIT))
        if "stadtteil" not in chosen:
            rows = self._by("district_id", parts=False)
            if self.offered.districts:
                districts = {NO_DISTRICT: _("without a district"), **dict(self.offered.districts)}
                found.append(self._table("stadtteil", _("By district"), _("District"), rows, districts, NO_DISTRICT))
        return found

    def _by(self, key: str, *, parts: bool) -> list[Row]:
        return numbers.by(self.cases(parts=parts), key, self.asked.span, self.at)

    def _table(
        self, name: str, title: str, head: str, rows: Sequence[Row], names: dict[str, str], nothing: str
    ) -> Table:
        shown = rows if self.everything else rows[:ROWS]
        parts, span = name == "stelle", self.asked.span
        found = []
        for row in shown:
            value = nothing if row.key is None else str(row.key)
            chosen: dict[str, Any] = {name: value}
            found.append(
                Part(
                    name=names.get(value, value),
                    received=Figure(row.received, self.link(parts=parts, span=span, **chosen)),
                    settled=Figure(
                        row.settled, self.link(parts=parts, span=span, zeit="erledigt", status=DONE, **chosen)
                    ),
                    open=Figure(row.open, self.link(parts=parts, status=OPEN, **chosen)),
                    overdue=Figure(row.overdue, self.link(parts=parts, faellig="1", **chosen)),
                    days=words.lasting(row.settle_median),
                )
            )
        return Table(name, title, head, found, max(0, len(rows) - len(found)))

    @cached_property
    def spots(self) -> list[Spot]:
        """The fullest fields of the map in the span."""
        found = []
        for rank, spot in enumerate(hotspots(self.counted, self.asked.span), 1):
            said = _("of them %(n)d × %(category)s") % {"n": spot.of_category, "category": spot.category}
            said = "" if spot.of_category < 2 else said if spot.of_category < spot.count else spot.category
            figure = Figure(spot.count, self.link(span=self.asked.span, feld=spot.field))
            place = spot.place or f"{spot.lat:.4f}, {spot.lon:.4f}"
            found.append(Spot(rank, place, said, figure, spot))
        return found

    @property
    def town(self) -> Municipality | None:
        """The municipality whose map is shown: the one of the person's oldest role with which they see cases."""
        rows: Iterable[Any] = sorted(memberships(self.user), key=lambda one: one.pk)
        return next((row.municipality for row in rows), None)


def _age_words(band: tuple[int, int | None]) -> str:
    youngest, oldest = band
    if oldest is None:
        return _("a year and longer")
    return {
        6: _("less than 7 days"),
        29: _("7 to 29 days"),
        89: _("30 to 89 days"),
        364: _("90 days to a year"),
    }.get(oldest, f"{youngest}–{oldest}")

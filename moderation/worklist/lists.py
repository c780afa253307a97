"""The work list: what is to be done, narrowed by the filters of the address bar, the next thing on top.

Every list starts at `visible_to`, also the choices of the filters, so nothing of a foreign case shows anywhere. The
parts stand in modules of their own: `query` reads the address bar, `tabs` holds the lists and orders, `filters` the
conditions, `choices` what the filters offer, `marks` what a row shows, `sight` where somebody's cases lie, `keyset` the
pages. What a page reads does not grow with the number of cases: it counts up to COUNTED, and goes on from a place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property

from accounts.models import User
from cases.models import Case, Topic
from moderation.access import listed_for
from moderation.worklist import choices, keyset, sight
from moderation.worklist.filters import narrowed
from moderation.worklist.marks import marked
from moderation.worklist.query import NO_UNIT, PARAMETERS, Query
from moderation.worklist.tabs import SORTS, TABS, Tab
from moderation.worklist.together import Statement, counted, fetched, statement

__all__ = ["COUNTED", "NO_UNIT", "PAGE", "PARAMETERS", "TABS", "Query", "Sheet", "Tab", "Worklist", "marked", "said"]

PAGE = 50
COUNTED = 1000
"""More than this is not counted: nobody works by such a number, and the figures tell it exactly."""
LEAFED = 20
"""A page is asked for by its number alone as far as this; further down by the place before it."""
NEWEST, ARRIVED = "newest", "arrived"
RELATED = ("topic__category", "stage", "unit", "assignee", "contact", "district", "report", "municipality")


def said(count: int) -> int | str:
    """A count as it is shown: "1000+" where there are more."""
    return count if count <= COUNTED else f"{COUNTED}+"


@dataclass(frozen=True)
class Sheet:
    """One page of a list."""

    rows: list[Case]
    number: int
    count: int
    """How many cases the list holds; COUNTED + 1 for any more."""
    before: str
    """Query string of the page before, "" on the first one."""
    after: str
    """Query string of the next one, "" on the last one."""

    @property
    def total(self) -> int | str:
        """The count in words."""
        return said(self.count)

    @property
    def counted(self) -> bool:
        """Whether the count is the whole."""
        return self.count <= COUNTED

    @property
    def first(self) -> int:
        """Number of the first row in the list."""
        return (self.number - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """Number of the last row in the list."""
        return self.first + len(self.rows) - 1


@dataclass
class Worklist:
    """One look at the desk of `user`."""

    user: User
    query: Query
    at: datetime
    _counts: dict[str, int] = field(default_factory=dict)

    @cached_property
    def offered(self) -> choices.Offered:
        """What the filters offer, and the topics of the cases that the person sees; one query."""
        return choices.offered(self.user, self.parts)

    @property
    def topics(self) -> list[Topic]:
        """Topics of the cases that the person sees."""
        return self.offered.topics

    @cached_property
    def parts(self) -> list[Q]:
        """Where the person's cases lie; see worklist.sight."""
        return sight.parts(self.user)

    @cached_property
    def _narrowed(self) -> QuerySet[Case]:
        """Everything the filters leave, of all lists."""
        topics = self.topics if self.query.q else []
        found = narrowed(listed_for(self.user), self.query, user=self.user, at=self.at, topics=topics)
        return marked(found)

    @property
    def _order(self) -> keyset.Order:
        return SORTS[self.query.sort][1] if self.query.sort else self.query.tab.order

    def _of(self, tab: Tab) -> QuerySet[Case]:
        return self._narrowed.filter(tab.within).filter(tab.rule(self.user, self.at))

    def _statements(self, cases: QuerySet[Case], parts: Sequence[Q]) -> list[Statement]:
        found = (statement(cases.filter(part).order_by().values("pk")[: COUNTED + 1]) for part in parts)
        return [one for one in found if one is not None]

    def _count(self, parts: Sequence[Q], after: int, beside: Sequence[Statement]) -> list[int]:
        """The counts of all lists, of arrivals, and what else is asked beside them; one query."""
        wanted = [self._statements(self._of(tab), parts) for tab in TABS]
        arrived = self._statements(self._of(self.query.tab).filter(pk__gt=after), parts) if after else []
        return counted([*wanted, arrived], beside=beside)

    def counts(self, after: int = 0) -> dict[str, int]:
        """How many cases each list holds under the filters, COUNTED + 1 for any more; one query, or two where somebody
        has cases from elsewhere.

        Beside them `newest`, the highest id of all, and `arrived`, how many cases of the chosen list are younger than
        `after`.
        """
        if not self._counts:
            sure, rare = sight.sure(self.user), sight.rare(self.user)
            probes = sight.probes(self.user, rare)
            newest = Case.objects.order_by("-pk").values("pk")[:1].query.sql_with_params()
            found = self._count(sure, after, [newest, *probes])
            size = len(TABS) + 1
            there = [rare[place] for place in found[size + 1 :] if place >= 0]
            more = self._count(there, after, []) if there else [0] * size
            self.__dict__["parts"] = [*sure, *there]
            numbers = (min(one + other, COUNTED + 1) for one, other in zip(found[:size], more, strict=True))
            self._counts = dict(zip([*(tab.slug for tab in TABS), ARRIVED], numbers, strict=True))
            self._counts[NEWEST] = max(found[size], 0)
        return self._counts

    def found(self) -> QuerySet[Case]:
        """The cases of the chosen list in order."""
        return self._of(self.query.tab).order_by(*keyset.ordering(self._order))

    def _places(self, most: int, spans: Sequence[Q], *, backwards: bool = False) -> list[keyset.Place]:
        """The places of at most so many rows within some spans of the list, in its order; one query."""
        order, cases = self._order, self._of(self.query.tab)
        statements = [
            statement(
                cases.filter(part & span)
                .order_by(*keyset.ordering(order, backwards))
                .values_list(*keyset.names(order))[:most]
            )
            for part in self.parts
            for span in spans
        ]
        rows = fetched([one for one in statements if one is not None])
        return keyset.merged(rows, order, backwards)[:most]

    def _leaf(self) -> tuple[list[keyset.Place], int, bool]:
        """The places of the page asked for, its number, and whether another follows."""
        query, order = self.query, self._order
        if (place := keyset.read(query.after, order)) is not None:
            rows = self._places(PAGE + 1, keyset.beyond(order, place))
            return rows[:PAGE], max(query.page, 2), len(rows) > PAGE
        if (place := keyset.read(query.before, order)) is not None:
            rows = self._places(PAGE, keyset.beyond(order, place, backwards=True), backwards=True)
            if len(rows) == PAGE:
                return rows[::-1], query.page, True
        number = min(query.page, LEAFED) if not query.before else 1
        rows = self._places(number * PAGE + 1, [Q()])
        if number > 1 and len(rows) <= (number - 1) * PAGE:
            number = max(-(-len(rows) // PAGE), 1)
        start = (number - 1) * PAGE
        return rows[start : start + PAGE], number, len(rows) > start + PAGE

    def _read(self, places: Sequence[keyset.Place]) -> list[Case]:
        """The rows at these places with everything a line shows; one query."""
        ids = [int(place[-1]) for place in places]
        if not ids:
            return []
        found = marked(Case.objects.filter(pk__in=ids)).select_related(*RELATED)
        by_id = {case.pk: case for case in found.defer("municipality__boundary", "district__boundary")}
        return [by_id[pk] for pk in ids if pk in by_id]

    def page(self) -> Sheet:
        """The page asked for; beyond the last one the last one. Its count comes out of `counts`."""
        places, number, more = self._leaf()
        before = after = ""
        if number == 2:
            before = self.query.address(seite="")
        elif number > 2 and places:
            before = self.query.address(seite=number - 1, zurueck=keyset.written(places[0]), weiter="")
        if more:
            after = self.query.address(seite=number + 1, weiter=keyset.written(places[-1]), zurueck="")
        return Sheet(self._read(places), number, self.counts()[self.query.tab.slug], before or "", after)

    def beside(self, case: Case) -> tuple[list[Case], Case | None]:
        """The rows beside an open case, and the one that comes next in the list (the first one after the last)."""
        rows = self._read(self._leaf()[0])
        others = [row for row in rows if row.pk != case.pk]
        at = next((index for index, row in enumerate(rows) if row.pk == case.pk), -1)
        following = rows[at + 1 :] if at >= 0 else others
        return rows, next(iter(following or others), None)

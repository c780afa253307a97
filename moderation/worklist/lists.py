"""The work list: what is to be done, narrowed by the filters of the address bar, the next thing on top.

Every list starts at `visible_to`, also the choices of the filters, so nothing of a foreign case shows anywhere. The
parts stand in modules of their own: `worklist_query` reads the address bar, `worklist_tabs` holds the lists and orders,
`worklist_filters` the conditions, `worklist_choices` what the filters offer, `worklist_marks` what a row shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.utils.functional import cached_property

from accounts.models import User
from cases.models import Case, Topic
from moderation.access import listed_for
from moderation.worklist import choices
from moderation.worklist.filters import narrowed
from moderation.worklist.marks import marked
from moderation.worklist.query import NO_UNIT, PARAMETERS, Query
from moderation.worklist.tabs import SORTS, TABS, Tab

__all__ = ["NO_UNIT", "PAGE", "PARAMETERS", "TABS", "Query", "Tab", "Worklist", "marked"]

PAGE = 50
NEWEST, ARRIVED = "newest", "arrived"
RELATED = ("topic__category", "stage", "unit", "assignee", "contact", "district", "report", "municipality")


@dataclass
class Worklist:
    """One look at the desk of `user`."""

    user: User
    query: Query
    at: datetime
    _counts: dict[str, int] = field(default_factory=dict)

    @cached_property
    def topics(self) -> list[Topic]:
        """Topics of the cases that the person sees; one query."""
        return choices.topics(self.user)

    @cached_property
    def offered(self) -> choices.Offered:
        """What the other filters offer; one query."""
        return choices.offered(self.user)

    @cached_property
    def _narrowed(self) -> QuerySet[Case]:
        """Everything the filters leave, of all lists."""
        topics = self.topics if self.query.q else []
        found = narrowed(listed_for(self.user), self.query, user=self.user, at=self.at, topics=topics)
        return marked(found)

    def counts(self, after: int = 0) -> dict[str, int]:
        """How many cases each list holds under the filters; one query.

        Beside them `newest`, the highest id, and `arrived`, how many cases of the chosen list are younger than `after`.
        """
        if not self._counts:
            rules = {tab.slug: tab.rule(self.user, self.at) for tab in TABS}
            arrived = Count("pk", filter=Q(pk__gt=after) & rules[self.query.tab.slug])
            found = self._narrowed.aggregate(
                **{slug: Count("pk", filter=rule) if rule else Count("pk") for slug, rule in rules.items()},
                **{NEWEST: Max("pk"), ARRIVED: arrived},
            )
            self._counts = {name: value or 0 for name, value in found.items()}
        return self._counts

    def found(self) -> QuerySet[Case]:
        """The cases of the chosen list in order."""
        tab, sort = self.query.tab, self.query.sort
        order = SORTS[sort][1] if sort else tab.order
        return self._narrowed.filter(tab.rule(self.user, self.at)).order_by(*order)

    def rows(self) -> QuerySet[Case]:
        """The cases of the chosen list in order, with everything a row shows."""
        return self.found().select_related(*RELATED).defer("municipality__boundary", "district__boundary")

    def page(self) -> Page[Case]:
        """The page asked for; beyond the last one the last one. The count comes out of `counts`."""
        paginator = Paginator(self.rows(), PAGE)
        paginator.__dict__["count"] = self.counts()[self.query.tab.slug]
        return paginator.get_page(self.query.page)

    def beside(self, case: Case) -> tuple[list[Case], Case | None]:
        """The rows beside an open case, and the one that comes next in the list (the first one after the last)."""
        start = (self.query.page - 1) * PAGE
        rows = list(self.rows()[start : start + PAGE])
        others = [row for row in rows if row.pk != case.pk]
        at = next((index for index, row in enumerate(rows) if row.pk == case.pk), -1)
        following = rows[at + 1 :] if at >= 0 else others
        return rows, next(iter(following or others), None)

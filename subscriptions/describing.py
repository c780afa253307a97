"""A selection in words: “Müll & Sauberkeit, Marienfeld, 500 m um Mühlenstraße 3”."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Topic
from geo.models import District, Municipality
from reports.search import SORTS
from subscriptions.models import Subscriber
from subscriptions.wanted import Wanted


class Describing:
    """Names categories and districts of a municipality; asks the database once for each, when first needed."""

    def __init__(self, municipality: Municipality) -> None:
        self.municipality = municipality

    @cached_property
    def _family(self) -> list[int]:
        return self.municipality.family_ids()

    @cached_property
    def _topics(self) -> dict[str, str]:
        rows: QuerySet[Topic] = Topic.objects.filter(municipality__in={*self.municipality.chain_ids(), *self._family})
        return {topic.slug: str(topic) for topic in rows.only("slug", "name")}

    @cached_property
    def _districts(self) -> dict[str, str]:
        rows = District.objects.filter(municipality__in=self._family)
        return dict(rows.values_list("slug", "name"))

    def parts(self, wanted: Wanted) -> list[str]:
        """What is asked for, one thing after the other; [] for everything."""
        found = [_("“%(words)s”") % {"words": wanted.words}] if wanted.words else []
        found += [self._topics.get(slug, slug) for slug in wanted.categories]
        found += [str(SORTS[name][0]) for name in wanted.sorts if name in SORTS]
        found += [self._districts.get(slug, slug) for slug in wanted.districts]
        if wanted.circle is not None:
            found.append(
                _("%(reach)s around %(place)s")
                % {"reach": reach(wanted.circle.metres), "place": wanted.circle.name or _("a place on the map")}
            )
        elif wanted.section is not None:
            found.append(_("a section of the map"))
        return found

    def line(self, wanted: Wanted) -> str:
        """The same in one line."""
        return ", ".join(self.parts(wanted)) or _("all reports in %(place)s") % {"place": self.municipality.title}


def reach(metres: int) -> str:
    """A distance in words."""
    if metres < 1000:
        return ngettext("%(n)d metre", "%(n)d metres", metres) % {"n": metres}
    kilometres = metres // 1000
    return ngettext("%(n)d kilometre", "%(n)d kilometres", kilometres) % {"n": kilometres}


def rows_of(subscriber: Subscriber) -> list[dict[str, Any]]:
    """The subscriptions of somebody as pages list them, the newest first: row, selection in words, query of the map."""
    describing = Describing(subscriber.municipality)
    found = []
    for row in subscriber.subscriptions.order_by("-created_at", "-pk"):
        wanted = Wanted.from_json(row.wanted)
        found.append({"row": row, "selection": describing.line(wanted), "query": wanted.query()})
    return found

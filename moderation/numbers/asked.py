"""What the address bar of the figures asks for: a span of days, one to compare it with, and filters.

The filters are those of the work list, under the same names, so that each figure can lead to its list.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.numbers import Span
from moderation.worklist.query import Query

FILTERS: Final = ("kategorie", "stelle", "stadtteil", "quelle")
OLDEST: Final = date(1990, 1, 1)
BEFORE, LAST_YEAR, NONE = "", "vorjahr", "ohne"
OWN: Final = "eigen"
"""Days of one's own choice, whatever else is chosen."""
COMPARISONS: Final[dict[str, Any]] = {
    BEFORE: _("the time before"),
    LAST_YEAR: _("the same time last year"),
    NONE: _("nothing"),
}


def end_of_month(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def month_before(day: date, months: int = 1) -> date:
    """The same day some months earlier; the last one of a shorter month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month(first: date) -> Span:
    """The whole month of a day."""
    return Span(first.replace(day=1), end_of_month(first))


PRESETS: Final[dict[str, tuple[Any, Callable[[date], Span]]]] = {
    "30": (_("last 30 days"), lambda today: Span(today - timedelta(days=29), today)),
    "monat": (_("this month"), lambda today: Span(today.replace(day=1), today)),
    "vormonat": (_("last month"), lambda today: month(month_before(today))),
    "12monate": (_("last 12 months"), lambda today: Span(month_before(today, 12) + timedelta(days=1), today)),
    "jahr": (_("this year"), lambda today: Span(today.replace(month=1, day=1), today)),
    "vorjahr": (_("last year"), lambda today: Span(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))),
}
FIRST: Final = "30"


def before(span: Span) -> Span:
    """The time before: of whole months as many months, of a month or year so far the same days of the one before, else
    as many days."""
    first, last = span.first, span.last
    if first.day == 1 and last == end_of_month(last):
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        return Span(month_before(first, months), first - timedelta(days=1))
    if first.day == 1 and (first.year, first.month) == (last.year, last.month):
        return Span(month_before(first), month_before(last))
    if (first.day, first.month) == (1, 1) and first.year == last.year:
        return year_before(span)
    return Span(first - timedelta(days=span.days), first - timedelta(days=1))


def year_before(span: Span) -> Span:
    """The same days a year earlier; what ends with a month does so there, too."""
    last = month_before(span.last, 12)
    return Span(month_before(span.first, 12), end_of_month(last) if span.last == end_of_month(span.last) else last)


@dataclass(frozen=True)
class Asked:
    """The span, what it is compared with, and the filters."""

    span: Span
    other: Span | None
    preset: str
    comparison: str
    filters: dict[str, str]
    """Of FILTERS, only what is set."""

    @classmethod
    def read(cls, data: QueryDict, user: User, today: date) -> Asked:
        """Read the address bar. Days the wrong way round are turned; nonsense is left out."""
        span = _span(data.get("von", ""), data.get("bis", ""), today)
        preset = "" if span else data.get("zeitraum", FIRST)
        preset = preset if preset in PRESETS or span else FIRST
        found = span or PRESETS[preset][1](today)
        comparison = data.get("vergleich", BEFORE)
        comparison = comparison if comparison in COMPARISONS else BEFORE
        own = _span(data.get("vvon", ""), data.get("vbis", ""), today)
        comparison = OWN if own is not None else comparison
        others = {BEFORE: before(found), LAST_YEAR: year_before(found), OWN: own, NONE: None}
        parts = Query.read(data, user).parts
        filters = {name: str(parts[name]) for name in FILTERS if parts[name]}
        return cls(found, others[comparison], preset, comparison, filters)

    @property
    def narrow(self) -> dict[str, str]:
        """The filters of the work list under which everything is counted."""
        return {"liste": "alle", **self.filters}

    def address(self, name: str = "numbers", **changed: str) -> str:
        """The address of the page with some parts changed ("" leaves a part out)."""
        comparison = self.comparison if self.comparison != OWN else ""
        parts = {"zeitraum": self.preset if self.preset != FIRST else "", "vergleich": comparison, **self.filters}
        if not self.preset:
            parts |= {"von": self.span.first.isoformat(), "bis": self.span.last.isoformat()}
        if self.comparison == OWN and self.other is not None:
            parts |= {"vvon": self.other.first.isoformat(), "vbis": self.other.last.isoformat()}
        query = QueryDict(mutable=True)
        query.update({key: value for key, value in {**parts, **changed}.items() if value})
        return reverse(name) + (f"?{query.urlencode()}" if query else "")


def _day(text: str, today: date) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if OLDEST <= found <= date(today.year + 1, 12, 31) else None


def _span(first: str, last: str, today: date) -> Span | None:
    """The days between two that were typed; one of them alone reaches to today."""
    ends = [day for day in (_day(first, today), _day(last, today)) if day is not None]
    if not ends:
        return None
    return Span(min(*ends, today), max(*ends, today)) if len(ends) == 1 else Span(min(ends), max(ends))

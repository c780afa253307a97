"""Public figures of a municipality: what was received, what became of it, and how long it took, without polish.

Counted are public defects and ideas by the day they were received, so that nothing drops out because it took long: each
is settled, closed without action, or still open. Praise is left out, because there is nothing to settle. Times are
calendar days from receipt to settlement; the median and not the mean, which a few forgotten ones would distort.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from django.core.cache import cache
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import get_language

from cases.models import Case, CaseQuerySet, Entry, Topic
from cases.policy import ACTIVE, CLOSED, Deed, State
from cases.routing import BERLIN
from geo.models import District, Municipality
from reports.policy import KIND, Sort

SECONDS: Final = 600
"""How long the figures are kept."""
SORTS: Final = (Sort.DEFECT.value, Sort.IDEA.value)
DAY: Final = 86_400
FEW: Final = 5
"""Fewer settled reports than this have no median: it would say nothing."""

Row = tuple[str, int, int | None, str, datetime, datetime | None, datetime | None]
"""category (its slug, one for the county's and a town's own topic), topic, district, state, submitted, closed, due."""


@dataclass
class Tally:
    """What became of some reports."""

    name: str = ""
    query: str = ""
    """The selection of the map that shows the same reports, "" for none."""
    received: int = 0
    settled: int = 0
    without_action: int = 0
    open: int = 0
    overdue: int = 0
    days: list[float] = field(default_factory=list, repr=False)
    waiting: list[float] = field(default_factory=list, repr=False)

    def add(self, row: Row, now: datetime) -> None:
        """Count one report."""
        *_where, state, submitted, closed, due = row
        self.received += 1
        if state == State.DONE:
            self.settled += 1
            if closed is not None:
                self.days.append((closed - submitted).total_seconds() / DAY)
        elif state in CLOSED:
            self.without_action += 1
        else:
            self.open += 1
            self.waiting.append((now - submitted).total_seconds() / DAY)
            self.overdue += due is not None and due < now

    @property
    def median_days(self) -> float | None:
        """Days within which half of the settled ones were settled; None for too few."""
        return median(self.days) if len(self.days) >= FEW else None

    @property
    def most_days(self) -> float | None:
        """Days within which nine of ten of the settled ones were settled; None for too few."""
        return sorted(self.days)[(len(self.days) * 9 - 1) // 10] if len(self.days) >= FEW else None

    @property
    def median_waiting(self) -> float | None:
        """Days for which half of the open ones have been waiting at least; None where none is open."""
        return median(self.waiting) if self.waiting else None


@dataclass(frozen=True)
class Period:
    """A span of days: `slug` for the address bar, first and last day (Berlin)."""

    slug: str
    first: date
    last: date


@dataclass(frozen=True)
class Figures:
    """All of a period: the whole, by month, by category and by district, and what is not in there."""

    period: Period
    all: Tally
    months: list[tuple[date, Tally]]
    categories: list[Tally]
    districts: list[Tally]
    reopened: int
    """Reports that were closed and taken up again."""
    reviewing: int
    """Received in the period and not public yet."""
    unpublished: int
    """Received in the period, closed, and never published (or hidden again)."""
    at: datetime


def periods(municipality: Municipality, now: datetime) -> list[Period]:
    """The last twelve months, and every year of which there are reports, the newest first; at most ten."""
    today = timezone.localtime(now, BERLIN).date()
    start = date(today.year - 1, today.month + 1, 1) if today.month < 12 else date(today.year, 1, 1)
    found = [Period("", start, today)]
    oldest = _reports(municipality).aggregate(at=Min("submitted_at"))["at"]
    if oldest is not None:
        first = timezone.localtime(oldest, BERLIN).year
        for year in range(today.year, max(first, today.year - 9) - 1, -1):
            found.append(Period(str(year), date(year, 1, 1), min(date(year, 12, 31), today)))
    return found


def figures(municipality: Municipality, period: Period, now: datetime) -> Figures:
    """The figures of a period, kept for ten minutes in the active language."""
    key = f"reports:figures:{municipality.pk}:{period.slug}:{period.first}:{period.last}:{get_language()}"
    kept: Figures | None = cache.get(key)
    if kept is None:
        kept = _count(municipality, period, now)
        cache.set(key, kept, SECONDS)
    return kept


def _reports(municipality: Municipality) -> CaseQuerySet:
    """Reports that may ever be public, of the sorts that are counted."""
    topics = Topic.objects.filter(category__sort__in=SORTS, confidential=False).values("pk")
    return Case.objects.filter(
        kind=KIND, municipality__in=municipality.family_ids(), confidential=False, topic__in=topics, part_of=None
    ).real()


def _span(period: Period) -> Q:
    first = datetime.combine(period.first, datetime.min.time(), BERLIN)
    end = datetime.combine(period.last + timedelta(days=1), datetime.min.time(), BERLIN)
    return Q(submitted_at__gte=first, submitted_at__lt=end)


def _count(municipality: Municipality, period: Period, now: datetime) -> Figures:
    found = _reports(municipality).filter(_span(period))
    public = found.public()
    rows: Iterable[Row] = public.values_list(
        "topic__slug", "topic", "district", "state", "submitted_at", "closed_at", "due_at"
    ).iterator()
    whole = Tally()
    months: defaultdict[date, Tally] = defaultdict(Tally)
    by_category: defaultdict[str, Tally] = defaultdict(Tally)
    topic_of: dict[str, int] = {}
    by_district: defaultdict[int | None, Tally] = defaultdict(Tally)
    for row in rows:
        category, topic, district, _state, submitted, _closed, _due = row
        topic_of[category] = topic
        month = timezone.localtime(submitted, BERLIN).date().replace(day=1)
        for tally in (whole, months[month], by_category[category], by_district[district]):
            tally.add(row, now)
    hidden = found.filter(public_at__isnull=True).aggregate(
        reviewing=Count("pk", filter=Q(state__in=ACTIVE)), unpublished=Count("pk", filter=Q(state__in=CLOSED))
    )
    return Figures(
        period=period,
        all=whole,
        months=[(month, months[month]) for month in _months(period)],
        categories=_named_categories(by_category, topic_of),
        districts=_named_districts(by_district),
        reopened=_reopened(public),
        reviewing=hidden["reviewing"],
        unpublished=hidden["unpublished"],
        at=now,
    )


def _months(period: Period) -> list[date]:
    found, month = [], period.first.replace(day=1)
    while month <= period.last:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def _reopened(public: CaseQuerySet) -> int:
    moved = Entry.objects.filter(
        case__in=public.values("pk"),
        deed=Deed.MOVED.value,
        data__from__in=[state.value for state in CLOSED],
        data__to__in=[state.value for state in ACTIVE],
    )
    return moved.values("case").distinct().count()


def _named_categories(by_category: dict[str, Tally], topic_of: dict[str, int]) -> list[Tally]:
    for topic in Topic.objects.filter(pk__in=topic_of.values()):
        tally = by_category[topic.slug]
        tally.name, tally.query = str(topic), f"kategorie={topic.slug}"
    return _ordered(by_category.values())


def _named_districts(by_district: dict[int | None, Tally]) -> list[Tally]:
    for district in District.objects.filter(pk__in=[pk for pk in by_district if pk is not None]).defer("boundary"):
        by_district[district.pk].name, by_district[district.pk].query = district.name, f"stadtteil={district.slug}"
    named = [tally for pk, tally in by_district.items() if pk is not None]
    rest = [by_district[None]] if None in by_district and named else []
    return _ordered(named) + rest


def _ordered(tallies: Iterable[Tally]) -> list[Tally]:
    return sorted(tallies, key=lambda tally: (-tally.received, tally.name))


def highest(months: Sequence[tuple[date, Tally]]) -> int:
    """The number of reports of the busiest month, at least 1."""
    return max((tally.received for _month, tally in months), default=0) or 1

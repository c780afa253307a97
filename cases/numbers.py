"""Figures of cases, counted in the database: one definition each, for pages, reports and machines alike.

What is counted over a span of days is counted by the day on which it happened, in Berlin, both days included:

* **received**: handed in on these days, whatever became of it since;
* **settled**: is settled now, and was settled on these days (what was taken up again is not settled);
* **closed without action**: is rejected or withdrawn now, and was closed on these days;
* **first answered**: the first answer, question or step that the reporter could read fell on these days;
* **said**: what the reporter answered last on these days to "is it settled?".

Times are calendar days with their fraction, from receipt; nights, weekends and waiting for the citizen count. Whether
something is late is another measure: `due_at` was set in working days, and the clock stands while a case waits.

The conditions are Q objects, so that a list that is narrowed by the same one has exactly as many rows as a figure says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Case as Choice
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.utils import timezone

from cases.models import Case, CaseQuerySet, Entry
from cases.percentile import Days, Percentile
from cases.policy import ACTIVE, CLOCK_STOPPED, CLOSED, Deed, State
from cases.routing import BERLIN
from geo import grid

FEW: Final = 5
"""Of fewer cases than this there is no median: it would say nothing."""
AGES: Final = ((0, 6), (7, 29), (30, 89), (90, 364), (365, None))
"""Bands of age in days since receipt, first and last day; the last band has no end."""
OPEN: Final = Q(state__in=[state.value for state in ACTIVE])
WITHOUT_ACTION: Final = tuple(sorted(state.value for state in CLOSED - {State.DONE}))
_COUNTING = [state.value for state in ACTIVE - CLOCK_STOPPED]
MEDIAN, MOST = 0.5, 0.9


def midnight(day: date) -> datetime:
    """The beginning of a day in Berlin."""
    # The databases know no years before 1 in UTC: Berlin lies ahead of it.
    return datetime.combine(max(day, date(1, 1, 2)), time(), BERLIN)


@dataclass(frozen=True)
class Span:
    """A span of days in Berlin, both included."""

    first: date
    last: date

    def within(self, field: str) -> Q:
        """Condition: the moment in `field` falls on these days."""
        found = Q(**{f"{field}__gte": midnight(self.first)})
        return found & Q(**{f"{field}__lt": midnight(self.last + timedelta(days=1))}) if self.last < date.max else found

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


def received(span: Span) -> Q:
    """Handed in within the span."""
    return span.within("submitted_at")


def settled(span: Span) -> Q:
    """Settled, and that within the span."""
    return Q(state=State.DONE.value) & span.within("closed_at")


def without_action(span: Span) -> Q:
    """Rejected or withdrawn within the span."""
    return Q(state__in=WITHOUT_ACTION) & span.within("closed_at")


def answered(span: Span) -> Q:
    """First answered within the span."""
    return span.within("first_answer_at")


def overdue(at: datetime) -> Q:
    """The deadline has passed while the clock runs."""
    return Q(state__in=_COUNTING, due_at__lt=at)


def is_late(case: Case, at: datetime) -> bool:
    """Whether the deadline of a case has passed while the clock runs, as `overdue` says it of many."""
    return case.state in _COUNTING and case.due_at is not None and case.due_at < at


def said(span: Span | None, still_there: bool) -> Q:
    """The reporter's last answer (of the span) to "is it settled?" was this one."""
    mine = Entry.objects.filter(span.within("at") if span else Q(), deed=Deed.FEEDBACK.value, for_reporter=True)
    later = mine.filter(case_id=OuterRef("case_id"), version__gt=OuterRef("version"))
    this = mine.filter(case_id=OuterRef("pk"), data__still_there=still_there).exclude(Exists(later))
    return Q(Exists(this))


def age_span(band: tuple[int, int | None], today: date) -> Span:
    """The days of receipt of a band of AGES."""
    youngest, oldest = band
    return Span(date(1, 1, 2) if oldest is None else today - timedelta(days=oldest), today - timedelta(days=youngest))


@dataclass(frozen=True)
class Now:
    """What stands open at this moment."""

    open: int
    overdue: int
    unanswered: int
    """Open, and nobody has answered yet."""
    without_unit: int
    ages: tuple[int, ...]
    """Open ones per band of AGES."""


@dataclass(frozen=True)
class Flow:
    """What happened within a span. Times are calendar days, None for fewer than FEW."""

    received: int
    settled: int
    without_action: int
    answered: int
    answer_median: float | None
    answer_most: float | None
    """Nine of ten first answers took this long at most."""
    settle_median: float | None
    settle_most: float | None


@dataclass(frozen=True)
class Row:
    """The figures of one category, unit or district; `key` is what it was grouped by."""

    key: Any
    received: int
    settled: int
    open: int
    overdue: int
    settle_median: float | None


@dataclass(frozen=True)
class Said:
    """How many reporters said what last: it is settled, or it is still there."""

    settled: int
    still_there: int

    @property
    def total(self) -> int:
        """Cases whose reporter answered."""
        return self.settled + self.still_there

    @property
    def share(self) -> float | None:
        """The content ones, 0 to 1; None for fewer than FEW."""
        return self.settled / self.total if self.total >= FEW else None


def enough(value: float | None, count: int) -> float | None:
    """A measure, unless it stands on too few cases."""
    return value if count >= FEW else None


def overall(cases: CaseQuerySet, spans: Sequence[Span], at: datetime) -> tuple[Now, list[Flow]]:
    """What stands open at `at`, and what happened within each span; one query."""
    today = timezone.localtime(at, BERLIN).date()
    wanted: dict[str, Any] = {
        "open": Count("pk", filter=OPEN),
        "overdue": Count("pk", filter=overdue(at)),
        "unanswered": Count("pk", filter=OPEN & Q(first_answer_at=None)),
        "without_unit": Count("pk", filter=OPEN & Q(unit=None)),
    }
    for number, band in enumerate(AGES):
        wanted[f"age{number}"] = Count("pk", filter=OPEN & received(age_span(band, today)))
    for number, span in enumerate(spans):
        answer, settling = Days("first_answer_at", "submitted_at"), Days("closed_at", "submitted_at")
        wanted |= {
            f"received{number}": Count("pk", filter=received(span)),
            f"settled{number}": Count("pk", filter=settled(span)),
            f"without_action{number}": Count("pk", filter=without_action(span)),
            f"answered{number}": Count("pk", filter=answered(span)),
            f"answer_median{number}": Percentile(answer, MEDIAN, filter=answered(span)),
            f"answer_most{number}": Percentile(answer, MOST, discrete=True, filter=answered(span)),
            f"settle_median{number}": Percentile(settling, MEDIAN, filter=settled(span)),
            f"settle_most{number}": Percentile(settling, MOST, discrete=True, filter=settled(span)),
        }
    # Nothing else is counted, so nothing else is read.
    counted = OPEN
    for span in spans:
        counted |= received(span) | span.within("closed_at") | answered(span)
    found = cases.order_by().filter(counted).aggregate(**wanted)
    now = Now(
        open=found["open"],
        overdue=found["overdue"],
        unanswered=found["unanswered"],
        without_unit=found["without_unit"],
        ages=tuple(found[f"age{number}"] for number in range(len(AGES))),
    )
    flows = []
    for number in range(len(spans)):
        n_answered, n_settled = found[f"answered{number}"], found[f"settled{number}"]
        flows.append(
            Flow(
                received=found[f"received{number}"],
                settled=n_settled,
                without_action=found[f"without_action{number}"],
                answered=n_answered,
                answer_median=enough(found[f"answer_median{number}"], n_answered),
                answer_most=enough(found[f"answer_most{number}"], n_answered),
                settle_median=enough(found[f"settle_median{number}"], n_settled),
                settle_most=enough(found[f"settle_most{number}"], n_settled),
            )
        )
    return now, flows


def by(cases: CaseQuerySet, key: str, span: Span, at: datetime) -> list[Row]:
    """Figures per value of a column ("topic__slug", "unit_id", "district_id"), most received first; one query."""
    found = (
        cases.order_by()
        .filter(OPEN | received(span) | settled(span))
        .values_list(key)
        .annotate(
            came=Count("pk", filter=received(span)),
            done=Count("pk", filter=settled(span)),
            open_now=Count("pk", filter=OPEN),
            late=Count("pk", filter=overdue(at)),
            days=Percentile(Days("closed_at", "submitted_at"), MEDIAN, filter=settled(span)),
        )
    )
    rows = [Row(value, came, done, open_, late, enough(days, done)) for value, came, done, open_, late, days in found]
    return sorted(rows, key=lambda row: (-row.received, -row.open, str(row.key)))


def buckets(field: str, spans: Sequence[Span]) -> Any:
    """The index of the span (they follow each other without a gap) in which the moment in `field` falls, -1 for none.

    A tree of comparisons: six for sixty weeks, and the same on both databases.
    """
    bounds = [midnight(span.first) for span in spans] + [midnight(spans[-1].last + timedelta(days=1))]

    def split(low: int, high: int) -> Any:
        """The bucket of what lies from bounds[low - 1] on and before bounds[high]."""
        if low == high:
            return Value(low - 1 if low <= len(spans) else -1, output_field=IntegerField())
        middle = (low + high) // 2
        return Choice(
            When(**{f"{field}__lt": bounds[middle]}, then=split(low, middle)),
            default=split(middle + 1, high),
            output_field=IntegerField(),
        )

    return split(0, len(bounds))


def timeline(cases: CaseQuerySet, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """(received, settled) of each of some spans that follow each other without a gap; two queries."""
    whole = Span(spans[0].first, spans[-1].last)
    found = []
    for field, condition in (("submitted_at", received(whole)), ("closed_at", settled(whole))):
        rows = cases.order_by().filter(condition).annotate(bucket=buckets(field, spans))
        found.append(dict(rows.values_list("bucket").annotate(n=Count("pk"))))
    return [(found[0].get(number, 0), found[1].get(number, 0)) for number in range(len(spans))]


def satisfaction(cases: CaseQuerySet, span: Span) -> Said:
    """What reporters answered last within the span; one query, of the answers and not of all cases."""
    mine = Entry.objects.filter(span.within("at"), deed=Deed.FEEDBACK.value, for_reporter=True)
    later = mine.filter(case_id=OuterRef("case_id"), version__gt=OuterRef("version"))
    last = mine.filter(case_id__in=cases.order_by().values("pk")).exclude(Exists(later)).order_by()
    found = last.aggregate(
        settled=Count("case", distinct=True, filter=Q(data__still_there=False)),
        still_there=Count("case", distinct=True, filter=Q(data__still_there=True)),
    )
    return Said(**found)


def cells(cases: CaseQuerySet, span: Span, *, zoom: int, most: int) -> list[tuple[int, int]]:
    """(cell of the grid, cases received in the span) of the fullest cells with more than one; one query."""
    found = (
        cases.order_by()
        .filter(received(span), grid__isnull=False)
        .annotate(cell=F("grid").bitrightshift(2 * (grid.ZOOM - zoom)))
        .values_list("cell")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .order_by("-n", "cell")
    )
    return list(found[:most])

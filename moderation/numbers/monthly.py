"""The report of a month: what happened, in plain words, beside the month before and the same month last year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cases import numbers
from cases.numbers import Flow, Now, Span
from cases.routing import BERLIN
from moderation.numbers import words
from moderation.numbers.asked import BEFORE, OLDEST, Asked, month, month_before
from moderation.numbers.page import DONE, Numbers, Spot, Table
from moderation.numbers.picture import Bars, Map, bars, hot_map

NAMED = 3
"""So many categories are named in the text."""


def month_asked(text: str, today: date) -> date:
    """The first day of "2026-10"; of the last whole month for anything else or what is to come."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        found = date.max
    return found if OLDEST <= found <= today else month_before(today.replace(day=1))


@dataclass(frozen=True)
class Measure:
    """One line of the table: the month with its list, the month before, the year before, in words."""

    label: str
    value: str
    url: str
    before: str
    year: str


@dataclass
class Monthly:
    """The report of the month that begins with `first`, as `user` may see it."""

    user: User
    first: date
    at: datetime

    @cached_property
    def page(self) -> Numbers:
        """The figures of the month."""
        asked = Asked(month(self.first), month(month_before(self.first)), "", BEFORE, {})
        return Numbers(self.user, asked, self.at, everything=True)

    @property
    def span(self) -> Span:
        """The month."""
        return self.page.asked.span

    @cached_property
    def _overall(self) -> tuple[Now, list[Flow]]:
        before, year = month(month_before(self.first)), month(month_before(self.first, 12))
        return numbers.overall(self.page.counted, [self.span, before, year], self.at)

    @property
    def title(self) -> str:
        """ "Report for October 2026"."""
        return _("Report for %(month)s") % {"month": self.name}

    @property
    def name(self) -> str:
        """ "October 2026"."""
        return date_format(self.first, "F Y")

    @property
    def before_name(self) -> str:
        """ "September 2026"."""
        return date_format(month_before(self.first), "F Y")

    @property
    def year_name(self) -> str:
        """ "October 2025"."""
        return date_format(month_before(self.first, 12), "F Y")

    @property
    def town(self) -> str:
        """Whose report it is."""
        return self.page.town.title if self.page.town is not None else ""

    @property
    def made(self) -> str:
        """The day on which it was made, and of what."""
        day = date_format(timezone.localtime(self.at, BERLIN), "SHORT_DATE_FORMAT")
        reach = _("all cases of the municipality") if self.page.whole else _("the cases that you see")
        return _("As of %(day)s, %(reach)s") % {"day": day, "reach": reach}

    @property
    def running(self) -> bool:
        """Whether the month is not over yet."""
        return self.page.today <= self.span.last

    def paragraphs(self) -> list[str]:
        """What happened, in sentences."""
        now, (flow, before, year) = self._overall
        found = [self._came(flow, before, year), self._went(flow, before), *self._took(flow), self._stands(now)]
        if (said := self.page.said[0]).total:
            found.append(
                ngettext(
                    "%(n)d reporter told us whether it is settled: %(yes)d said yes, %(no)d said no.",
                    "%(n)d reporters told us whether it is settled: %(yes)d said yes, %(no)d said no.",
                    said.total,
                )
                % {"n": said.total, "yes": said.settled, "no": said.still_there}
            )
        if named := self._most():
            found.append(_("Most cases were about: %(names)s.") % {"names": named})
        return found

    def _came(self, flow: Flow, before: Flow, year: Flow) -> str:
        came = ngettext(
            "In %(month)s %(n)d case was received.", "In %(month)s %(n)d cases were received.", flow.received
        ) % {"month": self.name, "n": flow.received}
        compared = [
            self._than(flow.received, other.received, name)
            for other, name in ((before, self.before_name), (year, self.year_name))
        ]
        return f"{came} {_('That is %(first)s and %(second)s.') % {'first': compared[0], 'second': compared[1]}}"

    def _than(self, now: int, other: int, name: str) -> str:
        if now == other:
            return _("as many as in %(month)s") % {"month": name}
        said = _("%(n)d more than in %(month)s") if now > other else _("%(n)d fewer than in %(month)s")
        return said % {"n": abs(now - other), "month": name}

    def _went(self, flow: Flow, before: Flow) -> str:
        done = ngettext("%(n)d case was settled", "%(n)d cases were settled", flow.settled) % {"n": flow.settled}
        closed = ngettext(
            "%(n)d was closed without action", "%(n)d were closed without action", flow.without_action
        ) % {"n": flow.without_action}
        compared = self._than(flow.settled, before.settled, self.before_name)
        return _("%(done)s (%(compared)s), %(closed)s.") % {"done": done, "compared": compared, "closed": closed}

    def _took(self, flow: Flow) -> list[str]:
        found = []
        if flow.answer_median is not None:
            found.append(
                _("Time to the first answer: half within %(half)s, nine of ten within %(most)s.")
                % {"half": words.lasting(flow.answer_median), "most": words.lasting(flow.answer_most)}
            )
        if flow.settle_median is not None:
            found.append(
                _("Time until settled: half within %(half)s, nine of ten within %(most)s.")
                % {"half": words.lasting(flow.settle_median), "most": words.lasting(flow.settle_most)}
            )
        return [" ".join(found)] if found else []

    def _stands(self, now: Now) -> str:
        return ngettext(
            "On the day of this report %(n)d case is open, %(late)d overdue.",
            "On the day of this report %(n)d cases are open, %(late)d of them overdue.",
            now.open,
        ) % {"n": now.open, "late": now.overdue}

    def _most(self) -> str:
        rows = next((table.rows for table in self.tables if table.slug == "kategorie"), [])
        return ", ".join(f"{row.name} ({row.received.value})" for row in rows[:NAMED] if row.received.value)

    def measures(self) -> list[Measure]:
        """The table of the three months."""
        flows, link, span = self._overall[1], self.page.link, self.span
        settled = link(span=span, zeit="erledigt", status=DONE)
        closed = link(span=span, zeit="erledigt", status=numbers.WITHOUT_ACTION)
        answered = link(span=span, zeit="antwort")
        found = []
        for label, name, url in (
            (_("received"), "received", link(span=span)),
            (_("first answered"), "answered", answered),
            (_("first answer, half within"), "answer_median", answered),
            (_("first answer, nine of ten within"), "answer_most", answered),
            (_("settled"), "settled", settled),
            (_("settled, half within"), "settle_median", settled),
            (_("settled, nine of ten within"), "settle_most", settled),
            (_("closed without action"), "without_action", closed),
        ):
            now, before, year = (_said(getattr(flow, name)) for flow in flows)
            found.append(Measure(label, now, url, before, year))
        return found

    @cached_property
    def tables(self) -> list[Table]:
        """By category, unit and district."""
        return self.page.tables()

    @property
    def spots(self) -> list[Spot]:
        """The hotspots of the month."""
        return self.page.spots

    @cached_property
    def map(self) -> Map | None:
        """Where they lie."""
        return hot_map(self.page.town, self.spots) if self.page.town is not None and self.spots else None

    @cached_property
    def bars(self) -> Bars:
        """The weeks up to the end of the month."""
        return bars(self.page.steps)

    @property
    def others(self) -> list[tuple[str, str]]:
        """The months beside this one: (words, address)."""
        found = []
        for first in (month_before(self.first), month_before(self.first, -1)):
            if OLDEST <= first <= self.page.today:
                found.append((date_format(first, "F Y"), f"{reverse('numbers_monthly')}?monat={first:%Y-%m}"))
        return found

    @property
    def pdf_url(self) -> str:
        """The report as a file."""
        return f"{reverse('numbers_monthly')}?monat={self.first:%Y-%m}&als=pdf"


def _said(value: float | int | None) -> str:
    return str(value) if isinstance(value, int) else words.lasting(value) or "–"

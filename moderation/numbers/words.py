"""Numbers, lengths of time and changes as people say them."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from cases.numbers import Span
from moderation.numbers.asked import end_of_month

HOURS = 24
MINUS = "\N{MINUS SIGN}"


def lasting(days: float | None) -> str:
    """A length of time: "5 hours", "3.5 days", "12 days"; "" for None."""
    if days is None:
        return ""
    if days * HOURS < 1:
        return _("less than an hour")
    if days < 1:
        hours = round(days * HOURS)
        return npgettext("length of time", "%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    if days < 10 and round(days, 1) != round(days):
        return _("%(n)s days") % {"n": number_format(round(days, 1), 1)}
    whole = round(days)
    return npgettext("length of time", "%(n)d day", "%(n)d days", whole) % {"n": whole}


def change(now: int, other: int) -> str:
    """How a count differs from another: "+12 (+20 %)"; the share only where the other one is not tiny."""
    if now == other:
        return _("the same")
    found = signed(now - other)
    if other < 10:
        return found
    share = round((now - other) / other * 100)
    return f"{found} ({signed(share)} %)" if share else found


def signed(number: int) -> str:
    """With its sign, a true minus."""
    return f"+{number}" if number > 0 else str(number).replace("-", MINUS)


def slower(now: float | None, other: float | None) -> str:
    """How a length of time differs from another; "" where one of them is missing."""
    if now is None or other is None:
        return ""
    difference = lasting(abs(now - other))
    if abs(now - other) * HOURS < 1:
        return _("the same")
    words = _("%(time)s longer") if now > other else _("%(time)s shorter")
    return words % {"time": difference}


def days_of(span: Span) -> str:
    """A span as people write it: "October 2026", "2026", "1 October 2026 to 23 November 2026"."""
    first, last = span.first, span.last
    if (first.day, first.month, last) == (1, 1, date(first.year, 12, 31)):
        return str(first.year)
    if first.day == 1 and last == end_of_month(first):
        return date_format(first, "F Y")
    if first == last:
        return date_format(first, "SHORT_DATE_FORMAT")
    return _("%(first)s to %(last)s") % {
        "first": date_format(first, "SHORT_DATE_FORMAT"),
        "last": date_format(last, "SHORT_DATE_FORMAT"),
    }

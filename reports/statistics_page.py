"""`/statistik/`: the public figures as a page that works as text, as table and as picture."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from reports import statistics
from reports.asking import here
from reports.statistics import Period, Tally

WIDTH: Final = 46
HEIGHT: Final = 160
"""Of one bar of the picture, in its own units."""


@require_safe
@cache_control(public=True, max_age=60, s_maxage=300)
@conditional_page
def show(request: HttpRequest) -> HttpResponse:
    """Received, settled, how long it took; `zeitraum` is a year, without it the last twelve months are shown."""
    municipality = here(request)
    now = timezone.now()
    spans = statistics.periods(municipality, now)
    asked = request.GET.get("zeitraum", "")
    period = next((one for one in spans if one.slug == asked), spans[0])
    figures = statistics.figures(municipality, period, now)
    context = {
        "figures": figures,
        "unknown": asked if asked != period.slug else "",
        "spans": [{"slug": one.slug, "label": _label(one), "current": one == period} for one in spans],
        "label": _label(period),
        "bars": _bars(figures.months),
        "picture": {
            "width": WIDTH * len(figures.months),
            "height": HEIGHT + 26,
            "label": HEIGHT + 20,
            "ground": HEIGHT,
        },
        "half": days(figures.all.median_days),
        "median": _after(figures.all.median_days),
        "most": _after(figures.all.most_days),
        "waiting": _after(figures.all.median_waiting),
        "tables": [
            (_("By category"), _("Category"), _rows(figures.categories)),
            (_("By district"), _("District"), _rows(figures.districts)),
        ],
    }
    return render(request, "reports/statistics.html", context)


def _label(period: Period) -> str:
    return period.slug or _("the last 12 months")


def days(number: float | None) -> str:
    """Days as they stand alone: "less than a day", "1 day", "12 days"; "" for None."""
    if number is None:
        return ""
    if number < 1:
        return _("less than a day")
    whole = round(number)
    return ngettext("%(n)d day", "%(n)d days", whole) % {"n": whole}


def _after(number: float | None) -> str:
    """Days within a sentence, after "within" and "for" (another case in German); "" for None."""
    if number is None:
        return ""
    whole = max(round(number), 1)
    return npgettext("within a sentence", "%(n)d day", "%(n)d days", whole) % {"n": whole}


def _rows(tallies: list[Tally]) -> list[dict[str, Any]]:
    return [
        {"tally": tally, "name": tally.name or _("without a district"), "days": days(tally.median_days)}
        for tally in tallies
    ]


def _bars(months: list[tuple[date, Tally]]) -> list[dict[str, Any]]:
    """One bar per month: its whole height is what was received, the lower part what of that is settled."""
    top = statistics.highest(months)
    found = []
    for index, (month, tally) in enumerate(months):
        whole = round(HEIGHT * tally.received / top)
        settled = round(HEIGHT * tally.settled / top)
        found.append(
            {
                "month": month,
                "tally": tally,
                "x": index * WIDTH + 6,
                "width": WIDTH - 12,
                "middle": index * WIDTH + WIDTH // 2,
                "whole_y": HEIGHT - whole,
                "whole": whole,
                "settled_y": HEIGHT - settled,
                "settled": settled,
            }
        )
    return found

"""The start page: search or locate, report now, what happened lately, what was settled this month."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from reports.asking import here
from reports.figures import lately, this_month
from reports.map import row_of

ROWS = 6


@require_safe
@cache_control(public=True, max_age=0, s_maxage=30)
@conditional_page
def page(request: HttpRequest) -> HttpResponse:
    """Five queries at most; the figures are kept for a minute."""
    municipality = here(request)
    month = this_month(municipality)
    context = {
        "rows": [row_of(report) for report in lately(municipality, ROWS)],
        "month": month,
        "days": max(1, round(month.days)) if month.days is not None else None,
    }
    return render(request, "portal/start.html", context)

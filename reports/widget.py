"""`/widget/`: the latest reports of a selection for a frame in somebody else's page, without any script.

Only sites that the municipality named (`Municipality.embed_origins`) may show it: the answer says so by
`frame-ancestors` (https://www.w3.org/TR/CSP3/#directive-frame-ancestors). It sets no cookie and loads nothing but its
style sheets and pictures; every link opens outside of the frame.
"""

from __future__ import annotations

from typing import Final

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import conditional_page, require_safe

from cases.policy import ACTIVE
from reports import search
from reports.asking import here
from reports.map import row_of
from reports.search import Filters

SHOWN: Final = 5
MOST: Final = 20


@require_safe
@xframe_options_exempt
@cache_control(public=True, max_age=60, s_maxage=60)
@conditional_page
def show(request: HttpRequest) -> HttpResponseBase:
    """The newest reports of the filters (as on the map) and how many are open; `anzahl` rows, 1 to 20."""
    municipality = here(request)
    filters, _problems = Filters.parse(request.GET, municipality)
    found = search.filtered(municipality, filters)
    ids, _cursor = search.page_of(found, size=count_of(request.GET.get("anzahl", "")))
    category = filters.categories[0] if len(filters.categories) == 1 else ""
    context = {
        "rows": [row_of(report) for report in search.shown(ids)],
        "open": found.filter(state__in=ACTIVE).count(),
        "chosen": [label for label, _query in filters.chips()],
        "base": municipality.base_url(),
        "report_url": reverse("report_new") + (f"?kategorie={category}" if category else ""),
        "map_url": reverse("map") + (f"?{filters.query()}" if filters.query() else ""),
    }
    answer = render(request, "reports/widget.html", context)
    ancestors = ["'self'", *municipality.embed_origins]
    return csp_replace({"frame-ancestors": ancestors})(lambda _request: answer)(request)


def count_of(text: str) -> int:
    """How many rows are wanted; what is no number is SHOWN."""
    try:
        return min(max(int(text[:6]), 1), MOST)
    except ValueError:
        return SHOWN

"""The work list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.models import STATES
from moderation.access import staff, staff_only
from moderation.rows import rows_of
from moderation.worklist import NO_UNIT, TABS, Query, Worklist


@require_safe
@staff_only
def desk(request: HttpRequest) -> HttpResponse:
    """Lists with counts, filters, rows. The address bar holds everything."""
    user, now = staff(request), timezone.now()
    query = Query.read(request.GET, user)
    work = Worklist(user, query, now)
    page, counts = work.page(), work.counts()
    context = {
        "query": query,
        "tabs": [
            {
                "label": tab.label,
                "count": counts[tab.slug],
                "url": query.address(liste=tab.slug, seite="") or "?",
                "current": tab is query.tab,
            }
            for tab in TABS
        ],
        "page": page,
        "rows": rows_of(page.object_list, query, now),
        "categories": work.category_choices,
        "units": [(str(unit.pk), unit.name) for unit in work.units],
        "no_unit": NO_UNIT,
        "states": STATES,
        "unfiltered": query.address(q="", kategorie="", stelle="", status="", seite=""),
    }
    return render(request, "moderation/desk.html", context)

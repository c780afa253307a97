"""`/verwaltung/zahlen/`: the figures of what a person sees, and the report of a month to print."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.routing import BERLIN
from moderation.access import staff, staff_only
from moderation.numbers import words
from moderation.numbers.asked import COMPARISONS, OWN, PRESETS, Asked
from moderation.numbers.monthly import Monthly, month_asked
from moderation.numbers.page import Numbers
from moderation.numbers.paper import pdf
from moderation.numbers.picture import bars, hot_map
from moderation.worklist import choices
from moderation.worklist.query import NO_DISTRICT, NO_UNIT
from reports import hotspots


@require_safe
@staff_only
def show(request: HttpRequest) -> HttpResponse:
    """All figures; the address bar holds span, comparison and filters."""
    user, now = staff(request), timezone.now()
    asked = Asked.read(request.GET, user, timezone.localtime(now, BERLIN).date())
    page = Numbers(user, asked, now, everything=request.GET.get("alle") == "1")
    spots, town = page.spots, page.town
    context: dict[str, Any] = {
        "page": page,
        "asked": asked,
        "span": words.days_of(asked.span),
        "other": words.days_of(asked.other) if asked.other is not None else "",
        "standing": page.standing,
        "ages": page.ages,
        "lines": page.lines(),
        "bars": bars(page.steps),
        "weekly": page.spans[1],
        "tables": page.tables(),
        "spots": spots,
        "map": hot_map(town, spots) if town is not None and spots else None,
        "field": hotspots.width(spots[0].spot.lat) if spots else 0,
        "presets": [
            {"label": label, "url": asked.address(zeitraum=slug, von="", bis=""), "current": slug == asked.preset}
            for slug, (label, _span) in PRESETS.items()
        ],
        "comparisons": [(slug, label, slug == asked.comparison) for slug, label in COMPARISONS.items()],
        "own_span": asked.span if not asked.preset else None,
        "own_other": asked.other if asked.comparison == OWN else None,
        "all_url": asked.address(alle="1"),
        "reset_url": asked.address(**dict.fromkeys(asked.filters, "")),
        "categories": choices.categories(page.topics),
        "sources": list(choices.SOURCES.items()),
        "no_unit": NO_UNIT,
        "no_district": NO_DISTRICT,
    }
    return render(request, "moderation/numbers/show.html", context)


@require_safe
@staff_only
def monthly(request: HttpRequest) -> HttpResponse:
    """The report of a month (`?monat=2026-10`, without it the last whole one); `?als=pdf` as a file."""
    user, now = staff(request), timezone.now()
    first = month_asked(request.GET.get("monat", ""), timezone.localtime(now, BERLIN).date())
    report = Monthly(user, first, now)
    if request.GET.get("als") == "pdf":
        answer = HttpResponse(pdf(report), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="monatsbericht-{first:%Y-%m}.pdf"'
        return answer
    return render(request, "moderation/numbers/monthly.html", {"report": report})

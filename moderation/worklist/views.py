"""The work list, and what a page that stands open asks of it again and again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from moderation.access import staff, staff_only
from moderation.bulk.policy import DEEDS as BULK_DEEDS
from moderation.models import SavedView
from moderation.worklist import choices, saved
from moderation.worklist.lists import ARRIVED, NEWEST, NO_UNIT, TABS, Query, Worklist, said
from moderation.worklist.query import ME, NO_DISTRICT, NOBODY, PLACES
from moderation.worklist.rows import rows_of


@require_safe
@staff_only
def desk(request: HttpRequest) -> HttpResponse:
    """Lists with counts, filters, rows, map. The address bar holds everything."""
    user, now = staff(request), timezone.now()
    query = Query.read(request.GET, user)
    work = Worklist(user, query, now)
    counts, page = work.counts(), work.page()
    context = {
        "query": query,
        "tabs": tabs(query, counts),
        "newest": counts[NEWEST],
        "page": page,
        "rows": rows_of(page.rows, query, now),
        "views": _views(user, query),
        "offered": work.offered,
        "categories": choices.categories(work.topics),
        "chips": choices.chips(query, work.offered, work.topics),
        "states": choices.states(query),
        "sources": list(choices.SOURCES.items()),
        "dated": list(choices.DATED_WORDS.items()),
        "answers": list(choices.ANSWER_WORDS.items()),
        "said": list(choices.SAID_WORDS.items()),
        "no_district": NO_DISTRICT,
        "priorities": list(choices.PRIORITY_WORDS.items()),
        "sorts": choices.sort_choices(),
        "no_unit": NO_UNIT,
        "me": ME,
        "nobody": NOBODY,
        "further": _further(query),
        "bulk_deeds": BULK_DEEDS,
        "this_list": query.address(seite="").removeprefix("?"),
        "here": query.address(),
    }
    return render(request, "moderation/desk.html", context)


def tabs(query: Query, counts: dict[str, int]) -> list[dict[str, Any]]:
    """The lists with their counts; an order somebody chose stays with its list."""
    return [
        {
            "slug": tab.slug,
            "label": tab.label,
            "count": said(counts[tab.slug]),
            "url": query.address(liste=tab.slug, seite="", sort="") or "?",
            "current": tab is query.tab,
        }
        for tab in TABS
    ]


def _further(query: Query) -> int:
    """How many of the filters are set that stand behind "further filters"."""
    near = {"liste", "q", "kategorie", "stelle", "sort", *PLACES}
    return sum(1 for name, value in query.parts.items() if value and name not in near)


def _views(user: User, query: Query) -> dict[str, Any]:
    """Saved views beside the lists; one query."""
    here = query.address(seite="").removeprefix("?")
    rows = [
        {"name": view.name, "url": saved.address(view), "shared": view.unit_id, "current": view.query == here}
        for view in SavedView.objects.of(user)
    ]
    return {"rows": rows, "any_current": any(row["current"] for row in rows)}


@require_safe
@staff_only
def live(request: HttpRequest) -> HttpResponse:
    """Counts of the lists, and how many cases of this one are younger than `nach`; 304 while nothing is new."""
    user = staff(request)
    after = request.GET.get("nach", "")
    query = Query.read(request.GET, user)
    counts = Worklist(user, query, timezone.now()).counts(int(after) if after.isdecimal() and len(after) < 18 else 0)
    found = {
        "counts": {tab.slug: said(counts[tab.slug]) for tab in TABS},
        "new": counts[ARRIVED],
        "newest": counts[NEWEST],
    }
    etag = f'"{hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:24]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    return JsonResponse(found, headers={"ETag": etag})

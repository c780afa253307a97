"""Map and list `/karte/`: the list is complete by itself, the map shows the same reports beside it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from cases.models import CaseQuerySet
from geo.localized import localized
from geo.models import District, Municipality
from reports import numbering, pins, search
from reports.asking import here
from reports.categories import only, tree
from reports.emergency import running
from reports.search import PERIODS, SORTS, STATUS, Filters
from reports.showing import PublicReport

SECONDS = 1
"""How long browsers, and as long again caches before us, keep what the map shows: changes are seen in two seconds."""
COUNTED = 1000
"""A list that holds more says so without counting them all: that would read every row."""
STATUS_LOOKS = {"neu": "received", "in-arbeit": "working", "erledigt": "done", "ohne-massnahme": "closed"}


@require_safe
@cache_control(public=True, max_age=0, s_maxage=30)
@conditional_page
def show(request: HttpRequest) -> HttpResponse:
    """The page: filters as a plain form, the first (or next) twenty reports, and the place for the map."""
    municipality = here(request)
    filters, problems = Filters.parse(request.GET, municipality)
    found = search.filtered(municipality, filters)
    # Before the list: what is read to count is not read again.
    most = min(COUNTED, search.COUNTED) if filters.words else COUNTED
    total = search.counted(found, most) if filters.words else found.order_by()[: most + 1].count()
    context = {
        **_listed(request, filters, found),
        "total": total,
        "counted": most,
        "problems": problems,
        "options": _options(municipality, filters),
    }
    return render(request, "reports/map.html", context)


@require_safe
@cache_control(public=True, max_age=SECONDS)
@conditional_page
def rows(request: HttpRequest) -> HttpResponse:
    """The list alone, for the section that the map shows (`bbox`).

    With the `zoom` of the map, X-Total-Count tells how many it holds; "5000+": more than that were not counted.
    """
    municipality = here(request)
    filters, _problems = Filters.parse(request.GET, municipality)
    found = search.filtered(municipality, filters)
    response = render(request, "reports/list.html", _listed(request, filters, found))
    if "zoom" in request.GET:
        view = pins.view(municipality, filters, _zoom(request))
        response["X-Total-Count"] = f"{view.total}{'+' if view.more else ''}"
    return response


def _listed(request: HttpRequest, filters: Filters, found: CaseQuerySet) -> dict[str, Any]:
    ids, cursor = search.page_of(found, request.GET.get("nach", ""))
    return {
        "filters": filters,
        "number": filters.words if not ids and numbering.looks_like(filters.words) else "",
        "rows": [row_of(report) for report in search.shown(ids)],
        "next": _more(request, cursor),
        "later": "nach" in request.GET,
        "first": filters.query(),
    }


def _more(request: HttpRequest, cursor: str) -> str:
    if not cursor:
        return ""
    query = request.GET.copy()
    query["nach"] = cursor
    return query.urlencode()


def row_of(report: PublicReport) -> dict[str, Any]:
    """A report as the template tag `report_row` draws it."""
    picture = next((one for one in report.pictures if one.ready), None)
    return {
        "title": report.category,
        "url": reverse("report", args=[report.number]),
        "place": report.address,
        "state": report.look,
        "label": report.label,
        "since": report.state_since,
        "icon": report.icon,
        "supports": report.supporters,
        "number": report.number,
        "photo": picture.small_jpeg if picture else "",
        "photo_webp": picture.small if picture else "",
        "photo_alt": "",
    }


def _options(municipality: Municipality, filters: Filters) -> dict[str, Any]:
    """What the form offers. Kinds that are never public are not offered."""
    groups = []
    special, every = running(municipality), tree(municipality)
    for group in (only(every, special.topics) or every) if special is not None else every:
        offered = [one for one in group.categories if one.rules.public and not one.redirect_text]
        if offered:
            topics = [one.topic for one in offered]
            names = [(topic.slug, localized(topic.name), topic.slug in filters.categories) for topic in topics]
            slug = group.topic.slug
            groups.append((slug, localized(group.topic.name), slug in filters.categories, names))
    districts = District.objects.filter(municipality__in=municipality.family_ids()).defer("boundary")
    return {
        "groups": groups,
        "status": [(slug, label, STATUS_LOOKS[slug], slug in filters.status) for slug, (label, _s) in STATUS.items()],
        "periods": [(slug, label, slug == filters.period) for slug, (label, _days) in PERIODS.items()],
        "districts": [(one.slug, one.name, one.slug in filters.districts) for one in districts],
        "sorts": [(slug, label, slug in filters.sorts) for slug, (label, _sort) in SORTS.items()],
    }


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """GeoJSON of the section `bbox` at `zoom`: pins, or clusters where it holds more than pins.PINS reports."""
    filters, problems = Filters.parse(request.GET, here(request))
    return _answer(request, filters, problems, _zoom(request))


def _zoom(request: HttpRequest) -> int:
    try:
        return int(float(request.GET.get("zoom", "")))
    except (ValueError, OverflowError):
        return 13


@require_safe
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """The same for a tile as map libraries count them, so that caches and browsers can share what they have.

    A tile is 256 px wide; with `groesse=512` it is drawn twice as large and shows what the next zoom does.
    """
    box = pins.tile_box(z, x, y)
    if box is None:
        raise Http404
    filters, problems = Filters.parse(request.GET, here(request))
    return _answer(request, replace(filters, bbox=box), problems, z + (request.GET.get("groesse") == "512"))


def _answer(request: HttpRequest, filters: Filters, problems: list[str], zoom: int) -> HttpResponse:
    view = pins.view(here(request), filters, zoom)
    found: dict[str, Any] = {"type": "FeatureCollection", "total": view.total, "features": view.features}
    if view.more:
        found["more"] = True
    if problems:
        found["problems"] = problems
    body = orjson.dumps(found)
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={SECONDS}, s-maxage={SECONDS}"
    return response

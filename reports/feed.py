"""Atom feed of the newest public reports, for any filter of the list."""

from __future__ import annotations

from django.contrib.gis.feeds import GeoAtom1Feed
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from reports import search
from reports.asking import here
from reports.search import Filters

ITEMS = 50


@require_safe
@cache_control(public=True, max_age=300)
@conditional_page
def feed(request: HttpRequest) -> HttpResponse:
    """The fifty newest with place (GeoRSS), state and released text."""
    municipality = here(request)
    filters, _problems = Filters.parse(request.GET, municipality)
    ids, _cursor = search.page_of(search.filtered(municipality, filters), size=ITEMS)
    base = municipality.base_url()
    atom = GeoAtom1Feed(
        title=_("Reports in %(place)s") % {"place": municipality.title},
        link=base + "/karte/" + (f"?{filters.query()}" if filters.query() else ""),
        description="",
        language=get_language(),
        feed_url=base + request.get_full_path(),
        feed_guid=base + request.get_full_path(),
        author_name=municipality.title,
    )
    for report in search.shown(ids):
        label = report.label[:1].upper() + report.label[1:]
        atom.add_item(
            title=report.title,
            link=report.url,
            description=f"{label}. {report.text}".strip(),
            unique_id=report.url,
            pubdate=report.submitted_at,
            updateddate=max(report.submitted_at, report.state_since),
            categories=[report.category],
            geometry=report.point,
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")

"""Atom feed of the newest public reports, for any filter of the list (RFC 4287, with GeoRSS Simple)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.contrib.gis.feeds import GeoAtom1Feed
from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from cases.models import Case
from geo.models import Municipality
from reports import search
from reports.asking import here
from reports.search import Filters

ITEMS = 50
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""Characters that no XML document may hold, however they are written."""


class _Feed(GeoAtom1Feed):
    """An empty feed is as old as the site, so that it stays the same from one question to the next."""

    def __init__(self, *args: object, empty_since: datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.empty_since = empty_since

    def latest_post_date(self) -> datetime:
        """When something of it changed last."""
        return super().latest_post_date() if self.items else self.empty_since


@require_safe
@cache_control(public=True, max_age=300)
@conditional_page
def feed(request: HttpRequest) -> HttpResponse:
    """The fifty newest with place (GeoRSS), state and released text; ETag and Last-Modified."""
    municipality = here(request)
    filters, _problems = Filters.parse(request.GET, municipality)
    ids, _cursor = search.page_of(search.filtered(municipality, filters), size=ITEMS)
    query = _query(filters)
    own = municipality.base_url() + reverse("report_feed") + query
    atom = _Feed(
        title=_plain(_title(municipality, filters)),
        link=municipality.base_url() + reverse("map") + query,
        description=None,
        language=get_language(),
        feed_url=own,
        feed_guid=own,
        author_name=municipality.title,
        empty_since=municipality.updated_at,
    )
    dates = _dates(ids)
    for report in search.shown(ids):
        published, updated = dates[report.number]
        label = report.label[:1].upper() + report.label[1:]
        atom.add_item(
            title=_plain(report.title),
            link=report.url,
            description=_plain(f"{label}. {report.text}".strip()),
            unique_id=report.url,
            pubdate=published,
            updateddate=max(published, updated, report.state_since),
            categories=[report.category],
            geometry=report.point,
        )
    response = HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    response["Last-Modified"] = http_date(atom.latest_post_date().timestamp())
    return response


def _query(filters: Filters) -> str:
    """The selection as everybody writes it: two ways to ask for the same are the same feed."""
    query = filters.query()
    if filters.bbox is not None:
        query += ("&" if query else "") + "bbox=" + ",".join(f"{part:.5f}" for part in filters.bbox)
    return f"?{query}" if query else ""


def _title(municipality: Municipality, filters: Filters) -> str:
    """Readers list feeds by their title, so it says what is chosen."""
    title = _("Reports in %(place)s") % {"place": municipality.title}
    chosen = [label for label, _rest in filters.chips()]
    return f"{title}: {', '.join(chosen)}" if chosen else title


def _dates(ids: Sequence[int]) -> dict[str, tuple[datetime, datetime]]:
    """By number: since when it is public, and when the last public word was said. One query."""
    rows = (
        Case.objects.filter(pk__in=ids, public_at__isnull=False)
        .values_list("number", "public_at")
        .annotate(last=Max("entries__at", filter=Q(entries__public=True)))
        .order_by()
    )
    return {str(number): (public_at, last or public_at) for number, public_at, last in rows if public_at}


def _plain(text: str) -> str:
    return _NOT_XML.sub("", text)

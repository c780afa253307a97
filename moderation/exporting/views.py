"""`/verwaltung/export/<format>/?…`: the list of the address bar as a file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from moderation.access import staff, staff_only
from moderation.exporting.columns import rows
from moderation.exporting.formats import as_csv, as_geojson, as_xlsx, pieces
from moderation.worklist.lists import Query, Worklist

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}


@require_safe
@staff_only
def export(request: HttpRequest, suffix: str) -> HttpResponseBase:
    """The cases of the list as the filters leave them, in its order and all of them."""
    if suffix not in TYPES:
        raise Http404
    user, now = staff(request), timezone.now()
    found = rows(Worklist(user, Query.read(request.GET, user), now).found())
    name = f"vorgaenge-{timezone.localtime(now):%Y-%m-%d-%H%M}.{suffix}"
    stream = {"csv": as_csv, "geojson": as_geojson, "xlsx": as_xlsx}[suffix](found)
    response = StreamingHttpResponse(pieces(stream), content_type=TYPES[suffix])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

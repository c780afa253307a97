"""Machine-read answers for the map: tiles, the base layer, address search and reverse search."""

from __future__ import annotations

import math
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geo import base_map, ground, ranges, services, tiles
from geo.models import Municipality
from geo.search import search
from geo.spatial import make_point
from geo.throttle import allowed

#: Somebody who types quickly asks five times a second for a short while.
SEARCHES_PER_MINUTE = 120


def _of(request: HttpRequest) -> Municipality:
    municipality: Municipality = request.municipality  # type: ignore[attr-defined]
    return municipality


def _number(request: HttpRequest, name: str) -> float:
    try:
        return float(request.GET.get(name, "").replace(",", "."))
    except ValueError:
        return math.nan


@require_safe
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """One raster tile, with ETag; 404 without a body where there is none, so that the map shows its own layers."""
    found = tiles.tile(z, x, y)
    if found is None:
        missing = HttpResponse(status=404, content_type="text/plain")
        missing["Cache-Control"] = "public, max-age=60"
        return missing
    if found.tag and found.tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(found.body, content_type=found.kind)
    if found.tag:
        response["ETag"] = found.tag
    response["Cache-Control"] = f"public, max-age={found.seconds}, stale-while-revalidate=604800"
    return response


@require_safe
def archive(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The vector base map of a municipality, in the parts that a map asks for."""
    try:
        response = ranges.serve(request, base_map.path_of(slug), kind=base_map.KIND)
    except FileNotFoundError as error:
        raise Http404 from error
    # Its address names the archive (base_map.Archive): under that of an older one nobody keeps parts of the new.
    same = request.META.get("QUERY_STRING", "") == response["ETag"].strip('"')
    response["Cache-Control"] = "public, max-age=86400" if same else "no-cache"
    return response


@require_safe
def base_layer(request: HttpRequest) -> HttpResponse:
    """GeoJSON of boundary, districts and streets, with ETag: of the site, or of `?municipality=` (slug) on any host."""
    here = _of(request)
    if (slug := request.GET.get("municipality", "").replace("\x00", "")) not in {"", here.slug}:
        here = get_object_or_404(Municipality.objects.active().defer("boundary"), slug=slug)
    body, tag = ground.base_layer(here)
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=300, stale-while-revalidate=86400"
    return response


def _busy(request: HttpRequest) -> JsonResponse | None:
    who = request.META.get("REMOTE_ADDR", "")
    if allowed("places", who, limit=SEARCHES_PER_MINUTE, seconds=60):
        return None
    response = JsonResponse({"detail": _("Too many searches. Please wait a minute.")}, status=429)
    response["Retry-After"] = "60"
    return response


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Search while typing: `?q=`, optionally `lat` and `lon` of the map's middle."""
    if busy := _busy(request):
        return busy
    near = None
    if "lat" in request.GET:
        try:
            near = make_point(_number(request, "lon"), _number(request, "lat"))
        except ValidationError:
            near = None
    hits = search(_of(request), request.GET.get("q", ""), near=near)
    response = JsonResponse({"results": [hit.as_json() for hit in hits]})
    response["Cache-Control"] = "private, max-age=60"
    return response


@require_safe
def place_at(request: HttpRequest) -> HttpResponse:
    """What lies at `?lat=&lon=`: inside or not, whose it is, district and address."""
    if busy := _busy(request):
        return busy
    try:
        point = make_point(_number(request, "lon"), _number(request, "lat"))
    except ValidationError as error:
        return JsonResponse({"detail": " ".join(error.messages)}, status=400)
    here = _of(request)
    found = services.with_outside(services.locate(point), point)
    owner: dict[str, Any] | None = None
    if found.municipality is not None:
        owner = {"name": found.municipality.title, "url": found.municipality.base_url()}
    answer = {
        "inside": services.inside(here, point, owner=found.municipality),
        "owner": owner,
        "district": found.district.name if found.district else None,
        "address": found.address,
        "distance": None if found.distance is None else round(found.distance),
        "text": found.text,
    }
    response = JsonResponse(answer)
    response["Cache-Control"] = "private, max-age=60"
    return response

"""`{% map_data %}`: what static/js/map/base.js reads from the element it draws the map in."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from geo.base_map import archive_of
from geo.models import Municipality

register = template.Library()

TILES = "/tiles/{z}/{x}/{y}.png"
SECONDS = 3600


def bounds_of(municipality: Municipality) -> str:
    """ "west,south,east,north" of the boundary (WGS84), "" without one; kept for an hour."""
    key = f"reports:bounds:{municipality.pk}"
    kept: str | None = cache.get(key)
    if kept is None:
        shape = Municipality.objects.values_list("boundary", flat=True).get(pk=municipality.pk)
        kept = ",".join(f"{part:.5f}" for part in shape.extent) if shape else ""
        cache.set(key, kept, SECONDS)
    return kept


def ground_of(municipality: Municipality | None, request: HttpRequest | None) -> str:
    """Address of the ground: of the site, or by name where a page shows a place of another municipality."""
    address, here = reverse("geo:base_layer"), getattr(request, "municipality", None)
    if municipality is None or here is None or municipality.pk == here.pk:
        return address
    return f"{address}?{urlencode({'municipality': municipality.slug})}"


@register.simple_tag(takes_context=True)
def map_data(context: Context) -> SafeString:
    """Data attributes for `<div class="map" {% map_data %} role="application" aria-label="…">`.

    The map shows the `municipality` of the context, which is the site's unless the template sets another one.
    """
    municipality = context.get("municipality")
    archive = archive_of(municipality) if municipality and not settings.TILE_URL else None
    found = {
        "data-leaflet": static("vendor/leaflet/leaflet.js"),
        "data-leaflet-css": static("vendor/leaflet/leaflet.css"),
        "data-ground": ground_of(municipality, context.get("request")),
        "data-bounds": bounds_of(municipality) if municipality else "",
        "data-tiles": TILES if settings.TILE_URL else "",
        "data-tiles-to": str(settings.TILE_ZOOMS[1]) if settings.TILE_URL else "",
        "data-archive": archive.address if archive else "",
        "data-archive-to": str(archive.max_zoom) if archive else "",
        "data-archive-script": static("vendor/protomaps/protomaps-leaflet.js") if archive else "",
        "data-archive-worker": static("js/map/vector-worker.js") if archive else "",
        "data-attribution": settings.TILE_ATTRIBUTION if settings.TILE_URL else archive.source if archive else "",
        "data-zoom-in": _("Zoom in"),
        "data-zoom-out": _("Zoom out"),
    }
    return format_html_join(" ", '{}="{}"', ((name, value) for name, value in found.items() if value))

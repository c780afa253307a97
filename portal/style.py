"""The style sheet of a municipality: its accent colour as custom properties, since inline styles are forbidden.

The address holds a digest of the content, so the answer may be kept for ever and a new colour shows at once.
"""

from __future__ import annotations

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from geo.models import Municipality

SHEET = ":root{{--accent-on-light:{light};--accent-on-dark:{dark}}}\n"


def sheet(municipality: Municipality) -> str:
    """The CSS; both colours are readable (4.5:1) on their ground, which the model sees to."""
    return SHEET.format(light=municipality.accent, dark=municipality.accent_on_dark)


def address(municipality: Municipality) -> str:
    """Address of the style sheet as it is now."""
    return reverse("style", args=[municipality.slug, _digest(sheet(municipality))])


@require_safe
def show(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """The style sheet of the municipality `slug`; an outdated digest gets the present one, kept shortly."""
    municipality = Municipality.objects.filter(slug=slug).only("accent").first()
    if municipality is None:
        raise Http404
    text = sheet(municipality)
    response = HttpResponse(text, content_type="text/css; charset=utf-8")
    fresh = digest == _digest(text)
    response["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "public, max-age=60"
    return response


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


urlpatterns = [path("stil/<slug:slug>-<slug:digest>.css", show, name="style")]

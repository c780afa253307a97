"""The site as an app on a phone: its manifest, and an icon out of the municipality's colour and coat of arms."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw

from geo import arms
from geo.models import Municipality

SIZES: Final = (180, 192, 512)
"""Pixels of the PNGs; 180 is what iPhones ask for."""
SAFE: Final = 0.8
"""What a phone that cuts icons into circles and squares leaves whole."""
_DRAWN_AT: Final = 1024


def digest(municipality: Municipality) -> str:
    """Changes with what the icon is drawn from."""
    return sha256(f"1 {municipality.accent} {municipality.coat_of_arms}".encode()).hexdigest()[:12]


def icon_address(municipality: Municipality, size: int) -> str:
    """Address of the icon as PNG of `size` pixels."""
    return reverse("app_icon", args=[municipality.slug, digest(municipality), size])


@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest (W3C) of this host."""
    town: Municipality = request.municipality  # type: ignore[attr-defined]
    icons: list[dict[str, str]] = [
        {"src": icon_address(town, size), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in SIZES[1:]
        for purpose in ("any", "maskable")
    ]
    if _drawing(town):
        drawing = reverse("app_drawing", args=[town.slug, digest(town)])
        icons.insert(0, {"src": drawing, "sizes": "any", "type": "image/svg+xml", "purpose": "any"})
    return JsonResponse(
        {
            "id": "/",
            "name": _("%(name)s: report faults") % {"name": town.title},
            "short_name": town.name,
            "description": _("Report faults, ideas and praise to the town hall, and follow what becomes of it."),
            "lang": get_language() or "de",
            "dir": "ltr",
            "start_url": reverse("start"),
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#ffffff",
            "icons": icons,
            "shortcuts": [
                {"name": str(_("Report something")), "url": reverse("report_new")},
                {"name": str(_("Map")), "url": reverse("map")},
                {"name": str(_("Reports on this device")), "url": reverse("device")},
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


@require_safe
def icon(request: HttpRequest, slug: str, digest: str, size: int) -> HttpResponse:
    """The icon as PNG; a former digest gets the present one."""
    town = _town(slug)
    if size not in SIZES:
        raise Http404
    return _kept_long(HttpResponse(_png(town.accent, _uploaded(town), size), content_type="image/png"))


@require_safe
def drawing(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """The coat of arms on white as SVG, where it is one of ours."""
    text = _drawing(_town(slug))
    if not text:
        raise Http404
    return _kept_long(HttpResponse(text, content_type="image/svg+xml"))


def _town(slug: str) -> Municipality:
    found = Municipality.objects.active().filter(slug=slug).only("slug", "accent", "coat_of_arms").first()
    if found is None:
        raise Http404
    return found


def _kept_long(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "public, max-age=604800"
    return response


def _uploaded(town: Municipality) -> str:
    """The name of an uploaded coat of arms in the storage, "" without one."""
    name = town.coat_of_arms
    return f"{arms.FOLDER}/{name.removeprefix(arms.MARK)}.png" if name.startswith(arms.MARK) else ""


@lru_cache(maxsize=64)
def _png(accent: str, uploaded: str, size: int) -> bytes:
    """The uploaded coat of arms on white, else a white pin on the municipality's colour."""
    if uploaded and default_storage.exists(uploaded):
        canvas = Image.new("RGB", (_DRAWN_AT, _DRAWN_AT), "#ffffff")
        with default_storage.open(uploaded) as file, Image.open(file) as picture:
            shown = picture.convert("RGBA")
        room = int(_DRAWN_AT * SAFE * 0.9)
        scale = min(room / shown.width, room / shown.height)
        shown = shown.resize(
            (max(1, round(shown.width * scale)), max(1, round(shown.height * scale))), Image.Resampling.LANCZOS
        )
        canvas.paste(shown, ((_DRAWN_AT - shown.width) // 2, (_DRAWN_AT - shown.height) // 2), shown)
    else:
        canvas = _pin(accent)
    buffer = BytesIO()
    canvas.resize((size, size), Image.Resampling.LANCZOS).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _pin(accent: str) -> Image.Image:
    """A map pin, white on the colour, within what every phone leaves whole."""
    canvas = Image.new("RGB", (_DRAWN_AT, _DRAWN_AT), accent)
    pen = ImageDraw.Draw(canvas)
    middle, top, radius = 512, 430, 200
    pen.polygon([(middle - 178, top + 92), (middle + 178, top + 92), (middle, 812)], fill="#ffffff")
    pen.ellipse((middle - radius, top - radius, middle + radius, top + radius), fill="#ffffff")
    pen.ellipse((middle - 82, top - 82, middle + 82, top + 82), fill=accent)
    return canvas


def _drawing(town: Municipality) -> str:
    """A square SVG with the coat of arms out of the static files, "" where that is no SVG."""
    name = town.coat_of_arms
    found = finders.find(name) if name.endswith(".svg") else None
    return _framed(found) if isinstance(found, str) else ""


@lru_cache(maxsize=64)
def _framed(file: str) -> str:
    """The drawing as a picture in a white square. As a picture nothing in it can run."""
    text = Path(file).read_bytes()
    if not re.search(rb"<svg\b", text):
        return ""
    inside = base64.b64encode(text).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" fill="#fff"/>'
        f'<image x="72" y="72" width="368" height="368" href="data:image/svg+xml;base64,{inside}"/></svg>'
    )


urlpatterns = [
    path("manifest.webmanifest", manifest, name="manifest"),
    path("symbol/<slug:slug>-<slug:digest>-<int:size>.png", icon, name="app_icon"),
    path("symbol/<slug:slug>-<slug:digest>.svg", drawing, name="app_drawing"),
]

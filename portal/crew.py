"""The field view as an app on a phone: its manifest and its service worker, both below `/aussendienst/`.

The worker is made as that of the public pages (portal.offline): modules one behind the other in one script, new with
every release. It keeps caches of its own (`aussendienst-…`) and knows nothing of the public ones.
"""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from geo.models import Municipality
from portal import offline, style
from portal.install import SIZES, icon_address

#: The worker's modules; what one imports stands before it.
WORKER: Final = (
    "js/offline/database.js",
    "js/offline/queue.js",
    "js/field/store.js",
    "js/field/actions.js",
    "js/field/worker.js",
)
#: What the page loads; what these import or show in turn is found by itself.
LOADED: Final = (
    "js/theme.js",
    "js/field/early.js",
    "bundles/field.css",
    "bundles/field.js",
    "vendor/leaflet/leaflet.css",
    "vendor/leaflet/leaflet.js",
    "icons/sprite.svg",
    "favicon.svg",
)
_LEAVE: Final = """// Switched off: the worker takes its kept pages off this phone. What waits to be sent stays.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("aussendienst")) await caches.delete(name);
  await self.registration.unregister();
})()));
"""


def files(municipality: Municipality) -> list[str]:
    """Addresses of everything that the page needs besides itself."""
    look = style.address(municipality)
    icons = [icon_address(municipality, size) for size in SIZES]
    own = [*([look] if look else []), reverse("field_manifest"), *icons]
    return [*(static(name) for name in offline.names_of(LOADED)), *own]


def release(municipality: Municipality) -> str:
    """Changes with every static file, with the worker and with the look of the municipality."""
    return _digest(tuple(files(municipality)))


@lru_cache(maxsize=256)
def _digest(names: tuple[str, ...]) -> str:
    manifest = getattr(staticfiles_storage, "manifest_hash", "") or ""
    return sha256("\n".join((manifest, offline.script_of(WORKER), *names)).encode()).hexdigest()[:12]


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """`/aussendienst/sw.js`; with OFFLINE=0 one that takes itself away."""
    town: Municipality = request.municipality  # type: ignore[attr-defined]
    text = _LEAVE
    if settings.OFFLINE:
        config: dict[str, Any] = {
            "release": release(town),
            "shell": reverse("field"),
            "api": f"{reverse('field')}api/",
            "files": files(town),
            "ground": reverse("geo:base_layer"),
        }
        text = f'"use strict";\nconst CONFIG = {json.dumps(config)};\n{offline.script_of(WORKER)}'
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = reverse("field")
    return response


@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest (W3C) of the field view."""
    town: Municipality = request.municipality  # type: ignore[attr-defined]
    start = reverse("field")
    icons = [
        {"src": icon_address(town, size), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in SIZES[1:]
        for purpose in ("any", "maskable")
    ]
    return JsonResponse(
        {
            "id": start,
            "name": _("%(name)s: field service") % {"name": town.title},
            "short_name": _("Field service"),
            "description": _("The jobs of the day for crews outside, also without a network."),
            "lang": "de",
            "dir": "ltr",
            "start_url": start,
            "scope": start,
            "display": "standalone",
            "orientation": "any",
            "background_color": "#ffffff",
            "theme_color": "#ffffff",
            "icons": icons,
            "shortcuts": [
                {"name": _("Today"), "url": f"{start}#/heute"},
                {"name": _("New report"), "url": f"{start}#/neu"},
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


urlpatterns = [
    path("aussendienst/sw.js", worker, name="field_worker"),
    path("aussendienst/app.webmanifest", manifest, name="field_manifest"),
]

"""The service worker: what of the platform opens without a network, as one script at the root.

Its parts are ES modules which pages load as well. Workers of some browsers know no modules, so `/sw.js` is those files
one behind the other, without their `import` and `export` (docs/decisions/0009-offline.md). It changes with `release`,
so browsers fetch the new files with the next page and drop the old ones.
"""

from __future__ import annotations

import json
import posixpath
import re
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import path, reverse, translate_url
from django.views.decorators.http import require_safe

from geo.models import Municipality
from portal import bundles, style
from portal.context import arms_of

#: The worker's modules; what one imports stands before it.
WORKER: Final = (
    "js/offline/database.js",
    "js/offline/queue.js",
    "js/flow/store.js",
    "js/proof/solve.js",
    "js/offline/reports.js",
    "js/offline/worker.js",
)
#: What the kept pages load; what these import or show in turn is found by itself.
LOADED: Final = (
    "js/theme.js",
    "js/offline/pages.js",
    "js/offline/device.js",
    "js/flow/shell.js",
    *bundles.LOOK,
    "vendor/leaflet/leaflet.css",
    "vendor/leaflet/leaflet.js",
    "css/flow.css",
    "icons/sprite.svg",
    "favicon.svg",
)
_LINE: Final = re.compile(r"^import .*\n|^export (?=async|function|const|class)", re.MULTILINE)
_LEAVE: Final = """// The service worker is switched off: it takes itself and what it kept off this browser.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("anliegen")) await caches.delete(name);
  await self.registration.unregister();
})()));
"""


@lru_cache
def names_of(loaded: tuple[str, ...]) -> tuple[str, ...]:
    """Names of static files with all that they import or show."""
    names: dict[str, None] = dict.fromkeys(loaded)
    for name in (waiting := list(names)):
        pattern = {".js": bundles.IMPORTED, ".css": bundles.SHOWN}.get(posixpath.splitext(name)[1])
        for match in pattern.finditer(bundles.source(name)) if pattern else ():
            found = bundles.beside(name, match["path"])
            if found not in names and finders.find(found):
                names[found] = None
                waiting.append(found)
    return tuple(names)


def static_names() -> tuple[str, ...]:
    """Names of all static files that the kept pages need, those that others of them name included."""
    return names_of(LOADED)


@lru_cache
def script_of(modules: tuple[str, ...]) -> str:
    """Modules of a worker as one script, without what only modules may say."""
    return "\n".join(_LINE.sub("", bundles.source(name)) for name in modules)


def script() -> str:
    """The worker's modules as one script."""
    return script_of(WORKER)


def files(municipality: Municipality) -> list[str]:
    """Addresses of everything that the kept pages need besides themselves."""
    return [*(static(name) for name in static_names()), *_own(municipality)]


def _own(municipality: Municipality) -> list[str]:
    return [address for address in (style.address(municipality), arms_of(municipality)) if address]


def release(municipality: Municipality) -> str:
    """Changes with every static file, with the worker and with the look of the municipality."""
    return _digest(*_own(municipality))


@lru_cache(maxsize=256)
def _digest(*own: str) -> str:
    """Every page names it, so the many names are looked up once per look."""
    manifest = getattr(staticfiles_storage, "manifest_hash", "") or ""
    parts = (manifest, script(), *(static(name) for name in static_names()), *own)
    return sha256("\n".join(parts).encode()).hexdigest()[:12]


def sites() -> list[dict[str, str]]:
    """The pages of each language that has addresses of its own, the longest prefix first."""
    names = {
        "prefix": "start",
        "begin": "report_new",
        "shell": "report_offline",
        "device": "device",
        "offline": "offline",
    }
    found: dict[str, dict[str, str]] = {}
    for code, _name in settings.LANGUAGES:
        site = {part: translate_url(reverse(name), code) for part, name in names.items()}
        found.setdefault(site["prefix"], site)
    return sorted(found.values(), key=lambda site: -len(site["prefix"]))


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """`/sw.js`: the worker of this host; with OFFLINE=0 one that takes itself away."""
    municipality: Municipality = request.municipality  # type: ignore[attr-defined]
    text = _LEAVE
    if settings.OFFLINE:
        config: dict[str, Any] = {
            "release": release(municipality),
            "sites": sites(),
            "files": files(municipality),
            "ground": reverse("geo:base_layer"),
        }
        text = f'"use strict";\nconst CONFIG = {json.dumps(config)};\n{script()}'
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = "/"
    return response


urlpatterns = [path("sw.js", worker, name="worker")]

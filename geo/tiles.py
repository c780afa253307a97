"""The caching proxy of the base map, so that no citizen's address reaches whoever draws it.

Kept on disk, bounded in size; after a failure the source is left alone for a while and old tiles are served.
"""

from __future__ import annotations

import hashlib
import logging
import time
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from diskcache import Cache
from django.conf import settings
from django.core.cache import cache

from net import http
from net.guard import NetError

logger = logging.getLogger(__name__)

TIMEOUT = 5.0
MAX_BYTES = 1_000_000
#: The folder never grows above this; the oldest tiles go first.
CACHE_BYTES = 1 << 30
#: A tile is asked for again after a week; a broken source leaves the old one in use for a quarter of a year.
FRESH_SECONDS = 7 * 86_400
STALE_SECONDS = 90 * 86_400
#: How long a failing source is left alone.
PAUSE_SECONDS = 30
MAX_ZOOM = 20
KINDS = {"image/png", "image/jpeg", "image/webp"}
_DOWN = "geo:tiles:down"


class Tile(NamedTuple):
    """A picture and its media type."""

    body: bytes
    kind: str


@lru_cache(maxsize=2)
def _store(folder: str) -> Cache:
    return Cache(folder, size_limit=CACHE_BYTES, eviction_policy="least-recently-stored", timeout=2)


def store() -> Cache:
    """The disk cache below DATA_DIR/tiles."""
    return _store(str(Path(settings.DATA_DIR) / "tiles"))


def exists(z: int, x: int, y: int) -> bool:
    """Whether there can be such a tile."""
    return 0 <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z


def tile(z: int, x: int, y: int) -> Tile | None:
    """The tile, from disk or the source; None without a source, outside of the world or while it fails."""
    template = str(settings.TILE_URL or "")
    if not template or not exists(z, x, y):
        return None
    source = hashlib.sha256(template.encode()).hexdigest()[:12]
    key = f"{source}/{z}/{x}/{y}"
    kept = store().get(key)
    if kept is not None and kept[0] > time.time() - FRESH_SECONDS:
        return Tile(*kept[1:])
    if cache.get(_DOWN) != source:
        fetched = _fetch(template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y)))
        if fetched is not None:
            store().set(key, (time.time(), *fetched), expire=STALE_SECONDS)
            return fetched
        cache.set(_DOWN, source, PAUSE_SECONDS)
    return Tile(*kept[1:]) if kept is not None else None


def _fetch(url: str) -> Tile | None:
    try:
        answer = http.fetch(url, timeout=TIMEOUT, max_bytes=MAX_BYTES)
    except NetError as error:
        logger.warning("tile source failed: %s", type(error).__name__)
        return None
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if answer.status != 200 or kind not in KINDS:
        logger.warning("tile source answered %s %s", answer.status, kind or "without a type")
        return None
    return Tile(answer.body, kind)

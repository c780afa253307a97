"""The caching proxy of the base map, so that no citizen's address reaches whoever draws it.

Kept on disk (DATA_DIR/tiles) within a bound; the tile that nobody used for longest goes first. However many ask for a
tile that is not there, in however many processes: one request goes out. A kept tile never waits: it is shown, and asked
for again in the background when it got old (with its ETag, so that mostly nothing is sent). A source that fails or is
slow is left alone for a while.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Final, NamedTuple

from django.conf import settings

from geo import tile_area
from geo.flight import alone
from geo.shelf import Breaker, folder, keep, look
from geo.shelf import store as store
from net import http
from net.guard import NetError

logger = logging.getLogger(__name__)

#: Seconds for connecting and each read, and for all of it.
TIMEOUT = 3.0
TOTAL = 5.0
#: An answer that took longer counts as a failure of the source, though it is used.
SLOW = 2.5
MAX_BYTES = 1_000_000
#: How long a tile is taken as it is: what the source says, within bounds; a week if it says nothing.
FRESH_SECONDS = 7 * 86_400
SHORTEST, LONGEST = 3600, 30 * 86_400
#: A tile that failed is left alone so long; the source after so many failures in a row.
RETRY_SECONDS = 20
FAILURES = 3
PAUSE_SECONDS = 30
#: Browsers keep a tile for a day, one that should have been renewed for a minute.
BROWSER_SECONDS = 86_400
_SIGNS: Final = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
_MAX_AGE = re.compile(r"\bmax-age=(\d{1,9})")


class Tile(NamedTuple):
    """A picture and its media type; its ETag (quoted), and for how many seconds browsers may keep it."""

    body: bytes
    kind: str
    tag: str = ""
    seconds: int = BROWSER_SECONDS


class _Kept(NamedTuple):
    """As it lies on disk. Without `kind` there is no tile: the source has none, or failed."""

    body: bytes
    kind: str
    tag: str
    etag: str
    modified: str
    until: float

    def tile(self, now: float) -> Tile | None:
        if not self.kind:
            return None
        return Tile(self.body, self.kind, self.tag, BROWSER_SECONDS if now < self.until else 60)


@lru_cache(maxsize=1)
def _background() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="tiles")


def exists(z: int, x: int, y: int) -> bool:
    """Whether there can be such a tile, within the zooms of the settings."""
    least, most = settings.TILE_ZOOMS
    return least <= z <= most and 0 <= x < 1 << z and 0 <= y < 1 << z


def tile(z: int, x: int, y: int) -> Tile | None:
    """The tile, from disk or the source; None without a source, outside of its zooms or area, or while it fails."""
    template = str(settings.TILE_URL or "")
    if not template or not exists(z, x, y):
        return None
    source = _Source(template)
    key = f"{source.name}:{z}/{x}/{y}"
    url = template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
    kept, now = _read(key), time.time()
    if kept is not None and (now < kept.until or kept.kind):
        if now >= kept.until and source.answers():
            _background().submit(_renew, source, key, url)
        return kept.tile(now)
    if not tile_area.holds(z, x, y):
        return None
    with alone(folder() / "locks", key, wait=TOTAL + 1) as first:
        kept, now = _read(key), time.time()
        if kept is None or (now >= kept.until and not kept.kind):
            kept = source.ask(key, url, kept) if first else None
    return kept.tile(now) if kept is not None else None


def _renew(source: _Source, key: str, url: str) -> None:
    """Ask again for a tile that got old, unless somebody else does."""
    with alone(folder() / "locks", key, wait=0) as first:
        kept = _read(key)
        if first and kept is not None and kept.until <= time.time():
            source.ask(key, url, kept)


def _read(key: str) -> _Kept | None:
    found = look(key)
    return None if found is None else _Kept(*found)


def _keep(key: str, kept: _Kept) -> _Kept:
    keep(key, tuple(kept))
    return kept


class _Source:
    """Who draws the map: how it did lately is known to all processes of this machine."""

    def __init__(self, template: str) -> None:
        self.name = hashlib.sha256(template.encode()).hexdigest()[:12]
        self.breaker = Breaker(self.name, failures=FAILURES, pause=PAUSE_SECONDS)

    def answers(self) -> bool:
        """Whether it may be asked: not within the pause after failures."""
        return self.breaker.answers()

    def ask(self, key: str, url: str, kept: _Kept | None) -> _Kept | None:
        """Ask for a tile, and keep what came of it; what was `kept` stays where nothing better came."""
        if not self.answers():
            return kept
        if not self.breaker.doubtful():
            return self._ask(key, url, kept)
        # After the pause one request tries whether it is back; the others do not wait for that.
        with alone(folder() / "locks", f"{self.name}:try", wait=0) as first:
            return self._ask(key, url, kept) if first and self.answers() else kept

    def _ask(self, key: str, url: str, kept: _Kept | None) -> _Kept:
        started = time.monotonic()
        answer = self._fetch(url, kept)
        now = time.time()
        if answer is None:
            self.breaker.failed()
            return _keep(key, (kept or _NOTHING)._replace(until=now + RETRY_SECONDS))
        if time.monotonic() - started > SLOW:
            self.breaker.failed()
        else:
            self.breaker.worked()
        until = now + _fresh_for(answer)
        if answer.status == 304 and kept is not None:
            return _keep(key, kept._replace(until=until))
        if answer.status != 200:
            return _keep(key, _NOTHING._replace(until=now + SHORTEST))
        return _keep(
            key,
            _Kept(
                answer.body,
                _kind(answer),
                f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"',
                answer.headers.get("etag", ""),
                answer.headers.get("last-modified", ""),
                until,
            ),
        )

    def _fetch(self, url: str, kept: _Kept | None) -> http.Response | None:
        """A picture (200), "as before" (304) or "there is none" (204, 404, 410); None for anything else."""
        headers = {"Accept": "image/webp,image/png,image/jpeg"}
        if kept is not None and kept.kind:
            headers |= {"If-None-Match": kept.etag} if kept.etag else {}
            headers |= {"If-Modified-Since": kept.modified} if kept.modified else {}
        try:
            # Only the host of the settings: a redirect is no answer.
            answer = http.fetch(
                url, headers=headers, timeout=TIMEOUT, total=TOTAL, max_bytes=MAX_BYTES, max_redirects=0
            )
        except NetError as error:
            logger.warning("tile source failed: %s", type(error).__name__)
            return None
        if answer.status in {204, 404, 410} or (answer.status == 304 and kept is not None and kept.kind):
            return answer
        if answer.status == 200 and _kind(answer):
            return answer
        kind = answer.headers.get("content-type", "").split(";")[0]
        logger.warning("tile source answered %s %s", answer.status, kind[:40] or "without a type")
        return None


_NOTHING: Final = _Kept(b"", "", "", "", "", 0.0)


def _kind(answer: http.Response) -> str:
    """Media type of a picture, "" where the answer is something else, whatever it says or looks like."""
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    sign = _SIGNS.get(kind)
    return kind if sign is not None and sign.match(answer.body) else ""


def _fresh_for(answer: http.Response) -> float:
    said = _MAX_AGE.search(answer.headers.get("cache-control", "").lower())
    return min(max(int(said[1]), SHORTEST), LONGEST) if said else FRESH_SECONDS

"""What this machine keeps on disk for all its processes: tiles of the map, and how other machines did lately.

Bounded by TILE_CACHE_MB; what nobody used for longest goes first. A full or broken disk forgets instead of failing:
whoever asked goes on without.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from diskcache import Cache, Timeout
from django.conf import settings

logger = logging.getLogger(__name__)

KEEP_SECONDS: Final = 90 * 86_400
_TROUBLE: Final = (OSError, sqlite3.Error, Timeout)


@lru_cache(maxsize=2)
def _store(folder: str, limit: int) -> Cache:
    return Cache(folder, size_limit=limit, eviction_policy="least-recently-used", timeout=5)


def folder() -> Path:
    """DATA_DIR/tiles."""
    return Path(settings.DATA_DIR) / "tiles"


def store() -> Cache:
    """The cache in that folder; raises what a disk raises."""
    return _store(str(folder()), settings.TILE_CACHE_MB << 20)


def look(key: str) -> Any:
    """What is kept, None for nothing."""
    try:
        return store().get(key, retry=True)
    except _TROUBLE as error:
        logger.warning("disk cache fails: %s", type(error).__name__)
        return None


def keep(key: str, value: Any) -> None:
    """Keep something, for 90 days at most."""
    try:
        store().set(key, value, expire=KEEP_SECONDS, retry=True)
    except _TROUBLE as error:
        logger.warning("disk cache fails: %s", type(error).__name__)


class Breaker:
    """Leaves another machine alone for a while after it failed: known to all processes here.

    After `failures` in a row nobody asks it for `pause` seconds; then it is `doubtful` until it `worked` once.
    """

    def __init__(self, name: str, *, failures: int, pause: float) -> None:
        self.name, self.failures, self.pause = name, failures, pause

    def answers(self) -> bool:
        """Whether it may be asked."""
        return time.time() >= float(look(f"{self.name}:pause") or 0)

    def doubtful(self) -> bool:
        """Whether it failed the last times it was asked."""
        return int(look(f"{self.name}:failures") or 0) >= self.failures

    def failed(self) -> None:
        """It did not answer as it should."""
        try:
            count = int(store().incr(f"{self.name}:failures", default=0, retry=True))
        except _TROUBLE:
            return
        if count >= self.failures:
            keep(f"{self.name}:pause", time.time() + self.pause)

    def worked(self) -> None:
        """It answered."""
        if look(f"{self.name}:failures"):
            keep(f"{self.name}:failures", 0)

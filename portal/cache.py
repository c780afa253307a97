"""The cache in files, for one machine. A full disk must not take pages away that only wanted to remember something."""

from __future__ import annotations

from typing import Any

import structlog
from diskcache import DjangoCache

from portal.outage import CACHE_ERRORS

log = structlog.get_logger("anliegen.cache")


class DiskCache(DjangoCache):  # type: ignore[misc]
    """`diskcache` that forgets instead of failing; /readyz tells that it is down."""

    def get(self, key: Any, default: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The value, or `default`."""
        try:
            return super().get(key, default, *args, **kwargs)
        except CACHE_ERRORS as error:
            log.warning("cache_down", reason=str(error))
            return default

    def set(self, *args: Any, **kwargs: Any) -> bool:
        """Whether it was kept."""
        try:
            return bool(super().set(*args, **kwargs))
        except CACHE_ERRORS as error:
            log.warning("cache_down", reason=str(error))
            return False

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Whether it was new and kept."""
        try:
            return bool(super().add(*args, **kwargs))
        except CACHE_ERRORS as error:
            log.warning("cache_down", reason=str(error))
            return False

    def incr(self, *args: Any, **kwargs: Any) -> int:
        """The new number; ValueError where there is none, as for a key that is gone."""
        try:
            return int(super().incr(*args, **kwargs))
        except CACHE_ERRORS as error:
            raise ValueError("the cache is down") from error

    def close(self, **kwargs: Any) -> None:
        """Django says so after every request; opening the file again costs more than all that is asked of it."""

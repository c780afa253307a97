"""What may be forgotten: kept in the shared cache, and simply not there when that is down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import structlog
from django.core.cache import cache

from geo import throttle
from portal.outage import ANY_CACHE_ERRORS

log = structlog.get_logger("anliegen.watch")


def recall(keys: Iterable[str]) -> dict[str, Any]:
    """What is remembered of these keys."""
    try:
        return dict(cache.get_many(list(keys)))
    except ANY_CACHE_ERRORS as error:
        log.warning("cache_down", error=type(error).__name__)
        return {}


def remember(key: str, value: Any, seconds: int) -> None:
    """Keep a value for a while."""
    try:
        cache.set(key, value, seconds)
    except ANY_CACHE_ERRORS as error:
        log.warning("cache_down", error=type(error).__name__)


def next_number(key: str) -> int:
    """1, 2, 3 … in all processes together; 0 when the cache is down."""
    try:
        cache.add(key, 0, None)
        return int(cache.incr(key))
    except (ValueError, *ANY_CACHE_ERRORS) as error:
        log.warning("cache_down", error=type(error).__name__)
        return 0


def refusals() -> dict[str, int]:
    """How often each throttle refused."""
    try:
        return throttle.refusals()
    except ANY_CACHE_ERRORS as error:
        log.warning("cache_down", error=type(error).__name__)
        return {}

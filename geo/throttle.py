"""A light throttle: so many times in so many seconds, counted in the shared cache."""

from __future__ import annotations

import hashlib
import time

from django.core.cache import cache

_REFUSED = "geo:refused:"
_NAMES = "geo:refused"


def refusals() -> dict[str, int]:
    """How often each throttle has refused since the cache was last emptied, in all processes together."""
    names = cache.get(_NAMES) or []
    counts = cache.get_many([_REFUSED + name for name in names])
    return {name: int(counts.get(_REFUSED + name, 0)) for name in sorted(names)}


def note_refusal(name: str) -> None:
    """Count one. Two throttles that refuse for the first time at the same moment may forget one of their names."""
    if cache.add(_REFUSED + name, 1, None):
        cache.set(_NAMES, sorted({*(cache.get(_NAMES) or []), name}), None)
        return
    try:
        cache.incr(_REFUSED + name)
    except ValueError:
        return  # the cache is down


def allowed(name: str, who: str, *, limit: int, seconds: int) -> bool:
    """Count one more deed `name` of `who` (an address) and say whether it stays within `limit` per `seconds`.

    Windows are fixed, the address is stored as a hash only and for one window. A cache that is down allows.
    """
    window = int(time.time() // seconds)
    digest = hashlib.blake2b(f"{name}\0{who}\0{window}".encode(), digest_size=16).hexdigest()
    key = f"geo:throttle:{digest}"
    try:  # Mostly it is there already: one step of the cache instead of two.
        count = int(cache.incr(key))
    except ValueError:
        try:
            count = 1 if cache.add(key, 1, seconds) else int(cache.incr(key))
        except ValueError:
            return True
    if count > limit:
        note_refusal(name)
    return count <= limit


def left(name: str, who: str, *, limit: int, seconds: int) -> tuple[int, int]:
    """How many deeds `allowed` would still let pass, and in how many seconds it begins anew; counts nothing."""
    now = time.time()
    spent = int(cache.get(_key(name, who, int(now // seconds))) or 0)
    return max(0, limit - spent), seconds - int(now % seconds)


def _key(name: str, who: str, window: int) -> str:
    digest = hashlib.blake2b(f"{name}\0{who}\0{window}".encode(), digest_size=16).hexdigest()
    return f"geo:throttle:{digest}"

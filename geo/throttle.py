"""A light throttle: so many times in so many seconds, counted in the shared cache."""

from __future__ import annotations

import hashlib
import time

from django.core.cache import cache


def allowed(name: str, who: str, *, limit: int, seconds: int) -> bool:
    """Count one more deed `name` of `who` (an address) and say whether it stays within `limit` per `seconds`.

    Windows are fixed, the address is stored as a hash only and for one window. A cache that is down allows.
    """
    window = int(time.time() // seconds)
    digest = hashlib.blake2b(f"{name}\0{who}\0{window}".encode(), digest_size=16).hexdigest()
    key = f"geo:throttle:{digest}"
    if cache.add(key, 1, seconds):
        return limit >= 1
    try:
        return int(cache.incr(key)) <= limit
    except ValueError:
        return True

"""What may be used once: noted in the shared cache until it would be too old anyway."""

from __future__ import annotations

import hashlib

from django.core.cache import cache


def first_use(thing: str, *, seconds: int) -> bool:
    """Note it and say whether it is new. With a cache that is down everything is: nobody is locked out."""
    key = "proof:used:" + hashlib.blake2b(thing.encode(), digest_size=16).hexdigest()
    return cache.add(key, 1, seconds) or cache.get(key) is None

"""What counts as "full" or "away", in one place: for requests, for /readyz and for the cache.

Neither is a fault of the request: it gets a 503 that says when to come back, and an operator gets one word in the log.
"""

from __future__ import annotations

import errno
import sqlite3
from typing import Final

from diskcache import Timeout
from django.db import InterfaceError, OperationalError
from redis import RedisError

FULL: Final = "full"
AWAY: Final = "away"
RETRY_AFTER: Final = 120
"""Seconds after which a client may try again."""
CACHE_ERRORS: Final = (sqlite3.Error, OSError, Timeout)
"""All that the cache in files raises when its folder is full, locked or gone."""
ANY_CACHE_ERRORS: Final = (*CACHE_ERRORS, RedisError)
"""The same for either cache: what only wanted to remember something goes on without it."""

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_STORAGE: Final = frozenset({errno.EROFS, errno.EIO, errno.ESTALE, errno.ENOTCONN})
_FULL_WORDS: Final = ("is full", "no space left", "could not extend")
"""How SQLite and PostgreSQL say that a disk is full; both raise OperationalError for that and for much else."""


def outage(error: BaseException | None) -> str:
    """FULL or AWAY when storage or database are to blame for `error`, "" for every other error."""
    if isinstance(error, OperationalError | InterfaceError):
        return FULL if any(words in str(error).lower() for words in _FULL_WORDS) else AWAY
    if isinstance(error, OSError):
        if error.errno in _NO_ROOM:
            return FULL
        return AWAY if error.errno in _NO_STORAGE else ""
    return ""

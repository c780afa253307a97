"""Which municipality a request is for: chosen by the host name."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from geo.models import Municipality

#: Other processes see a changed municipality after this many seconds, this one at once.
SECONDS = 10.0
#: More host names than this are not kept (a wildcard in ALLOWED_HOSTS lets anybody invent them).
HOSTS = 500

_kept: dict[str, tuple[float, Municipality | None]] = {}
_lock = threading.Lock()


def forget(**_kwargs: Any) -> None:
    """Drop what is kept; connected to changes of municipalities and to `post_migrate`."""
    with _lock:
        _kept.clear()


def municipality_of(host: str, *, shared: bool = False) -> Municipality | None:
    """The municipality of a host name with its parents, without its boundary; None in an empty database.

    Kept for a few seconds, but never within a transaction: what is read there may be rolled back. `shared`: the caller
    only reads it, so it needs no copy of its own.
    """
    now = time.monotonic()
    in_transaction = connection.in_atomic_block
    kept = None if in_transaction else _kept.get(host)
    if kept is not None and kept[0] > now:
        return kept[1] if shared else copy.copy(kept[1])
    rows = Municipality.objects.select_related("parent__parent").defer(
        "boundary", "parent__boundary", "parent__parent__boundary"
    )
    found = rows.of_host(host)
    if not in_transaction and found is not None:
        with _lock:
            if len(_kept) >= HOSTS:
                _kept.clear()
            _kept[host] = (now + SECONDS, found)
        return copy.copy(found)
    return found


class MunicipalityMiddleware:
    """Sets `request.municipality`: that of the host, else the default one, None before the first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host = request.get_host().lower()
        request.municipality = municipality_of(host)  # type: ignore[attr-defined]
        return self.get_response(request)

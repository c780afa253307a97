"""The log of slow queries: which statement, how long, in which request and view. Never with what was asked for.

Statements are logged as the program wrote them, with placeholders; quoted words that stand in a statement itself are
taken out as well, so that no personal data can get into a log. The last ones are kept for the operations page.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from portal.watch import memory

KEPT = 50
KEEP_SECONDS = 7 * 86400
LONGEST = 2000
"""Characters of a statement."""
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_NUMBER = re.compile(r"\b\d{5,}(?:\.\d+)?\b")
_LIST = re.compile(r"(?:(?<=IN )|(?<=VALUES )|(?<=, ))\((?:%s,\s*)+%s\)")
"""After IN, after VALUES, and all further rows of it."""
_COLUMNS = re.compile(r'(?:"?\w+"?\."\w+"(?: AS "\w+")?, ){3,}')
_ROWS = re.compile(r"\(…\)(?:, \(…\))+")
_COUNTER = "watch:slow:count"

log = structlog.get_logger("anliegen.slow")


@dataclass
class Spent:
    """What the database took of one request."""

    queries: int = 0
    seconds: float = 0.0


_spent: ContextVar[Spent | None] = ContextVar("spent", default=None)


def without_values(sql: str) -> str:
    """A statement without literals, its lists of columns and placeholders folded, not longer than LONGEST."""
    bare = _LIST.sub("(…)", _COLUMNS.sub("…, ", _NUMBER.sub("…", _QUOTED.sub("'…'", sql))))
    return " ".join(_ROWS.sub("(…)", bare).split())[:LONGEST]


def measure(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Times one statement; an execute_wrapper of Django."""
    begun = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        _note(sql, time.perf_counter() - begun)


def _note(sql: str, seconds: float) -> None:
    spent = _spent.get()
    if spent is not None:
        spent.queries += 1
        spent.seconds += seconds
    if settings.SLOW_QUERY_MS and seconds * 1000 >= settings.SLOW_QUERY_MS:
        statement = without_values(str(sql))
        log.warning("slow_query", ms=round(seconds * 1000), statement=statement)  # request and view are bound to it
        _keep(statement, seconds)


def _keep(statement: str, seconds: float) -> None:
    """For `recent`."""
    bound = structlog.contextvars.get_contextvars()
    entry = {
        "at": timezone.now(),
        "ms": round(seconds * 1000),
        "statement": statement,
        "where": bound.get("view") or bound.get("task") or "",
    }
    if number := memory.next_number(_COUNTER):
        memory.remember(f"watch:slow:{number % KEPT}", entry, KEEP_SECONDS)


def recent() -> list[dict[str, Any]]:
    """The last slow queries of the week, the slowest first.

    One entry for a statement and place: ms (the slowest), count, at (the latest), statement, where (view or task).
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in memory.recall(f"watch:slow:{number}" for number in range(KEPT)).values():
        key = entry["statement"], entry["where"]
        same = found.setdefault(key, {**entry, "count": 0})
        same["count"] += 1
        same["ms"], same["at"] = max(same["ms"], entry["ms"]), max(same["at"], entry["at"])
    return sorted(found.values(), key=lambda entry: entry["ms"], reverse=True)


def install(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Handler of connection_created: every connection of every process is measured."""
    if measure not in connection.execute_wrappers:
        connection.execute_wrappers.append(measure)


def connect() -> None:
    """From now on; called once when the platform starts."""
    connection_created.connect(install, dispatch_uid="portal.watch.slow")


class SlowMiddleware:
    """Binds the name of the view to every line of the log, and tells of a request whose queries together are slow."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        spent = Spent()
        token = _spent.set(spent)
        try:
            return self.get_response(request)
        finally:
            _spent.reset(token)
            if settings.SLOW_QUERY_MS and spent.seconds * 1000 >= settings.SLOW_QUERY_MS:
                log.warning("slow_request", ms=round(spent.seconds * 1000), queries=spent.queries)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Django has found the view."""
        match = request.resolver_match
        structlog.contextvars.bind_contextvars(view=match.view_name if match else "")

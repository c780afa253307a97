"""Timing: a page, its own SQL and the bare SQL for the same answer in turn (A B C, A B C …), then the load.

So all three are measured at the same moment on the same machine, and their ratio says the same on a busy one.
"""

from __future__ import annotations

import json
import re
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.client import Connection, Request, as_task, ask
from bench.place import ROOT
from bench.serving import Platform, cpu
from bench.town import Town
from reports.words import flattening

Bare = Sequence[tuple[str, Sequence[Any]]]
"""Statements with their values, placeholders written %s."""
FEWEST, ENOUGH = 5, 10
"""A slow page is measured at least so often, and not longer than so many times a load lasts."""
_CONTROL = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b", re.IGNORECASE)


@dataclass
class Figure:
    """What is said of a job at a size; `more` are further figures."""

    job: str
    size: int
    queries: int
    median_ms: float
    p95_ms: float
    rps: float
    bytes: int
    cpu_ms: float
    ratio_to_sql: float | None
    more: dict[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """As it stands in the JSON file."""
        own = {name: value for name, value in vars(self).items() if name != "more"}
        return {name: _rounded(value) for name, value in {**own, **self.more}.items()}


def _rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value


@dataclass
class Bench:
    """What a job has at hand."""

    size: int
    town: Town
    platform: Platform
    turns: int = 60
    """Pages measured one after the other."""
    seconds: float = 4.0
    """How long the load lasts."""
    followers: int = 10_000
    addresses: int = 200_000
    rival: bool = True
    """Whether the map is compared with the naive serializer."""
    cookie: str = ""
    """Of the complaint manager's session."""
    _raw: Any = None

    @property
    def raw(self) -> Any:
        """A connection of the driver alone, as the platform's own is set."""
        if self._raw is None:
            self._raw = _driver()
        return self._raw

    def run(self, statements: Bare) -> int:
        """Execute statements by the driver alone and fetch their rows; how many rows."""
        cursor, found = self.raw.cursor(), 0
        for sql, values in statements:
            if connection.vendor == "sqlite" and values:
                sql = sql.replace("%s", "?")
            cursor.execute(sql, values) if values else cursor.execute(sql)
            if cursor.description:
                found += len(cursor.fetchall())
        cursor.close()
        return found

    def client(self, *, staff: bool = False) -> Client:
        """Django's own client in this process: queries are counted here, where they can be seen."""
        client = Client(HTTP_HOST="localhost")
        if staff:
            client.force_login(self.town.manager)
        return client

    def headers(self, *, staff: bool) -> dict[str, str]:
        """Headers of the real requests."""
        if not staff:
            return {}
        if not self.cookie:
            value = self.client(staff=True).cookies[settings.SESSION_COOKIE_NAME].value
            self.cookie = f"{settings.SESSION_COOKIE_NAME}={value}"
        return {"Cookie": self.cookie}

    def close(self) -> None:
        """Give the driver's connection back."""
        if self._raw is not None:
            self._raw.close()
            self._raw = None


def _driver() -> Any:
    """psycopg or sqlite3 without Django; what is asked often is planned once, and nothing is compiled."""
    if connection.vendor == "postgresql":
        named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        where = {ours: str(connection.settings_dict[theirs] or "") or None for ours, theirs in named.items()}
        url = psycopg.conninfo.make_conninfo("", options="-c timezone=UTC -c jit=off", **where)
        return psycopg.connect(url, autocommit=True)
    raw = sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=20, isolation_level=None)
    raw.enable_load_extension(True)
    raw.load_extension(settings.SPATIALITE_LIBRARY_PATH)
    # What triggers call is a function of the program there.
    flattening.teach(SimpleNamespace(vendor="sqlite", connection=raw))
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute("PRAGMA synchronous=NORMAL")
    return raw


def statements(do: Callable[..., Any], *given: Any) -> list[str]:
    """What this thread asks the database while `do` runs, without what opens and closes transactions."""
    with CaptureQueriesContext(connection) as seen:
        do(*given)
    return [one["sql"] for one in seen.captured_queries if not _CONTROL.match(one["sql"])]


def milliseconds(do: Callable[..., Any], *given: Any) -> float:
    """How long it takes, once."""
    begun = time.perf_counter()
    do(*given)
    return (time.perf_counter() - begun) * 1000


def p95(values: Sequence[float]) -> float:
    """The 95th percentile, of one value itself."""
    return statistics.quantiles(values, n=20)[18] if len(values) > 1 else values[0]


@dataclass
class Load:
    """What a load saw."""

    rps: float
    cpu_ms: float
    median_ms: float
    p95_ms: float
    failures: int
    why: str


def under_load(
    bench: Bench, requests: Sequence[Request], *, expected: int = 200, connections: int = 8, port: int = 0
) -> Load:
    """Two processes with half of the connections each, for `bench.seconds`; processor time of all web processes."""
    pids = bench.platform.pids()
    task = as_task(port or bench.platform.port, requests, expected, bench.seconds, max(connections // 2, 1))
    command = [sys.executable, "-m", "bench.client"]
    before, begun = cpu(pids), time.monotonic()
    running = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _one in "ab"
    ]
    try:
        for one in running:
            assert one.stdin is not None
            one.stdin.write(task)
            one.stdin.close()
            one.stdin = None
        seen = [json.loads(one.communicate(timeout=bench.seconds + 180)[0] or "{}") for one in running]
    finally:
        for one in running:
            one.kill()
            one.wait()
    used, _took = cpu(pids) - before, time.monotonic() - begun
    found = [value for one in seen for value in one["milliseconds"]]
    failures = sum(one["failures"] for one in seen)
    why = next((one["first_failure"] for one in seen if one["first_failure"]), "")
    if not found:
        raise RuntimeError(f"No request of the load was answered: {why}")
    # Each connection answers to its own clock; requests still under way when time was up count with their time.
    per_connection = sum(found) / 1000 / (max(connections // 2, 1) * 2)
    return Load(
        rps=len(found) / max(per_connection, bench.seconds),
        cpu_ms=used * 1000 / (len(found) + failures),
        median_ms=statistics.median(found),
        p95_ms=p95(found),
        failures=failures,
        why=why,
    )


def measured(
    bench: Bench,
    job: str,
    requests: Sequence[Request],
    *,
    bare: Callable[[int, list[str]], Bare] | None,
    staff: bool = False,
    expected: int = 200,
    connections: int = 8,
    replayable: bool = True,
) -> Figure:
    """Measure requests that read. `bare` gives the bare SQL for the answer of the request of an index, out of its own
    hand or of the page's own statements, which are given as well."""
    sent = [Request(one.path, one.method, one.body, {**bench.headers(staff=staff), **one.headers}) for one in requests]
    inside = bench.client(staff=staff)
    for one in requests[:2]:
        inside.get(one.path)
    own = Connection(bench.platform.port)
    size = 0
    pages, alone, whole, counts = [], [], [], []
    ask(own, sent[-1], expected)
    ends = time.monotonic() + ENOUGH * bench.seconds
    for turn in range(bench.turns):
        if turn >= FEWEST and time.monotonic() > ends:
            break
        at = turn % len(requests)
        begun = time.perf_counter()
        body = ask(own, sent[at], expected)
        pages.append((time.perf_counter() - begun) * 1000)
        size += len(body)
        asked = statements(inside.get, requests[at].path)
        counts.append(len(asked))
        if bare is not None:
            wanted = bare(at, asked)
            alone.append(milliseconds(bench.run, wanted))
        if replayable:
            reads = [(sql, ()) for sql in asked if sql.startswith(("SELECT", "WITH"))]
            whole.append(milliseconds(bench.run, reads))
    own.close()
    seen = under_load(bench, sent, expected=expected, connections=connections)
    if seen.failures:
        raise RuntimeError(f"{seen.failures} requests of the load failed: {seen.why}")
    sql_ms = statistics.median(alone) if alone else None
    more: dict[str, Any] = {"loaded_median_ms": seen.median_ms, "loaded_p95_ms": seen.p95_ms}
    if sql_ms is not None:
        more |= {"sql_ms": sql_ms, "sql_p95_ms": p95(alone)}
    if whole:
        database = statistics.median(whole)
        more |= {"database_ms": database}
        if sql_ms:
            more["database_to_sql"] = database / sql_ms
    median = statistics.median(pages)
    return Figure(
        job=job,
        size=bench.size,
        queries=max(counts),
        median_ms=median,
        p95_ms=p95(pages),
        rps=seen.rps,
        bytes=size // len(pages),
        cpu_ms=seen.cpu_ms,
        ratio_to_sql=median / sql_ms if sql_ms else None,
        more=more,
    )

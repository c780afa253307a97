"""What runs behind the pages: mails to many followers, the jobs of the night, a large export."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Avg
from django.db.models.functions import Length

from bench import loading, serving
from bench.client import Connection, Request
from bench.measuring import Bench, Figure, statements
from cases.change import By
from cases.models import Case, Follow
from cases.policy import State
from cases.services import move
from notifications.models import Delivery
from portal import schedule

PATIENCE = 900.0
"""Seconds after which the mails are given up."""


def measure(bench: Bench, job: str) -> list[Figure]:
    """One of the three."""
    jobs = {"followers": _followers, "nightly": _nightly, "export": _export}
    return [jobs[job](bench)]


def _followers(bench: Bench) -> Figure:
    """One deed, then the worker drains. There is no SQL to compare with: the work is mails."""
    case = Case.objects.public().filter(state=State.OPEN.value, contact=None).order_by("-pk").first()
    if case is None:
        raise RuntimeError("No public open report without a reporter was made: take a larger size.")
    with transaction.atomic():
        loading.stage({"n": "bigint"}, [(number,) for number in range(bench.followers)])
        at = "submitted_at" if connection.vendor == "sqlite" else "now()"
        facts = {"case_id": str(case.pk), "email": "'many' || n || '@bench.example'", "token": f"'m{case.pk}-' || n"}
        if connection.vendor == "sqlite":
            at = f"(SELECT submitted_at FROM cases_case WHERE id = {case.pk})"
        loading.insert(Follow, {**facts, "confirmed_at": at, "created_at": at})
    worker, waiting = bench.platform.pids("worker"), Delivery.objects.filter(case=case)
    before, used = serving.memory(worker), serving.cpu(worker)
    begun, peak = time.perf_counter(), before
    queries = len(statements(lambda: move(case=case, to=State.DONE, by=By.system(), text="Das ist erledigt.")))
    said = time.perf_counter() - begun
    wanted = Follow.objects.filter(case=case).count()
    while (sent := waiting.filter(sent_at__isnull=False).count()) < wanted:
        peak = max(peak, serving.memory(worker))
        bench.platform.check()
        if time.perf_counter() - begun > PATIENCE:
            raise RuntimeError(f"Only {sent} of {wanted} mails were sent in {PATIENCE:.0f} s.")
        time.sleep(0.25)
    took = time.perf_counter() - begun
    cpu_ms = (serving.cpu(bench.platform.pids("worker")) - used) * 1000 / wanted
    size = waiting.aggregate(size=Avg(Length("text") + Length("html")))["size"] or 0
    more = {
        "followers": wanted,
        "deed_ms": said * 1000,
        "worker_mb_before": before,
        "worker_mb_peak": peak,
        "worker_mb_after": serving.memory(bench.platform.pids("worker")),
    }
    return Figure(
        "followers", bench.size, queries, took * 1000, took * 1000, wanted / took, int(size), cpu_ms, None, more
    )


class _Counter:
    """Counts statements without keeping them."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.number += 1
        return execute(sql, params, many, context)


def _nightly(bench: Bench) -> Figure:
    """Every task that the scheduler runs once a night, in this process."""
    from portal.celery import app

    counter, took = _Counter(), {}
    worked, begun = time.process_time(), time.perf_counter()
    with connection.execute_wrapper(counter):
        for entry in schedule.beat_schedule().values():
            hours = getattr(entry["schedule"], "hour", range(24))
            if len(hours) != 1:
                continue
            started = time.perf_counter()
            app.tasks[entry["task"]].apply(throw=True)
            took[entry["task"]] = round((time.perf_counter() - started) * 1000)
    whole, used = time.perf_counter() - begun, time.process_time() - worked
    slowest = dict(sorted(took.items(), key=lambda one: -one[1])[:4])
    return Figure(
        "nightly",
        bench.size,
        counter.number,
        whole * 1000,
        whole * 1000,
        1 / whole,
        0,
        used * 1000,
        None,
        {"tasks": len(took), "slowest_ms": slowest},
    )


@contextmanager
def _watched(pids: list[int]) -> Iterator[dict[str, float]]:
    """The most that processes hold in memory, looked at every ten milliseconds."""
    seen, ended = {"peak": 0.0}, threading.Event()

    def look() -> None:
        while not ended.wait(0.01):
            seen["peak"] = max(seen["peak"], serving.memory(pids))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _export(bench: Bench) -> Figure:
    """The rows by the driver alone are the bare SQL. Afterwards memory is what it grew by beyond a small export."""
    headers = bench.headers(staff=True)
    own = Connection(bench.platform.port, timeout=1_800)
    pids = bench.platform.pids()
    asked = Request("/verwaltung/export/csv/?liste=alle", headers=headers)
    small = Request(f"/verwaltung/export/csv/?liste=alle&status=new&kategorie={bench.town.slugs[1]}", headers=headers)
    own.send(small)
    before, used = serving.memory(pids), serving.cpu(pids)
    with _watched(pids) as seen:
        begun = time.perf_counter()
        status, size, _body = own.send(asked)
        took = time.perf_counter() - begun
    own.close()
    if status != 200:
        raise RuntimeError(f"The export answered {status}.")
    cpu_ms = (serving.cpu(pids) - used) * 1000
    begun = time.perf_counter()
    rows = bench.run([("SELECT * FROM cases_case c JOIN reports_report r ON r.case_id = c.id ORDER BY c.id", ())])
    sql_ms = (time.perf_counter() - begun) * 1000
    more = {"rows": rows, "sql_ms": sql_ms, "web_mb_grew": seen["peak"] - before}
    return Figure("export", bench.size, 0, took * 1000, took * 1000, 1 / took, size, cpu_ms, took * 1000 / sql_ms, more)

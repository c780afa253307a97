"""`GET /metrics` for Prometheus, behind the token METRICS_TOKEN.

Everything is read from the tables (or from the shared cache) when it is asked for, so any of several web processes may
answer and says the same. What costs a walk over all cases is kept for a minute.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from cases.models import Case
from cases.policy import CLOSED
from portal.backup.release import commit, version
from portal.watch import memory
from portal.watch.facts import Facts, gather
from portal.watch.judging import judge
from portal.watch.policy import RANK

PATH = "/metrics"
KEEP = 60
"""Seconds for which the counts of cases are kept."""
_CASES = "watch:cases"
Handler = Callable[[HttpRequest], HttpResponseBase]

log = structlog.get_logger("anliegen.metrics")


class MetricsMiddleware:
    """Answers /metrics on any host name, before sessions and municipalities; without METRICS_TOKEN there is no such
    page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == PATH and settings.METRICS_TOKEN:
            return show(request)
        return self.get_response(request)


def show(request: HttpRequest) -> HttpResponse:
    """The figures; 401 without the token, 405 for anything but reading, 503 when the database is away."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secrets.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    try:
        with translation.override("en"):
            body = text(at=timezone.now())
    except (DatabaseError, InterfaceError) as error:
        log.error("metrics_failed", error=type(error).__name__)
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def text(*, at: datetime) -> bytes:
    """All figures in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(at))
    return generate_latest(registry)


class _Collector:
    """What prometheus-client asks once per scrape."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def collect(self) -> Iterator[Metric]:
        facts = gather(at=self.at)
        yield from _queues(facts)
        yield from _mails(facts)
        yield from _cases(self.at)
        yield from _house(facts)


def _gauge(name: str, help_text: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"anliegen_{name}", help_text, labels=labels)


def _queues(facts: Facts) -> Iterator[Metric]:
    of = ("table", "kind")
    waiting = _gauge("queue_waiting", "Unfinished jobs, due or not.", of)
    due = _gauge("queue_due", "Jobs that are due.", of)
    failing = _gauge("queue_failing", "Unfinished jobs whose last try failed.", of)
    parked = _gauge("queue_given_up", "Jobs that are not tried again by themselves.", of)
    late = _gauge("queue_late_seconds", "How long the longest waiting job has been due.", of)
    oldest = _gauge("queue_oldest_seconds", "Age of the oldest unfinished job, tries and pauses included.", of)
    for one in facts.queues:
        key = [one.table, one.kind]
        waiting.add_metric(key, one.waiting)
        due.add_metric(key, one.due)
        failing.add_metric(key, one.failing)
        parked.add_metric(key, one.parked)
        late.add_metric(key, one.late)
        oldest.add_metric(key, one.oldest)
    yield from (waiting, due, failing, parked, late, oldest)


def _mails(facts: Facts) -> Iterator[Metric]:
    mails = _gauge("mails", "Mails that are not sent, by what became of them.", ("state",))
    for state in ("waiting", "due", "failing", "given_up", "bounced"):
        mails.add_metric([state], getattr(facts.mails, state))
    yield mails


def _cases(at: datetime) -> Iterator[Metric]:
    cases = _gauge("cases", "Cases by municipality.", ("municipality", "state"))
    lately = _gauge("submissions_24h", "Cases that came in within the last 24 hours.", ("municipality",))
    for municipality, opened, closed, new in _counted(at):
        cases.add_metric([municipality, "open"], opened)
        cases.add_metric([municipality, "closed"], closed)
        lately.add_metric([municipality], new)
    yield from (cases, lately)
    throttled = CounterMetricFamily("anliegen_throttled", "Requests refused by a throttle.", labels=["throttle"])
    for name, count in memory.refusals().items():
        throttled.add_metric([name], count)
    yield throttled


def _counted(at: datetime) -> list[tuple[str, int, int, int]]:
    """(slug, open, closed, of the last 24 hours) for each municipality with cases. One query, kept for a minute."""
    found: list[tuple[str, int, int, int]] | None = memory.recall([_CASES]).get(_CASES)
    if found is None:
        closed = Q(state__in=[state.value for state in CLOSED])
        rows = Case.objects.real().values("municipality__slug").order_by("municipality__slug")
        found = list(
            rows.annotate(
                opened=Count("pk", filter=~closed),
                closed=Count("pk", filter=closed),
                new=Count("pk", filter=Q(submitted_at__gt=at - timedelta(days=1))),
            ).values_list("municipality__slug", "opened", "closed", "new")
        )
        memory.remember(_CASES, found, KEEP)
    return found


def _house(facts: Facts) -> Iterator[Metric]:
    beats = _gauge("beat_age_seconds", "Since the last sign of life; none where there never was one.", ("process",))
    for process in facts.beats:
        if (silence := facts.silence(process)) is not None:
            beats.add_metric([process.value], silence)
    yield beats
    free = _gauge("disk_free_bytes", "Free room on the file system of a folder.", ("folder",))
    total = _gauge("disk_total_bytes", "Size of the file system of a folder.", ("folder",))
    for disk in facts.disks:
        free.add_metric([disk.name], disk.free)
        total.add_metric([disk.name], disk.total)
    yield from (free, total)
    backup = facts.backup
    good = _gauge("backup_ok", "1 when the last nightly backup was good and is not late.")
    age = _gauge("backup_age_seconds", "Age of the last good nightly backup.")
    size = _gauge("backup_bytes", "Size of the last good nightly backup.")
    if backup.on:
        good.add_metric([], int(not backup.error and not backup.late(facts.at)))
        if backup.made_at:
            age.add_metric([], (facts.at - backup.made_at).total_seconds())
            size.add_metric([], backup.size)
    yield from (good, age, size)
    database = _gauge("database_bytes", "Size of the database.")
    database.add_metric([], database_size())
    yield database
    trouble = _gauge("trouble", "What the platform finds wrong itself: 0 ok, 1 warning, 2 failure.", ("key",))
    for finding in judge(facts):
        trouble.add_metric([finding.key], RANK[finding.level])
    yield trouble
    info = _gauge("info", "Which version runs on which database.", ("version", "commit", "database"))
    info.add_metric([version(), commit()[:12], connection.vendor], 1)
    yield info


def database_size() -> int:
    """Bytes of the database: its file and its log, or what PostgreSQL says."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        return sum(Path(name + end).stat().st_size for end in ("", "-wal") if Path(name + end).exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])

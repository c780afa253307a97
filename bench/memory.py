"""Whether processes grow: a web server over 100,000 requests of all kinds, a worker over 10,000 mails.

    DATABASE_URL=postgis://… python -m bench.memory [--requests 100000] [--deliveries 10000] [--json FILE]

The platform runs as the Procfile starts it. Memory (VmRSS) of each process is read a hundred times; growth is counted
from a fifth of the way on, when everything was asked for once, to the end: the median of the last ten readings beside
that of ten readings at a fifth. Exit code 1 if a process grows by more than MAY_GROW.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.client import Connection, Request
from bench.place import ROOT, Place, made
from bench.serving import Platform, memory, platform
from bench.sink import Sink, sink

MAY_GROW = 0.05
READINGS = 100
CLIENTS = 8
_DELIVERIES = """
INSERT INTO notifications_delivery (channel, recipient, role, purpose, language, address, sender, subject, text, html,
  headers, message_id, created_at, bounced, due_at, lease_owner, tries, error)
SELECT 'mail', 'account:' || n, 'account', 'update', 'de', 'person-' || n || '@bench.example', 'noreply@bench.example',
  'Es gibt Neues', repeat('Wir waren da. ', 60), '<p>' || repeat('Wir waren da. ', 60) || '</p>',
  '{"From": "Stadt <noreply@bench.example>"}', '<' || n || '@bench.example>', now(), false, now(), '', 0, ''
FROM generate_series(1, %s) n
"""


@dataclass(frozen=True)
class Sending(Place):
    """A place whose mails go to a relay."""

    relay: str = ""
    redis: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """With the relay, and the broker if there is one."""
        broker = {"REDIS_URL": self.redis} if self.redis else {}
        return {**super().environment, "SMTP_URL": self.relay, **broker}


@dataclass
class Curve:
    """Megabytes of one process, read at even distances."""

    name: str
    readings: list[float] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """From a fifth of the way to the end, as a part of what it was at a fifth."""
        at = max(1, len(self.readings) // 5)
        begin = statistics.median(self.readings[at : at + 10])
        return statistics.median(self.readings[-10:]) / begin - 1

    def line(self) -> str:
        """Ten readings and the growth."""
        step = max(1, len(self.readings) // 10)
        shown = " ".join(f"{one:.0f}" for one in [*self.readings[::step], self.readings[-1]])
        return f"{self.name:12} {shown} MB, growth {self.growth:+.1%}"


def requests() -> list[tuple[int, Callable[[], Request]]]:
    """What is asked for, and how often among all."""

    def page(*paths: str) -> Callable[[], Request]:
        return lambda: Request(random.choice(paths))

    def view() -> Request:
        west, south = random.gauss(8.23, 0.03), random.gauss(51.96, 0.02)
        size = random.choice((0.004, 0.02, 0.1))
        box = f"{west:.5f},{south:.5f},{west + size:.5f},{south + size:.5f}"
        return Request(f"/karte/daten.json?bbox={box}&zoom={random.choice((12, 14, 17))}")

    def create() -> Request:
        point = {"type": "Point", "coordinates": [random.gauss(8.23, 0.02), random.gauss(51.96, 0.015)]}
        body = {
            "client_key": str(uuid.uuid4()),
            "category": "papierkorb",
            "text": f"Der Papierkorb {random.randrange(10**9)} läuft über.",
            "point": point,
            "contact": {"email": f"{uuid.uuid4().hex}@bench.example"},
        }
        return Request("/api/v1/reports/", "POST", json.dumps(body).encode(), {"Content-Type": "application/json"})

    def wrong() -> Request:
        return Request("/api/v1/reports/", "POST", b'{"text": ""}', {"Content-Type": "application/json"})

    def nowhere() -> Request:
        return Request(f"/{uuid.uuid4().hex}/?{uuid.uuid4().hex}=1", headers={"User-Agent": uuid.uuid4().hex})

    def searched() -> Request:
        return Request(f"/karte/liste/?q={random.choice(('Laterne', 'Loch', 'Müll'))}{random.randrange(1000)}")

    return [
        (12, page("/", "/karte/", "/en/", "/en/karte/")),
        (8, page("/karte/liste/", "/meldungen/feed/", "/statistik/", "/datenschutz/")),
        (35, view),
        (10, page("/api/v1/categories/", "/api/v1/reports/?limit=10", "/api/v1/reports/?limit=100")),
        (8, searched),
        (5, page("/melden/offline/", "/verwaltung/", "/konto/login/", "/healthz")),
        (5, wrong),
        (10, nowhere),
        (7, create),
    ]


def _settled(running: Platform) -> list[int]:
    """The processes of the web server once no more are made: the first one answers before the last one is there."""
    before: list[int] = []
    while (pids := sorted(running.pids())) != before:
        before = pids
        time.sleep(3)
    return pids


def web(place: Place, wanted: int) -> tuple[list[Curve], Counter[int]]:
    """Curves of the processes of the web server, and how often each status was answered."""
    with platform(place, ("web",)) as running:
        pids = _settled(running)
        curves = [Curve(f"web {pid}") for pid in pids]
        statuses: Counter[int] = Counter()
        kinds = requests()
        weights, makes = [weight for weight, _make in kinds], [make for _weight, make in kinds]
        step = max(1, wanted // READINGS)
        lock, sent = threading.Lock(), 0

        def client() -> None:
            nonlocal sent
            connection = Connection(running.port)
            while True:
                with lock:
                    if sent >= wanted:
                        break
                    sent += 1
                    read = sent % step == 0
                (make,) = random.choices(makes, weights)
                status = connection.send(make())[0]
                with lock:
                    statuses[status] += 1
                    if read:
                        for curve, pid in zip(curves, pids, strict=True):
                            curve.readings.append(memory([pid]))
            connection.close()

        threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if sorted(running.pids()) != pids:
            raise RuntimeError("A process was replaced: its memory says nothing.")
        return curves, statuses


def worker(place: Place, wanted: int, relay: Sink) -> Curve:
    """The curve of a worker that sends so many mails. PostGIS alone: rows are made by the database."""
    parts = urlsplit(place.url)
    with psycopg.connect(urlunsplit(parts._replace(scheme="postgresql")), autocommit=True) as database:
        database.execute(_DELIVERIES, [wanted])
    curve = Curve("worker")
    with platform(place, ("web", "worker", "scheduler")) as running:
        before = -1
        while len(relay.seen) < wanted:
            if (have := len(relay.seen) * READINGS // wanted) != before:
                before = have
                curve.readings.append(memory(running.pids("worker")))
            running.check()
            time.sleep(0.05)
    return curve


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit code whether something grew."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--requests", type=int, default=100_000)
    asked.add_argument("--deliveries", type=int, default=10_000)
    asked.add_argument("--reports", type=int, default=20_000, help="reports that are there before")
    asked.add_argument("--json", type=Path)
    wanted = asked.parse_args(words)
    with made(keep=False) as place, sink() as relay:
        data = [sys.executable, "-m", "bench.data", "--reports", str(wanted.reports)]
        subprocess.run(data, cwd=ROOT, env=place.environment, check=True, stdout=subprocess.DEVNULL)
        curves, statuses = web(place, wanted.requests) if wanted.requests else ([], Counter())
        if statuses:
            print(f"web: answers {dict(sorted(statuses.items()))}", flush=True)
        if wanted.deliveries and place.url:
            sending = Sending(place.folder, place.url, place.debug, relay.url)
            curves.append(worker(sending, wanted.deliveries, relay))
            doubled = sum(count - 1 for count in relay.seen.values())
            print(f"worker: {len(relay.seen)} mails, {doubled} of them twice", flush=True)
    for curve in curves:
        print(curve.line())
    if wanted.json:
        wanted.json.write_text(json.dumps([{**asdict(curve), "growth": curve.growth} for curve in curves]))
    return int(any(curve.growth > MAY_GROW for curve in curves) or any(status >= 500 for status in statuses))


if __name__ == "__main__":
    sys.exit(main())

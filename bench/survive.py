"""Reports come in while web and worker are killed with -9 at random: is one lost, doubled, or its mail missing?

    DATABASE_URL=postgis://… [REDIS_URL=redis://…] python -m bench.survive [--kills 40] [--clients 8]

Web (gunicorn's master or one of its processes, at random), worker and scheduler run as the Procfile starts them; one of
them is killed after every few reports and started again at once. Clients send each report until it is acknowledged,
always with the same key, and some of those once more. In the end: every acknowledged report is there exactly once,
under its number and key; all jobs are done; each report has its mail, handed to the relay. A mail may be handed over
twice where a worker was killed between the relay's OK and noting it, so at most once for each thread of each killed
worker. Exit code 1 if any of that is not so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.client import Connection, Request
from bench.memory import Sending
from bench.place import ROOT, Place, made
from bench.serving import Platform, platform, start
from bench.sink import Sink, sink

WORKER_THREADS = 2
BETWEEN = (1, 40)
"""Reports between two kills."""
PATIENCE = 120.0
SETTLE = 300.0


@dataclass
class Story:
    """What was sent and what was answered."""

    numbers: dict[str, str] = field(default_factory=dict)
    """Key → number that was acknowledged."""
    wrong: list[str] = field(default_factory=list)
    unanswered: int = 0
    kills: dict[str, int] = field(default_factory=lambda: {"web": 0, "web process": 0, "worker": 0, "scheduler": 0})
    lock: threading.Lock = field(default_factory=threading.Lock)


def _request(key: str) -> Request:
    body = {
        "client_key": key,
        "category": "papierkorb",
        "text": f"Der Papierkorb läuft über ({key[:8]}).",
        "point": {"type": "Point", "coordinates": [random.gauss(8.23, 0.02), random.gauss(51.96, 0.015)]},
        "contact": {"email": f"{key}@bench.example"},
    }
    return Request("/api/v1/reports/", "POST", json.dumps(body).encode(), {"Content-Type": "application/json"})


def _client(port: int, story: Story, over: threading.Event) -> None:
    """Send one report after the other, each until it is acknowledged."""
    connection = Connection(port, 20)
    while not over.is_set():
        key = str(uuid.uuid4())
        request = _request(key)
        times = 1 + (random.random() < 0.2)
        while times and not (over.is_set() and key not in story.numbers):
            try:
                status, _length, answer = connection.send(request)
            except (OSError, ValueError):
                connection.close()
                with story.lock:
                    story.unanswered += 1
                time.sleep(0.2)
                continue
            if status in {502, 503}:
                time.sleep(0.2)
                continue
            with story.lock:
                if status not in {200, 201}:
                    story.wrong.append(f"answered {status}: {answer[:200]!r}")
                    return
                number = json.loads(answer)["number"]
                if story.numbers.setdefault(key, number) != number:
                    story.wrong.append(f"{key} is {story.numbers[key]} and {number}")
            times -= 1
    connection.close()


def _await(story: Story, reports: int) -> None:
    """Until so many more reports were acknowledged; RuntimeError if that takes too long."""
    goal, ends = len(story.numbers) + reports, time.monotonic() + PATIENCE
    while len(story.numbers) < goal:
        if time.monotonic() > ends:
            raise RuntimeError(f"No answer for {PATIENCE:.0f} s: the platform does not come back.")
        time.sleep(0.01)


def _kill(running: Platform, place: Place, story: Story) -> None:
    """Kill one of the processes and start it again, as the supervisor does."""
    what = random.choices(list(story.kills), (2, 4, 4, 1))[0]
    name = what.split()[0]
    process = running.processes[name]
    story.kills[what] += 1
    if what == "web process":
        children = process.pids()[1:]
        with suppress(ProcessLookupError, IndexError):
            os.kill(random.choice(children), signal.SIGKILL)
        return
    with suppress(ProcessLookupError):
        os.killpg(process.popen.pid, signal.SIGKILL)
    process.popen.wait()
    environment = {**place.environment, "PORT": str(running.port)}
    running.processes[name] = start(name, ["deploy/run", name], environment, place.folder)


def _verify(place: Place, story: Story, relay: Sink) -> None:
    """Compare the tables and the relay with what was acknowledged."""
    parts = urlsplit(place.url)
    with psycopg.connect(urlunsplit(parts._replace(scheme="postgresql")), autocommit=True) as database:

        def count(sql: str) -> int:
            row = database.execute(sql).fetchone()  # type: ignore[arg-type]
            return int(row[0]) if row else 0

        ends = time.monotonic() + SETTLE
        left = -1
        while time.monotonic() < ends and left:
            left = count("SELECT count(*) FROM outbox_job WHERE done_at IS NULL")
            left += count("SELECT count(*) FROM notifications_delivery WHERE done_at IS NULL")
            time.sleep(0.5)
        rows = dict(database.execute("SELECT client_key::text, number FROM cases_case").fetchall())
        mails = [row[0] for row in database.execute("SELECT message_id FROM notifications_delivery").fetchall()]
        checks = {
            "rows of a key twice": count("SELECT count(*) - count(DISTINCT client_key) FROM cases_case"),
            "acknowledged and not there": sum(rows.get(key) != number for key, number in story.numbers.items()),
            "there and never acknowledged": len(rows.keys() - story.numbers.keys()),
            "without words": count(
                "SELECT count(*) FROM cases_case c LEFT JOIN reports_report r ON r.case_id = c.id WHERE r.id IS NULL"
            ),
            "not begun once": count(
                "SELECT count(*) FROM (SELECT c.id FROM cases_case c LEFT JOIN cases_entry e ON e.case_id = c.id"
                " GROUP BY c.id HAVING count(e.id) <> 1) one"
            ),
            "without a mail to the reporter": count(
                "SELECT count(*) FROM cases_case c WHERE NOT EXISTS (SELECT 1 FROM notifications_delivery d"
                " WHERE d.case_id = c.id AND d.recipient = 'reporter' AND d.sent_at IS NOT NULL)"
            ),
            "jobs and mails not done": left,
            "mails noted and not handed over": sum(not relay.seen[one] for one in mails),
        }
    story.wrong += [f"{number} {what}" for what, number in checks.items() if number and what[0] != "t"]
    doubled = sum(times - 1 for times in relay.seen.values())
    if doubled > story.kills["worker"] * WORKER_THREADS:
        story.wrong.append(f"{doubled} mails handed over twice")
    print(f"{len(story.numbers)} reports acknowledged, {story.unanswered} answers lost on the way")
    print(f"killed: {story.kills}; mails: {len(relay.seen)}, {doubled} of them handed over twice")
    print(f"sent when all was over and answered by nobody: {checks['there and never acknowledged']}")


def main(words: Sequence[str] | None = None) -> int:
    """Run, verify, print; 1 if anything is not as it must be."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=40)
    asked.add_argument("--clients", type=int, default=8)
    wanted = asked.parse_args(words)
    if not os.environ.get("DATABASE_URL"):
        asked.error("DATABASE_URL must name a database of PostGIS.")
    story, over = Story(), threading.Event()
    with made(keep=False) as found, sink() as relay:
        place = Sending(found.folder, found.url, found.debug, relay.url, os.environ.get("REDIS_URL", ""))
        town = "import django; django.setup(); from bench import town; town.make()"
        subprocess.run([sys.executable, "-c", town], cwd=ROOT, env=place.environment, check=True)
        with platform(place) as running:
            clients = [
                threading.Thread(target=_client, args=(running.port, story, over)) for _ in range(wanted.clients)
            ]
            for client in clients:
                client.start()
            try:
                for _ in range(wanted.kills):
                    _await(story, random.randint(*BETWEEN))
                    _kill(running, place, story)
                _await(story, max(BETWEEN))
            finally:
                over.set()
                for client in clients:
                    client.join()
            _verify(place, story, relay)
    for one in story.wrong:
        print(f"WRONG: {one}")
    return int(bool(story.wrong) or not story.numbers)


if __name__ == "__main__":
    sys.exit(main())

"""5,000 reports by eight threads beside a running worker: none lost, no lock error (SpatiaLite's weak spot).

Two processes of four threads and a worker, as the Procfile starts them: what SQLite's users meet are locks between
processes.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from cases.models import Case
from outbox.models import Job

PART = Path(__file__).with_name("writing.py")
PROCESSES, THREADS = 2, 4
REPORTS = {"sqlite": 5000, "postgresql": 400}
"""SpatiaLite has one writer at a time, so it has to prove itself; PostgreSQL only that nothing is lost."""


@contextmanager
def process(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A process on the test's database that has begun."""
    root = PART.parents[2]
    running = subprocess.Popen(
        [sys.executable, str(PART), *arguments],
        env={
            **os.environ,
            "DATABASE_NAME": str(connection.settings_dict["NAME"]),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PYTHONPATH": str(root),
        },
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        yield running
    finally:
        running.kill()
        running.communicate()


def result_of(running: "subprocess.Popen[str]") -> dict[str, object]:
    """What a process says at its end."""
    out, _ = running.communicate(input="")
    assert running.returncode == 0
    return dict(json.loads(out))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_threads_write_beside_a_worker(town):
    body = {
        "municipality": town.municipality.slug,
        "category": "schlagloch",
        "point": {"type": "Point", "coordinates": [town.middle.x, town.middle.y]},
        "text": "Loch",
    }
    reports = REPORTS[connection.vendor]
    writing = ("write", str(THREADS), str(reports // PROCESSES), json.dumps(body))
    with process("work") as worker, process(*writing) as one, process(*writing) as other:
        for writer in (one, other):
            assert result_of(writer) == {"failures": []}
        assert worker.poll() is None, "the worker ended"
        jobs = result_of(worker)["jobs"]
    assert isinstance(jobs, int)
    assert jobs > reports / 10, "it wrote beside them"
    assert Case.objects.count() == reports
    assert len(set(Case.objects.values_list("number", flat=True))) == reports
    assert not Job.objects.exclude(error="").exists()

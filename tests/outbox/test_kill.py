"""kill -9 at random moments: nothing is lost, nothing happens twice, and the next worker goes on at once."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from outbox.models import Event, Job

WORKER = Path(__file__).with_name("kill_worker.py")
JOBS = 200
KILLS = 5


def _database() -> dict[str, object]:
    """The test database for a process without geometry columns (and so without GDAL)."""
    engine = connection.settings_dict["ENGINE"]
    plain = {"spatialite": "django.db.backends.sqlite3", "postgis": "django.db.backends.postgresql"}
    kept = {key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    return {**kept, "NAME": str(kept["NAME"]), "ENGINE": plain[engine.rpartition(".")[2]]}


@contextmanager
def _worker(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A drain in a process of its own that has begun to work."""
    root = WORKER.parents[2]
    worker = subprocess.Popen(
        [sys.executable, str(WORKER), *arguments],
        env={**os.environ, "DATABASE": json.dumps(_database()), "PYTHONPATH": str(root)},
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        yield worker
    finally:
        worker.kill()
        worker.communicate()


def _effects_after_kills(*arguments: str) -> Counter[int]:
    """Kills one worker after the other, lets the last one finish, and counts the effects of each job."""
    event = Event.objects.create(name="lamp.broken")
    Job.objects.bulk_create([Job(event=event, consumer=f"c{number}") for number in range(JOBS)])
    interrupted = 0
    for _ in range(KILLS):
        with _worker(*arguments):
            time.sleep(random.uniform(0.02, 0.15))
        interrupted += Job.objects.exclude(lease_owner="").exists()
    assert interrupted, "no kill fell into a batch"
    assert Job.objects.filter(done_at=None).exists(), "there was nothing left to recover"

    with _worker(*arguments) as last:
        out, _ = last.communicate(timeout=15)
    assert json.loads(out)["failed"] == 0
    assert not Job.objects.filter(done_at=None).exists()
    effects = Event.objects.filter(name="effect").values_list("payload", flat=True)
    return Counter(payload["job"] for payload in effects)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_atomic_handlers_take_effect_exactly_once_however_often_the_worker_is_killed():
    effects = _effects_after_kills("atomic")
    assert len(effects) == JOBS
    assert set(effects.values()) == {1}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_other_handlers_lose_nothing_and_repeat_only_what_was_in_hand():
    effects = _effects_after_kills()
    assert len(effects) == JOBS
    assert effects.total() - JOBS <= KILLS

"""kill -9 while a deed is done to many cases: none is left out, none is done twice."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from cases.models import Entry
from cases.policy import Deed
from moderation.bulk.services import choose, start
from moderation.models import BulkItem, Outcome
from moderation.tasks import drain_bulks

WORKER = Path(__file__).with_name("bulk_worker.py")
CASES = 40
KILLS = 3
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def _worker() -> subprocess.Popen[str]:
    """A worker of its own on the test database; returns once it begins."""
    kept = {key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    root = WORKER.parents[2]
    worker = subprocess.Popen(
        [sys.executable, str(WORKER)],
        env={
            **os.environ,
            "DATABASE": json.dumps({**kept, "NAME": str(kept["NAME"])}),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PYTHONPATH": str(root),
        },
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def _wait_for(done: int) -> None:
    """Until that many cases are noted as done."""
    until = time.monotonic() + 60
    while BulkItem.objects.filter(outcome=Outcome.DONE.value).count() < done and time.monotonic() < until:
        time.sleep(0.02)


def test_each_case_is_done_once_however_often_the_worker_is_killed(town, make_report):
    cases = [make_report(f"Loch {number}") for number in range(CASES)]
    now = timezone.now()
    bulk = choose(
        user=town.manager,
        deed="nachricht",
        marked=[f"{case.pk}-{case.version}" for case in cases],
        everything=False,
        query="liste=alle",
        at=now,
    )
    bulk.data = {"text": "Vielen Dank."}
    bulk.save()
    start(bulk=bulk, user=town.manager, without=[], at=now, task=drain_bulks)
    for turn in range(1, KILLS + 1):
        worker = _worker()
        _wait_for(turn * CASES // (KILLS + 2))
        worker.kill()
        worker.communicate()
    assert BulkItem.objects.filter(done_at=None).exists(), "the worker was too quick to be interrupted"
    last = _worker()
    out, _ = last.communicate(timeout=120)
    result = json.loads(out.splitlines()[-1])
    assert (result["failed"], result["parked"]) == (0, 0)
    assert set(bulk.items.values_list("outcome", flat=True)) == {Outcome.DONE.value}
    told = Entry.objects.filter(deed=Deed.MESSAGE.value).order_by("case").values_list("case", flat=True)
    assert list(told) == [case.pk for case in cases]

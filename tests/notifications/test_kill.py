"""kill -9 while mails are due: none is missing, and one comes twice only if the kill fell between OK and note."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from notifications.models import Delivery, new_message_id
from notifications.policy import Purpose, Role

WORKER = Path(__file__).with_name("kill_worker.py")
MAILS = 500
KILLS = 4
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def _start() -> subprocess.Popen[str]:
    """A worker of its own on the test database; returns once it begins to send."""
    kept = {key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    root = WORKER.parents[2]
    worker = subprocess.Popen(
        [sys.executable, str(WORKER)],
        env={
            **os.environ,
            "DATABASE": json.dumps({**kept, "NAME": str(kept["NAME"])}),
            "SMTP_URL": settings.RELAY_URL,
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


def _due(number: int) -> set[str]:
    """Makes deliveries that are due; returns their Message-IDs."""
    rows = [
        Delivery(
            recipient=f"account:{index}",
            role=Role.ACCOUNT.value,
            purpose=Purpose.UPDATE.value,
            language="de",
            address=f"person-{index}@example.org",
            sender="melder@harsewinkel.example",
            subject="Es gibt Neues",
            text="Wir waren da.\n",
            html="<p>Wir waren da.</p>\n",
            headers={"From": "Stadt Harsewinkel <melder@harsewinkel.example>"},
            message_id=new_message_id("harsewinkel.example"),
            due_at=timezone.now(),
        )
        for index in range(number)
    ]
    Delivery.objects.bulk_create(rows)
    return {row.message_id for row in rows}


def _finish() -> None:
    worker = _start()
    out, _ = worker.communicate(timeout=60)
    assert worker.returncode == 0
    result = json.loads(out.splitlines()[-1])
    assert (result["failed"], result["parked"]) == (0, 0)
    assert Delivery.objects.filter(sent_at=None).count() == 0


def _arrived(sink) -> Counter[str]:
    return Counter(str(mail["Message-ID"]) for mail in sink.mails)


def test_five_hundred_mails_survive_a_worker_that_is_killed_again_and_again(sink):
    due = _due(MAILS)
    interrupted = 0
    for _ in range(KILLS):
        worker = _start()
        time.sleep(random.uniform(0.05, 0.4))
        worker.kill()
        worker.communicate()
        interrupted += Delivery.objects.exclude(lease_owner="").exists()
    assert Delivery.objects.filter(sent_at=None).exists(), "the worker was too quick to be interrupted"
    assert interrupted, "no kill fell into a batch"
    _finish()
    arrived = _arrived(sink)
    assert set(arrived) == due, "none is missing, and none has a new Message-ID"
    twice = [key for key, times in arrived.items() if times > 1]
    assert len(twice) <= KILLS
    assert arrived.total() <= MAILS + KILLS


def test_a_kill_between_the_servers_ok_and_our_note_repeats_that_mail_alone(sink):
    due = _due(12)
    workers: list[subprocess.Popen[str]] = []
    killed: list[str] = []

    def kill_at_the_fifth(message) -> None:
        if len(sink.mails) == 5 and not killed:
            killed.append(str(message["Message-ID"]))
            workers[0].kill()
            workers[0].wait()

    sink.on_mail = kill_at_the_fifth
    workers.append(_start())
    workers[0].communicate()
    assert killed
    _finish()
    arrived = _arrived(sink)
    assert set(arrived) == due
    assert {key for key, times in arrived.items() if times > 1} == set(killed)
    assert arrived[killed[0]] == 2

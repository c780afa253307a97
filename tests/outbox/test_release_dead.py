import subprocess
import sys
import time

import pytest
from django.utils import timezone

import outbox
from outbox import process
from outbox.leases import claim
from outbox.models import Event, Job

SLEEP = [sys.executable, "-c", "import sys; print(1, flush=True); sys.stdin.read()"]


@pytest.fixture
def other():
    """A live process of this machine and the name it has for leases."""
    child = subprocess.Popen(SLEEP, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    yield child, f"{process.machine()}:{child.pid}:{process._start_of(child.pid)}"
    child.kill()
    child.communicate()


def test_we_are_alive():
    assert not process.is_dead(process.name())


def test_a_killed_process_is_dead_even_before_its_parent_notices(other):
    child, name = other
    assert not process.is_dead(name)
    child.kill()
    while process._start_of(child.pid) != "dead":  # a zombie
        time.sleep(0.01)
    assert process.is_dead(name)
    child.wait()
    assert process.is_dead(name)


def test_a_later_process_with_the_same_id_is_another_one(other):
    _, name = other
    assert process.is_dead(name.rpartition(":")[0] + ":1")


@pytest.mark.parametrize("name", ["elsewhere:1:1", "", "nonsense", "a:b:c"])
def test_strange_owners_are_left_to_their_time_out(name):
    assert not process.is_dead(name)


def test_without_proc_the_id_alone_decides(other, monkeypatch):
    child, name = other
    monkeypatch.setattr(process, "_start_of", lambda pid: "")
    assert not process.is_dead(name)
    child.kill()
    child.wait()
    assert process.is_dead(name)


@pytest.mark.django_db
def test_only_the_leases_of_dead_processes_are_freed(other):
    child, name = other
    event = Event.objects.create(name="lamp.broken")
    for consumer in "abcd":
        Job.objects.create(event=event, consumer=consumer)
    owners = [f"{name}/1", f"{process.name()}/2", "elsewhere:1:1/3"]
    for owner in owners:
        claim(Job, owner=owner, batch=1, at=timezone.now())
    assert outbox.release_dead() == 0
    child.kill()
    child.wait()
    assert outbox.release_dead() == 1
    assert set(Job.objects.values_list("lease_owner", flat=True)) == {"", *owners[1:]}
    assert claim(Job, owner="next", batch=9, at=timezone.now())[0].consumer == "a"

"""What operators see of the queues: length, age, failures, what was given up; and what they may do about it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

import outbox
from outbox.leases import give_up, hurry, retry
from outbox.models import Job
from outbox.registry import GiveUp
from outbox.work import queues, run_jobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def jobs(listen, rings):
    """One done, one given up, one that fails and waits, one that has been due for ten minutes."""
    now = timezone.now()
    listener = listen()

    def emit(at=now):
        with transaction.atomic():
            outbox.emit("lamp.broken", at=at, case=7)

    emit()
    run_jobs()
    listener.failure = GiveUp("never")
    emit()
    run_jobs()
    listener.failure = RuntimeError("not now")
    emit(now - timedelta(hours=2))
    run_jobs()
    emit(now - timedelta(minutes=10))
    Job.objects.filter(done_at=None, tries=0).update(due_at=now - timedelta(minutes=10))
    return now


def line(at):
    return next(one for one in queues(at=at) if one.kind == "listener")


def test_counts_and_ages(jobs):
    found = line(jobs + timedelta(seconds=1))
    assert (found.table, found.waiting, found.due, found.failing, found.parked) == ("outbox.Job", 2, 1, 1, 1)
    assert 600 <= found.late < 660
    assert 7200 <= found.oldest < 7260


def test_two_queries_a_table_however_much_there_is(jobs, django_assert_num_queries):
    with django_assert_num_queries(2 * len({one.table for one in queues()})):
        queues()


def test_resend_and_give_up(jobs):
    assert hurry(Job.objects.all()) == 1
    assert line(timezone.now() + timedelta(seconds=1)).due == 2
    assert retry(Job.objects.all()) == 1
    assert line(jobs).parked == 0
    assert give_up(Job.objects.all()) == 3
    assert not [one for one in queues() if one.waiting or one.parked]
    assert Job.objects.exclude(failed_at=None).count() == 3


def test_what_a_worker_holds_is_left_to_it(jobs):
    Job.objects.update(leased_until=timezone.now() + timedelta(minutes=5))
    assert give_up(Job.objects.all()) == 0
    assert hurry(Job.objects.all()) == 0

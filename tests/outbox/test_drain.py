import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

import outbox
from outbox import leases
from outbox.leases import TRIES, claim, drain, pause_after
from outbox.models import Event, Job
from outbox.work import run_jobs


def make_jobs(count: int = 1) -> list[Job]:
    with transaction.atomic():
        event = Event.objects.create(name="lamp.broken", payload={"case": 1})
        return [Job.objects.create(event=event, consumer=f"c{number}") for number in range(count)]


@pytest.mark.django_db
def test_what_is_due_is_done_once_and_noted(listen, rings):
    listener = listen()
    outbox.emit("lamp.broken", case=7)
    assert run_jobs().done == 1
    assert run_jobs().done == 0
    job = Job.objects.get()
    assert listener.seen == [{"case": 7}]
    assert (job.tries, job.error, job.lease_owner, job.leased_until) == (1, "", "", None)
    assert job.done_at is not None


@pytest.mark.django_db
def test_what_is_not_due_yet_waits(listen, rings):
    listener = listen()
    outbox.emit("lamp.broken", case=7)
    Job.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert run_jobs().handled == 0
    assert run_jobs(at=timezone.now() + timedelta(hours=2)).done == 1
    assert len(listener.seen) == 1


@pytest.mark.django_db
def test_a_failure_is_tried_again_after_growing_pauses_and_parked_in_the_end(listen, rings):
    listener = listen()
    listener.failure = KeyError("anna@example.org")
    outbox.emit("lamp.broken", case=7)
    now = timezone.now()
    for tries in range(1, TRIES):
        assert run_jobs(at=now).failed == 1
        job = Job.objects.get()
        assert job.tries == tries
        assert pause_after(tries) <= job.due_at - now < pause_after(tries) + timedelta(seconds=5)
        now = job.due_at
    assert run_jobs(at=now).parked == 1
    assert run_jobs(at=now + timedelta(days=30)).handled == 0
    assert list(Job.objects.all().parked()) == [job]
    listener.failure = None
    assert outbox.retry(Job.objects.all()) == 1
    assert run_jobs().done == 1


def test_the_pauses_grow_to_six_hours_and_last_over_a_weekend():
    pauses = [pause_after(tries) for tries in range(1, TRIES)]
    assert [pause.total_seconds() for pause in pauses[:3]] == [10, 40, 160]
    assert max(pauses) == timedelta(hours=6)
    assert sum(pauses, timedelta()) > timedelta(days=2.5)


@pytest.mark.django_db
def test_the_error_names_kind_and_place_but_never_the_message(listen, rings):
    listen().failure = KeyError("anna@example.org")
    outbox.emit("lamp.broken", case=7)
    run_jobs()
    error = Job.objects.get().error
    assert error.startswith("KeyError (conftest.py:")
    assert "anna" not in error


@pytest.mark.django_db
def test_a_handler_may_give_up_or_say_when_to_come_again(listen, rings):
    due_at = timezone.now() + timedelta(days=1)
    listen("never").failure = outbox.GiveUp("Mailbox unknown (550)")
    listen("tomorrow").failure = outbox.Later("Busy (429)", due_at=due_at)
    outbox.emit("lamp.broken", case=7)
    run_jobs()
    never, tomorrow = Job.objects.order_by("consumer")
    assert never.failed_at is not None
    assert never.error == "Mailbox unknown (550)"
    assert (tomorrow.failed_at, tomorrow.due_at, tomorrow.error) == (None, due_at, "Busy (429)")


@pytest.mark.django_db(transaction=True)
def test_an_atomic_handler_that_fails_leaves_no_trace():
    make_jobs()

    def handle(job: Job) -> None:
        Event.objects.create(name="half.done")
        raise KeyError

    assert drain(Job, handle, atomic=True).failed == 1
    assert not Event.objects.filter(name="half.done").exists()


@pytest.mark.django_db(transaction=True)
def test_an_atomic_handler_that_lost_its_lease_leaves_no_trace():
    make_jobs()

    def handle(job: Job) -> None:
        Event.objects.create(name="too.late")
        Job.objects.filter(pk=job.pk).update(lease_owner="somebody else")

    assert drain(Job, handle, atomic=True).handled == 0
    assert not Event.objects.filter(name="too.late").exists()
    assert Job.objects.get().done_at is None


@pytest.mark.django_db
def test_an_item_whose_lease_ran_out_meanwhile_is_not_begun():
    first, second = make_jobs(2)
    begun = []

    def handle(job: Job) -> None:
        begun.append(job.pk)
        Job.objects.filter(pk=second.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
        Job.objects.filter(pk=second.pk).update(due_at=timezone.now() + timedelta(hours=1))

    assert drain(Job, handle).done == 1
    assert begun == [first.pk]


@pytest.mark.django_db
def test_two_runs_never_hold_the_same_row_and_a_lease_ends():
    jobs = make_jobs(3)
    now = timezone.now()
    assert claim(Job, owner="a", batch=2, at=now) == jobs[:2]
    assert claim(Job, owner="b", batch=2, at=now) == jobs[2:]
    assert claim(Job, owner="c", batch=2, at=now) == []
    assert len(claim(Job, owner="c", batch=5, at=now + leases.LEASE)) == 3


@pytest.mark.django_db
def test_an_item_that_never_came_to_an_end_is_parked_and_not_begun_again(listen, rings):
    listener = listen()
    outbox.emit("lamp.broken", case=7)
    Job.objects.update(tries=TRIES)
    assert run_jobs().parked == 1
    assert listener.seen == []
    assert "without a result" in Job.objects.get().error


@pytest.mark.django_db
def test_a_run_ends_when_its_time_is_up_and_frees_the_rest():
    make_jobs(3)
    result = drain(Job, lambda job: None, seconds=0)
    assert (result.done, result.more) == (1, True)
    assert Job.objects.exclude(lease_owner="").count() == 0


@pytest.mark.django_db
def test_an_interrupt_frees_what_was_not_begun():
    make_jobs(3)

    def handle(job: Job) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drain(Job, handle)
    assert Job.objects.exclude(lease_owner="").count() == 0


@pytest.mark.django_db
def test_a_handler_may_store_columns_with_its_result():
    make_jobs()
    drain(Job, lambda job: {"consumer": "renamed"})
    assert Job.objects.get().consumer == "renamed"


@pytest.mark.django_db(transaction=True)
def test_a_result_is_noted_though_the_connection_was_lost(monkeypatch):
    make_jobs()
    monkeypatch.setattr(leases, "_NOTE_PAUSES", (0.01, 0.01))
    note, lost = leases._Holder.note, iter([True])

    def flaky(self, row, **values):
        if next(lost, False):
            raise OperationalError("server closed the connection")
        note(self, row, **values)

    monkeypatch.setattr(leases._Holder, "note", flaky)
    calls = []
    assert drain(Job, lambda job: calls.append(job.pk)).done == 1
    assert len(calls) == 1
    assert Job.objects.get().done_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_run_inside_a_transaction_is_refused():
    make_jobs()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        drain(Job, lambda job: None)


@pytest.mark.django_db(transaction=True)
def test_four_runs_at_once_do_each_item_once():
    make_jobs(60)
    done: Counter[int] = Counter()
    errors: list[Exception] = []

    def handle(job: Job) -> None:
        Event.objects.create(name="effect", payload={"job": job.pk})
        done[job.pk] += 1

    def run() -> None:
        try:
            drain(Job, handle, batch=3, atomic=True)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(done) == 60
    assert set(done.values()) == {1}
    assert Event.objects.filter(name="effect").count() == 60

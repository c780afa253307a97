from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

import outbox
from outbox import tasks
from outbox.models import Event, Job
from outbox.registry import CONSUMERS, TABLES, Consumer
from outbox.work import KEEP, KEEP_PARKED, prune, run_jobs

pytestmark = pytest.mark.django_db


def test_run_all_does_what_follows_from_what_it_does(listen, rings, monkeypatch):
    listener = listen()

    def pass_on(event: Event) -> None:
        outbox.emit("lamp.broken", **event.payload)

    monkeypatch.setitem(CONSUMERS, "passer", Consumer("passer", frozenset({"pole.hit"}), pass_on))
    outbox.emit("pole.hit", case=7)
    assert outbox.run_all()["outbox.Job"].done == 2
    assert listener.seen == [{"case": 7}]


def test_run_all_can_run_ahead_of_the_clock_and_never_behind_it(listen, rings):
    listener = listen()
    outbox.emit("lamp.broken", case=7)
    outbox.run_all(at=timezone.now() - timedelta(days=1))
    assert len(listener.seen) == 1
    outbox.emit("lamp.broken", case=8)
    Job.objects.filter(done_at=None).update(due_at=timezone.now() + timedelta(days=2))
    outbox.run_all(at=timezone.now() + timedelta(days=3))
    assert len(listener.seen) == 2


def test_a_job_whose_consumer_is_unknown_is_kept_for_a_release_that_knows_it(listen, rings, monkeypatch):
    listen("new")
    outbox.emit("lamp.broken", case=7)
    monkeypatch.delitem(CONSUMERS, "new")
    assert run_jobs().failed == 1
    assert Job.objects.get().error == "No consumer is registered as new."


def test_a_slow_consumer_does_not_hold_a_transaction(listen, rings):
    listener = listen(atomic=False)
    outbox.emit("lamp.broken", case=7)
    assert run_jobs().done == 1
    assert listener.seen == [{"case": 7}]


def test_old_events_go_when_all_their_jobs_are_done_for_as_long(listen, rings):
    now = timezone.now()
    old = now - KEEP - timedelta(days=1)
    listen()
    events = {name: outbox.emit("lamp.broken", at=old, case=1) for name in ("done", "waiting", "parked", "done lately")}
    unheard = outbox.emit("nobody.listens", at=old)
    young = outbox.emit("nobody.listens")
    events["done"].jobs.update(done_at=old)
    events["parked"].jobs.update(failed_at=old)
    events["done lately"].jobs.update(done_at=now)
    assert prune(at=now) == 2
    assert set(Event.objects.all()) == {events["waiting"], events["parked"], events["done lately"], young}
    assert not Event.objects.filter(pk__in=[events["done"].pk, unheard.pk]).exists()


def test_a_parked_job_goes_when_nobody_looked_for_three_months(listen, rings, caplog):
    now = timezone.now()
    listen()
    event = outbox.emit("lamp.broken", at=now - KEEP_PARKED - timedelta(days=1), case=1)
    event.jobs.update(failed_at=now - KEEP_PARKED, error="NetError (http.py:12)")
    assert prune(at=now) == 0
    assert prune(at=now + timedelta(seconds=1)) == 1
    assert not Job.objects.exists()
    assert "parked_job_deleted" in caplog.text


def test_the_backlog_counts_what_waits_what_is_late_and_what_is_parked(listen, rings):
    listen()
    for _ in range(3):
        outbox.emit("lamp.broken", case=1)
    first, second, _ = Job.objects.order_by("pk")
    Job.objects.filter(pk=first.pk).update(failed_at=timezone.now())
    Job.objects.filter(pk=second.pk).update(due_at=timezone.now() - timedelta(hours=1))
    assert outbox.backlog()["outbox.Job"] == {"waiting": 2, "late": 1, "parked": 1}


def test_the_command_drains_prints_counts_and_can_revive_what_is_parked(listen, rings):
    listen().failure = outbox.GiveUp("No.")
    outbox.emit("lamp.broken", case=7)
    out = StringIO()
    call_command("outbox_drain", stdout=out)
    assert "outbox.Job: 0 done, 0 failed, 1 parked now; 0 waiting, 1 parked in all" in out.getvalue()
    listener = listen()
    call_command("outbox_drain", "--retry-parked", stdout=out)
    assert listener.seen == [{"case": 7}]


def test_the_task_works_for_some_seconds_and_rings_for_its_successor(listen, rings, monkeypatch):
    listen()
    outbox.emit("lamp.broken", case=7)
    outbox.emit("lamp.broken", case=8)
    monkeypatch.setattr(tasks, "RUN_SECONDS", 0)
    tasks.drain_jobs()
    assert rings == ["drain_jobs"]
    monkeypatch.setattr(tasks, "RUN_SECONDS", 60)
    tasks.drain_jobs()
    assert rings == ["drain_jobs"]
    assert not Job.objects.all().unfinished().exists()


def test_the_sweep_rings_only_for_tables_with_due_rows(listen, rings, monkeypatch):
    monkeypatch.setattr("outbox.registry.TABLES", TABLES)
    tasks.sweep()
    assert rings == []
    listen()
    outbox.emit("lamp.broken", case=7)
    tasks.sweep()
    assert rings == ["drain_jobs"]


def test_a_worker_begins_with_a_sweep(rings):
    tasks.sweep_at_start()
    assert rings == ["sweep"]


def test_the_schedule_names_registered_tasks():
    schedule = tasks.beat_schedule()
    assert {entry["task"] for entry in schedule.values()} == {"outbox.tasks.sweep", "outbox.tasks.prune"}
    assert schedule["outbox.tasks.sweep"]["schedule"] == 5.0


def test_the_monthly_broom_is_a_task_too():
    Event.objects.create(name="old", at=timezone.now() - timedelta(days=60))
    tasks.prune()
    assert not Event.objects.exists()

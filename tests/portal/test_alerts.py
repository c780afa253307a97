"""The operator is told once that something is wrong, once that it is over, and never twice by a restart."""

import json
import sys
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest
from django.utils import timezone

from notifications.models import Delivery
from notifications.services import write
from portal.models import Beat, Trouble
from portal.watch import alerts, beats, facts
from portal.watch.facts import Disk
from portal.watch.policy import Process
from portal.watch.pulse import Pulse
from tests.portal.watching import alive, mail_to

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()


def after(**time) -> datetime:
    return NOW + timedelta(**time)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    """Each test begins now, not when the file was read: rows are made at the time of the clock."""
    monkeypatch.setattr(sys.modules[__name__], "NOW", timezone.now())


@pytest.fixture
def disk(monkeypatch, settings, town):
    """`disk.free` gigabytes are free; worker and scheduler are alive, and mails go to one operator."""
    settings.OPERATOR_EMAIL = ["it@town.example"]
    state = SimpleNamespace(free=100)
    monkeypatch.setattr(facts, "disks", lambda: [Disk("DATA_DIR", int(state.free * 10**9), 10**12)])
    monkeypatch.setattr("outbox.bell.ring", lambda task: None)
    return state


@pytest.fixture
def look(settings):
    """`look(minutes=5)`: worker and scheduler are at work, the watch looks; the subjects of the mails it made."""

    def watch(**time):
        at = after(**time)
        alive(at)
        before = set(Delivery.objects.values_list("pk", flat=True))
        alerts.watch(at=at)
        made = Delivery.objects.exclude(pk__in=before)
        made.update(done_at=at, sent_at=at)
        return [row.subject for row in made]

    return watch


def read(folder):
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(folder.glob("*.eml"))]


def test_told_once_again_after_six_hours_and_when_it_is_over(disk, look):
    assert look() == []
    disk.free = 1
    assert look(minutes=1) == ["Störung: Speicherplatz von DATA_DIR"]
    assert [look(minutes=2), look(hours=6)] == [[], []]
    assert len(look(hours=6, minutes=1)) == 1
    disk.free = 100
    assert look(hours=7) == []
    assert look(hours=7, minutes=10) == ["Behoben: Speicherplatz von DATA_DIR"]
    assert look(hours=8) == []
    told = Delivery.objects.first()
    assert told.address == "it@town.example"
    assert "1,0 GB von 1.000 GB frei" in told.text
    assert "/verwaltung/betrieb/" in told.text


def test_worse_is_told_at_once(disk, look):
    disk.free = 1
    assert len(look()) == 1
    disk.free = 0.1
    assert len(look(minutes=5)) == 1
    assert look(minutes=6) == []


def test_what_comes_and_goes_is_told_once_in_six_hours(disk, look):
    told = []
    for minute in range(0, 300, 20):
        disk.free = 1
        told += look(minutes=minute)
        disk.free = 100
        told += look(minutes=minute + 5)
    assert told == ["Störung: Speicherplatz von DATA_DIR"]


def test_several_troubles_are_one_mail(disk, look):
    disk.free = 0.1
    write(planned=[mail_to("somebody@post.example")], event=None)
    Delivery.objects.update(failed_at=NOW, error="x")
    assert look() == ["2 Störungen: Aufgegebene Mails, Speicherplatz von DATA_DIR"]
    assert Trouble.objects.filter(told_at=NOW).count() == 2


def test_without_an_address_it_is_noted_all_the_same(disk, look, settings):
    settings.OPERATOR_EMAIL = []
    disk.free = 1
    assert look() == []
    assert Trouble.objects.get().key == "disk.DATA_DIR"


def test_when_the_queue_hangs_the_mail_goes_straight_to_the_relay(disk, look, settings):
    write(planned=[mail_to("somebody@post.example")], event=None)
    assert look(minutes=14) == []
    assert look(minutes=20) == []
    [mail] = read(settings.MAIL_DIR)
    assert mail["Subject"] == "Störung: Warteschlange"
    assert "notifications.Delivery operation" in mail.get_content()
    assert look(minutes=21) == []
    assert len(read(settings.MAIL_DIR)) == 1


def test_a_mail_that_could_not_be_sent_is_tried_again(disk, look, settings, tmp_path):
    write(planned=[mail_to("somebody@post.example")], event=None)
    settings.RELAY_URL = "smtp://127.0.0.1:1"
    look(minutes=20)
    assert Trouble.objects.get().told_at is None
    settings.RELAY_URL = settings.MAIL_DIR.as_uri()
    look(minutes=21)
    assert not read(settings.MAIL_DIR)
    look(minutes=26)
    assert len(read(settings.MAIL_DIR)) == 1


def test_mails_that_fail_while_others_go_out_are_no_trouble(disk, look):
    write(planned=[mail_to("grey@post.example"), mail_to("good@post.example")], event=None)
    first, second = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk=first.pk).update(error="421", due_at=after(hours=3))
    Delivery.objects.filter(pk=second.pk).update(done_at=NOW, sent_at=NOW)
    look(hours=2)
    assert not Trouble.objects.exists()
    Delivery.objects.filter(pk=second.pk).update(sent_at=None)
    look(hours=2)
    assert Trouble.objects.get().key == "mail"


def test_a_silent_worker_is_told_by_the_scheduler(disk, settings, monkeypatch):
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr("portal.watch.pulse.time.monotonic", lambda: clock.now)
    beats.note(Process.WORKER, at=NOW - timedelta(minutes=11))
    scheduler = Pulse()
    scheduler.begin(Process.SCHEDULER)
    scheduler.beat(Process.SCHEDULER)
    scheduler.stand_in()
    assert not read(settings.MAIL_DIR)
    clock.now += 601
    scheduler.beat(Process.SCHEDULER)
    scheduler.stand_in()
    [mail] = read(settings.MAIL_DIR)
    assert "Worker" in mail["Subject"]
    scheduler.stand_in()
    assert len(read(settings.MAIL_DIR)) == 1


def test_signs_of_life_are_few_and_of_the_right_process(db, monkeypatch):
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr("portal.watch.pulse.time.monotonic", lambda: clock.now)
    worker = Pulse()
    worker.beat(Process.WORKER)
    assert not Beat.objects.exists()
    worker.begin(Process.WORKER)
    worker.beat(Process.SCHEDULER)
    worker.beat(Process.WORKER)
    first = Beat.objects.get().at
    clock.now += 19
    worker.beat(Process.WORKER)
    assert Beat.objects.get().at == first
    clock.now += 1
    worker.beat(Process.WORKER)
    assert Beat.objects.get().at > first


def test_a_backup_that_failed_or_is_late(disk, look, settings, tmp_path):
    settings.BACKUP_DIR = str(tmp_path)
    look()
    assert not Trouble.objects.exists()
    (tmp_path / "last.json").write_text(json.dumps({"on": True, "at": after(hours=-37).isoformat()}))
    assert look(minutes=1) == ["Störung: Sicherung"]
    (tmp_path / "last.json").write_text(json.dumps({"on": True, "at": NOW.isoformat()}))
    look(minutes=2)
    assert Trouble.objects.get().over_at

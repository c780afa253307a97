import pytest
from django.db import transaction
from structlog.testing import capture_logs

import outbox
from outbox import bell
from outbox.models import Event, Job


class DeadBroker:
    name = "dead"
    asked = 0

    def apply_async(self, **options):
        self.asked += 1
        raise ConnectionError("redis://user:secret@broker")


@transaction.atomic
def emit_and_fail() -> None:
    outbox.emit("lamp.broken", case=1)
    raise ZeroDivisionError


@pytest.mark.django_db
def test_an_event_has_a_job_for_each_of_its_consumers(listen, rings):
    listen("map")
    listen("mail")
    event = outbox.emit("lamp.broken", case=7)
    outbox.emit("nobody.listens", case=7)
    assert event.payload == {"case": 7}
    assert list(Job.objects.order_by("consumer").values_list("event", "consumer")) == [
        (event.pk, "mail"),
        (event.pk, "map"),
    ]


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_the_transaction_of_what_happened():
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.emit("lamp.broken", case=7)


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["anna@example.org", "the lamp is broken", "x" * 65, 1.5, {"a": 1}, [1, "a b"]])
def test_a_payload_holds_ids_only(value):
    with pytest.raises(ValueError, match="ids only"):
        outbox.emit("lamp.broken", note=value)


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_did_not_happen(listen, rings):
    listen()
    with pytest.raises(ZeroDivisionError):
        emit_and_fail()
    assert not Event.objects.exists()
    assert rings == []


@pytest.mark.django_db(transaction=True)
def test_many_events_of_a_transaction_ring_once_and_the_next_one_again(listen, rings):
    listen()
    for _ in range(2):
        with transaction.atomic():
            for case in range(5):
                outbox.emit("lamp.broken", case=case)
            assert rings.count("drain_jobs") == len(Event.objects.all()) // 5 - 1
    assert rings == ["drain_jobs", "drain_jobs"]


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_is_rolled_back_does_not_take_the_ring_of_others_along(listen, rings):
    listen()
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            emit_and_fail()
        outbox.emit("lamp.broken", case=2)
    assert rings == ["drain_jobs"]
    assert Job.objects.count() == 1


def test_a_dead_broker_is_logged_left_alone_for_a_while_and_hurts_nobody(monkeypatch):
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    broker = DeadBroker()
    with capture_logs() as logs:
        assert not outbox.ring(broker)
        assert not outbox.ring(broker)
    assert broker.asked == 1
    assert [(entry["event"], entry["error"]) for entry in logs] == [("doorbell_failed", "ConnectionError")]
    assert "secret" not in str(logs)


def test_a_consumer_name_belongs_to_one_handler(monkeypatch):
    monkeypatch.setattr("outbox.registry.CONSUMERS", {})

    @outbox.consumer("twice", events=["lamp.broken"])
    def first(event: Event) -> None: ...

    outbox.register("twice", events=["lamp.broken", "lamp.mended"], handle=first)
    with pytest.raises(ValueError, match="twice"):
        outbox.register("twice", events=["lamp.broken"], handle=lambda event: None)

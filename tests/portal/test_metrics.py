"""`/metrics`: behind a token, the same from every process, and cheap."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from cases.change import Act, By
from cases.policy import State
from cases.services import move
from geo.throttle import allowed
from notifications.models import Delivery
from notifications.services import write
from outbox.work import run_all
from portal.watch import beats
from portal.watch.policy import Process
from tests.portal.watching import mail_to

TOKEN = "a-token-of-twenty-letters"


@pytest.fixture
def scrape(client, settings, db):
    """Samples as {name: {labels: value}}; labels are their values in the order of their names."""
    settings.METRICS_TOKEN = TOKEN

    def read():
        answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}", "host": "10.0.0.7"})
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"].startswith("text/plain; version=")
        found = {}
        for family in text_string_to_metric_families(answer.content.decode()):
            for sample in family.samples:
                found.setdefault(sample.name, {})[",".join(value for _name, value in sorted(sample.labels.items()))] = (
                    sample.value
                )
        return found

    return read


@pytest.mark.django_db
def test_without_a_token_in_the_settings_there_is_no_such_page(client, town):
    assert client.get("/metrics", headers={"host": town.municipality.host}).status_code == 404


@pytest.mark.parametrize("sent", ["", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ä"])
def test_the_token_is_asked_for(client, settings, sent):
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"authorization": sent})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert not answer.content
    assert client.post("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 405


def test_what_is_told(scrape, town, make_report, settings, tmp_path):
    now = timezone.now()
    first = make_report(email="erika@example.org", at=now)
    move(case=first, to=State.DONE, by=By.staff(town.manager), text="Erledigt.", act=Act(at=now))
    make_report(at=now)
    make_report(at=now - timedelta(days=3))
    beats.note(Process.WORKER, at=now - timedelta(seconds=40))
    write(planned=[mail_to("it@town.example")], event=None)
    Delivery.objects.update(error="relay broke off", tries=2)
    allowed("report", "1.2.3.4", limit=0, seconds=60)
    settings.BACKUP_DIR = str(tmp_path / "none")
    found = scrape()
    assert found["anliegen_cases"] == {"harsewinkel,open": 2, "harsewinkel,closed": 1}
    assert found["anliegen_submissions_24h"] == {"harsewinkel": 2}
    assert found["anliegen_queue_waiting"]["notifications.mails,outbox.Job"] >= 3
    assert found["anliegen_queue_failing"]["operation,notifications.Delivery"] == 1
    assert found["anliegen_mails"]["failing"] == 1
    assert found["anliegen_throttled_total"] == {"report": 1}
    assert 40 <= found["anliegen_beat_age_seconds"]["worker"] < 60
    assert "scheduler" not in found["anliegen_beat_age_seconds"]
    assert found["anliegen_backup_ok"] == {"": 0}
    assert found["anliegen_disk_free_bytes"]["DATA_DIR"] > 0
    assert found["anliegen_database_bytes"][""] > 100_000
    assert found["anliegen_trouble"]["scheduler"] == 2
    [info] = found["anliegen_info"]
    assert connection.vendor in info
    run_all()
    assert "notifications.mails,outbox.Job" not in scrape()["anliegen_queue_waiting"]


def test_the_number_of_queries_does_not_grow(scrape, town, make_report):
    make_report(at=timezone.now())
    scrape()
    cache.clear()
    with CaptureQueriesContext(connection) as few:
        scrape()
    for number in range(4):
        make_report(email=f"{number}@example.org", at=timezone.now())
    write(planned=[mail_to("it@town.example")] * 3, event=None)
    cache.clear()
    with CaptureQueriesContext(connection) as many:
        scrape()
    assert len(many) == len(few) <= 16

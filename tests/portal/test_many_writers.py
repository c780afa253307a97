"""5,000 reports by eight threads beside a draining worker: none lost, no lock error (SpatiaLite's weak spot)."""

import json
import threading
import uuid

import pytest
from django.db import connection
from django.test import Client

from cases.models import Case
from outbox import run_all

THREADS = 8
REPORTS = {"sqlite": 5000, "postgresql": 400}
"""SpatiaLite has one writer at a time, so it has to prove itself; PostgreSQL only that nothing is lost."""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_threads_write_beside_a_worker(town, settings):
    settings.TRUSTED_ADDRESSES = ["127.0.0.1"]
    town.municipality.refresh_from_db()
    body = {
        "municipality": town.municipality.slug,
        "category": "schlagloch",
        "point": {"type": "Point", "coordinates": [town.middle.x, town.middle.y]},
        "text": "Loch",
    }
    reports = REPORTS[connection.vendor]
    failures: list[str] = []
    stop = threading.Event()

    def write(count: int) -> None:
        try:
            client = Client()
            for _ in range(count):
                answer = client.post(
                    "/api/v1/reports/",
                    json.dumps({**body, "client_key": str(uuid.uuid4())}),
                    content_type="application/json",
                )
                if answer.status_code != 201:
                    failures.append(f"{answer.status_code} {answer.content[:200]!r}")
        except Exception as error:
            failures.append(repr(error))
        finally:
            connection.close()

    def work() -> None:
        try:
            while not stop.wait(0.05):
                run_all()
        except Exception as error:
            failures.append(f"worker: {error!r}")
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    writers = [threading.Thread(target=write, args=(reports // THREADS,)) for _ in range(THREADS)]
    for thread in [worker, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    worker.join()
    assert failures == []
    assert Case.objects.count() == reports
    assert len(set(Case.objects.values_list("number", flat=True))) == reports

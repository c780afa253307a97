"""A process of test_many_writers on the database named in DATABASE_NAME.

`work` drains like a running worker until its input is closed; `write THREADS REPORTS BODY` hands in reports as the web
server's threads do. Both print "ready", and at the end a JSON object of what they did.
"""

import json
import logging
import os
import sys
import threading
import uuid

import django
from django.conf import settings

settings.DATABASES["default"]["NAME"] = os.environ["DATABASE_NAME"]
settings.TRUSTED_ADDRESSES = ["127.0.0.1"]
settings.ALLOWED_HOSTS = ["testserver"]
django.setup()
logging.getLogger("django_structlog").setLevel(logging.WARNING)

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from outbox import run_all  # noqa: E402


def work() -> dict[str, object]:
    """Drain until the input is closed."""
    stop = threading.Event()

    def listen() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=listen, daemon=True).start()
    jobs = 0
    while not stop.wait(0.05):
        jobs += run_all()["outbox.Job"].done
    return {"jobs": jobs}


def write(threads: int, reports: int, body: dict[str, object]) -> dict[str, object]:
    """Hand in `reports` reports in `threads` threads."""
    failures: list[str] = []

    def part(count: int) -> None:
        try:
            client = Client()
            for _ in range(count):
                key = str(uuid.uuid4())
                answer = client.post("/api/v1/reports/", {**body, "client_key": key}, content_type="application/json")
                if answer.status_code != 201:
                    failures.append(f"{answer.status_code} {answer.content[:200]!r}")
        except Exception as error:
            failures.append(repr(error))
        finally:
            connection.close()

    running = [threading.Thread(target=part, args=(reports // threads,)) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return {"failures": failures}


print("ready", flush=True)
role, *arguments = sys.argv[1:]
result = work() if role == "work" else write(int(arguments[0]), int(arguments[1]), json.loads(arguments[2]))
print(json.dumps(result))

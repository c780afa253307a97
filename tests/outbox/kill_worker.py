"""A worker for test_kill: drains the jobs of the database in DATABASE (JSON), slowly enough to be killed.

With the argument "atomic" effect and note are one transaction; without, the effect is its own, like a mail.
"""

import json
import os
import sys
import time

import django
import structlog
from django.conf import settings

settings.configure(
    DATABASES={"default": json.loads(os.environ["DATABASE"])},
    INSTALLED_APPS=["outbox"],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))

import outbox  # noqa: E402
from outbox.models import Event, Job  # noqa: E402


def handle(job: Job) -> None:
    Event.objects.create(name="effect", payload={"job": job.pk})
    time.sleep(0.004)


outbox.release_dead(Job)
print("ready", flush=True)
result = outbox.drain(Job, handle, batch=7, atomic="atomic" in sys.argv)
print(json.dumps({"done": result.done, "failed": result.failed}))

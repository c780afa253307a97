"""A worker for test_kill: sends the deliveries of the database in DATABASE (JSON) through the relay in SMTP_URL."""

import json
import os
import sys

import django
from django.conf import settings

settings.DATABASES["default"] |= json.loads(os.environ["DATABASE"])
django.setup()

from notifications.models import Delivery  # noqa: E402
from notifications.sending import run_deliveries  # noqa: E402
from outbox.leases import release_dead  # noqa: E402

release_dead(Delivery)
print("ready", flush=True)
result = run_deliveries()
print(json.dumps({"done": result.done, "failed": result.failed, "parked": result.parked}))
sys.exit(0)

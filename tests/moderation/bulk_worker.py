"""A worker for test_bulk_kill: does what is due of bulks in the database in DATABASE (JSON)."""

import json
import os
import sys

import django
from django.conf import settings

settings.DATABASES["default"] |= json.loads(os.environ["DATABASE"])
django.setup()

from moderation.bulk.services import run_items  # noqa: E402
from moderation.models import BulkItem  # noqa: E402
from outbox.leases import release_dead  # noqa: E402

release_dead(BulkItem)
print("ready", flush=True)
result = run_items()
print(json.dumps({"done": result.done, "failed": result.failed, "parked": result.parked}))
sys.exit(0)

"""What the scheduler runs, gathered from the packages."""

from typing import Any

from cases import tasks as cases_tasks
from notifications import tasks as notifications_tasks
from outbox import tasks as outbox_tasks


def beat_schedule() -> dict[str, dict[str, Any]]:
    """All periodic tasks in the form of Celery's setting."""
    return outbox_tasks.beat_schedule([*outbox_tasks.SCHEDULE, *cases_tasks.SCHEDULE, *notifications_tasks.SCHEDULE])

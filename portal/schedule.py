"""What the scheduler runs, gathered from the packages."""

from typing import Any

from outbox import tasks as outbox_tasks


def beat_schedule() -> dict[str, dict[str, Any]]:
    """All periodic tasks in the form of Celery's setting."""
    return outbox_tasks.beat_schedule()

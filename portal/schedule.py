"""What the scheduler runs, gathered from the packages."""

from typing import Any

from accounts import tasks as accounts_tasks
from cases import tasks as cases_tasks
from citizens import tasks as citizens_tasks
from field import tasks as field_tasks
from intake import tasks as intake_tasks
from moderation import tasks as moderation_tasks
from notifications import tasks as notifications_tasks
from outbox import tasks as outbox_tasks
from portal.backup import tasks as backup_tasks
from portal.practice import tasks as practice_tasks
from portal.watch import tasks as watch_tasks
from reports import tasks as reports_tasks
from subscriptions import tasks as subscriptions_tasks


def beat_schedule() -> dict[str, dict[str, Any]]:
    """All periodic tasks in the form of Celery's setting."""
    packages = (
        outbox_tasks,
        accounts_tasks,
        cases_tasks,
        subscriptions_tasks,
        notifications_tasks,
        citizens_tasks,
        intake_tasks,
        moderation_tasks,
        field_tasks,
        reports_tasks,
        backup_tasks,
        practice_tasks,
        watch_tasks,
    )
    return outbox_tasks.beat_schedule(entry for package in packages for entry in package.SCHEDULE)

"""App configuration: the job table is the first of the drained tables."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OutboxConfig(AppConfig):
    name = "outbox"

    def ready(self) -> None:
        from outbox import kept
        from outbox.models import Job
        from outbox.registry import register_table
        from outbox.tasks import drain_jobs
        from outbox.work import run_jobs

        register_table(Job, run=run_jobs, task=drain_jobs, kind="consumer", born="event__at")
        post_migrate.connect(kept.install_after_migrate, sender=self)

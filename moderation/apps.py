"""App configuration: registers the table of deeds for many cases."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "moderation"

    def ready(self) -> None:
        from moderation.bulk.services import run_items
        from moderation.models import BulkItem
        from moderation.tasks import drain_bulks
        from outbox.registry import register_table

        register_table(BulkItem, run=run_items, task=drain_bulks, born="bulk__created_at")

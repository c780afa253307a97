"""App configuration: registers the consumers of events and the table of deliveries."""

from importlib import import_module

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications.models import Delivery
        from notifications.sending import run_deliveries
        from notifications.tasks import drain_deliveries
        from outbox.registry import register_table

        import_module("notifications.consumers")
        import_module("notifications.persons")
        import_module("notifications.subscribed")
        register_table(Delivery, run=run_deliveries, task=drain_deliveries, kind="purpose", born="created_at")

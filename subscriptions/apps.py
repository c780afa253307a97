"""App configuration: registers the consumer of releases and the table of mailings."""

from importlib import import_module

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"

    def ready(self) -> None:
        from outbox.registry import register_table
        from subscriptions.mailing import run_mailings
        from subscriptions.models import Mailing
        from subscriptions.tasks import drain_mailings

        import_module("subscriptions.consumers")
        import_module("subscriptions.persons")
        register_table(Mailing, run=run_mailings, task=drain_mailings, kind="rhythm", born="created_at")

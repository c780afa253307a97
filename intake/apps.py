"""App configuration: registers the table of incoming mails and what follows from a deleted contact."""

from importlib import import_module

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self) -> None:
        from intake.draining import drain_incoming
        from intake.models import IncomingMail
        from intake.sorting import run_incoming
        from outbox.registry import register_table

        import_module("intake.consumers")
        import_module("intake.persons")
        register_table(IncomingMail, run=run_incoming, task=drain_incoming, born="received_at")

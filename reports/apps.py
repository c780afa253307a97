"""App configuration: makes reports known as a kind of case."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from cases.kinds import register

        register(import_module("reports.kind").REPORT)
        import_module("cases.patience").register(import_module("reports.patience").RELEASE)
        post_migrate.connect(import_module("reports.counts.triggers").repair_after_migrate, sender=self)
        import_module("reports.words.flattening").connect()
        post_migrate.connect(import_module("reports.words.triggers").repair_after_migrate, sender=self)
        post_migrate.connect(import_module("reports.attention").repair_after_migrate, sender=self)

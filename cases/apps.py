"""App configuration: registers the consumers of events, and teaches SQLite percentiles."""

from importlib import import_module

from django.apps import AppConfig

from cases import percentile


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        import_module("cases.consumers")
        import_module("cases.persons")
        percentile.connect()

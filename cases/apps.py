"""App configuration: registers the consumers of events."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        import_module("cases.consumers")
        import_module("cases.persons")

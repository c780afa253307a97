"""App configuration: registers the consumer that mails the link."""

from importlib import import_module

from django.apps import AppConfig


class CitizensConfig(AppConfig):
    name = "citizens"

    def ready(self) -> None:
        import_module("citizens.consumers")
        import_module("citizens.persons")

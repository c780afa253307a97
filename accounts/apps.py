"""App configuration: registers the consumers of events."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Consumers register themselves when they are imported."""
        import_module("accounts.forgotten")

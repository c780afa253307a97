"""App configuration."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    """The field view under `/aussendienst/`."""

    name = "field"

"""App configuration."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    """Day lists of teams."""

    name = "dispatch"

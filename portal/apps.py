"""App configuration of the composition root: hands the periodic tasks of all packages to the scheduler."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal.celery import app
        from portal.schedule import beat_schedule

        app.conf.beat_schedule = beat_schedule()

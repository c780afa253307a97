"""App configuration of the composition root: hands the periodic tasks of all packages to the scheduler, and sees to it
that processes are watched."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal.celery import app
        from portal.schedule import beat_schedule
        from portal.watch import pulse, slow

        app.conf.beat_schedule = beat_schedule()
        pulse.connect()
        slow.connect()

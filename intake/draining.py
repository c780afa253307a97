"""The doorbell of incoming mails: in a module of its own, since who takes mails in rings it and who sorts answers."""

from celery import shared_task

from intake.sorting import run_incoming
from outbox.bell import ring
from outbox.tasks import RUN_SECONDS


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def drain_incoming() -> None:
    """Decides for some seconds what becomes of mails and rings again if there are more."""
    if run_incoming(seconds=RUN_SECONDS).more:
        ring(drain_incoming)

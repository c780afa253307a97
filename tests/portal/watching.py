"""What the tests of the platform's watch over itself share."""

from datetime import datetime

from django.utils import timezone

from notifications.plans import Planned
from notifications.policy import Purpose, Role
from notifications.recipients import Recipient
from portal.watch import beats
from portal.watch.policy import Process


def mail_to(address: str, municipality=None) -> Planned:
    """A mail without a case."""
    to = Recipient(Role.OPERATOR, address, "de")
    return Planned(Purpose.OPERATION, to, municipality, timezone.now(), facts={"headline": "Probe", "text": "Worte"})


def alive(at: datetime) -> None:
    """Worker and scheduler are at work."""
    for process in Process:
        beats.note(process, at=at)

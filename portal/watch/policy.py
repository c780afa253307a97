"""When something is wrong, as plain numbers; what an operator may set stands in portal.settings.

Imports nothing of ours.
"""

from datetime import timedelta
from enum import StrEnum


class Process(StrEnum):
    """The kinds of process that give signs of life."""

    WORKER = "worker"
    SCHEDULER = "scheduler"


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """It works, and somebody should look."""
    FAILURE = "failure"
    """Something does not work, or will not for much longer."""


RANK = {Level.OK: 0, Level.WARNING: 1, Level.FAILURE: 2}

BEAT_EVERY = 20.0
"""Seconds between two signs of life of a process."""
STUCK_AFTER = timedelta(hours=1)
"""So long mails fail, and none at all has gone out, until the relay is to blame and not a recipient."""
MAILBOX_SILENT = timedelta(minutes=30)
"""So long a mailbox cannot be fetched until somebody is told: shorter faults of its server pass."""
SCARCE = 4
"""Free space below the settings' number of gigabytes is a warning, below this part of it a failure."""
CLOCK_SKEW = timedelta(seconds=5)
"""Between this machine and the database."""

TELL_AGAIN = timedelta(hours=6)
"""The same trouble is told once in so long."""
STEADY = timedelta(minutes=10)
"""So long a trouble must be away before it is called mended."""
TRY_AGAIN = timedelta(minutes=5)
"""After a mail to the operator that could not be sent, or whose sender was killed."""
KEEP_TROUBLES = timedelta(days=30)

"""`manage.py read_bounce < MAIL`: a mail that came back to the sender's address, piped in by the mail server.

The exit code is one that mail servers understand (sysexits.h): 0 also for mails that are no bounce, so that nothing is
bounced again, and 75 ("try again later") while the database is away.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils import timezone

from notifications import bounces

TEMPFAIL = 75


class Command(BaseCommand):
    help = "Reads a bounce (RFC 3464) from standard input and notes it on the mail it belongs to."

    def handle(self, *args: Any, **options: Any) -> None:
        """Says what it found; never the address."""
        try:
            found = bounces.note(sys.stdin.buffer.read(bounces.LARGEST), at=timezone.now())
        except DatabaseError as error:
            self.stderr.write(f"The database is away, please try again later: {type(error).__name__}")
            sys.exit(TEMPFAIL)
        if found is None:
            self.stdout.write("No bounce of a mail of ours.")
        else:
            about = f" of case {found.case}" if found.case else ""
            self.stdout.write(f"Noted: the mail “{found.purpose}”{about} did not arrive.")

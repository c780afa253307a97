"""`manage.py receive_mail < MAIL`: a mail for reports, piped in by the mail server.

Exit codes are those of sysexits.h: 0 when the mail is kept, 75 ("try again later") for everything else, so that the
mail server keeps it: a mail is never lost here, and never bounced because of a fault of ours.
"""

from __future__ import annotations

import sys
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from geo.models import Municipality
from intake.policy import HEAD_BYTES, MAX_BYTES
from intake.services import receive

TEMPFAIL = 75
_CHUNK = 2**20
log = structlog.get_logger("anliegen.intake")


class Command(BaseCommand):
    """Keeps one mail. The worker decides what becomes of it."""

    help = "Takes a mail in from standard input. Exit code 0: it is kept; 75: try again later."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the mail server delivers it to."""
        parser.add_argument(
            "--recipient", default="", help="the address of the envelope, such as Postfix' ${recipient}"
        )
        parser.add_argument("--municipality", default="", help="short name, where the address does not tell")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says which row it became; never an address."""
        try:
            raw, size = _read()
            slug = options["municipality"]
            town = Municipality.objects.get(slug=slug) if slug else None
            mail = receive(raw=raw, at=timezone.now(), municipality=town, recipient=options["recipient"], size=size)
        except Exception as error:  # whatever it is, the mail server must keep the mail
            log.exception("mail_not_taken", error=type(error).__name__)
            self.stderr.write(f"Not kept, please try again later: {type(error).__name__}")
            sys.exit(TEMPFAIL)
        self.stdout.write(f"Kept as mail {mail.pk}.")


def _read() -> tuple[bytes, int]:
    """Standard input and its length; of a mail that is too large only the beginning is kept in memory."""
    raw, size = bytearray(), 0
    while chunk := sys.stdin.buffer.read(_CHUNK):
        size += len(chunk)
        if size <= MAX_BYTES:
            raw += chunk
        elif len(raw) > HEAD_BYTES:
            del raw[HEAD_BYTES:]
    return bytes(raw), size

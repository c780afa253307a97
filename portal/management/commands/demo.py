"""`manage.py demo`: load the demo platform, or print its logins."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from portal.demo.load import load
from portal.demo.logins import as_text


class Command(BaseCommand):
    """Loads the demo; again: adds what is missing and changes nothing else."""

    help = "Load the demo platform (idempotent), or print its logins. Refused with DEMO=0."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true", help="only print who may log in")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo is switched off (DEMO=0): invented reports do not belong on a real platform.")
        with translation.override(settings.LANGUAGE_CODE):
            if not options["logins"]:
                # Each transaction rings for the worker; hundreds of lines about it would hide our own.
                logging.getLogger("django_structlog").setLevel(logging.WARNING)
                begun = time.monotonic()
                told = load(self._say if options["verbosity"] else lambda _line: None, timezone.now())
                words = f"{told} reports loaded" if told else "Everything is there already"
                self._say(f"{words} ({time.monotonic() - begun:.0f} s)")
            else:
                self.stdout.write(as_text())

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

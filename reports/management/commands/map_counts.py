"""`manage.py map_counts [--rebuild]`: are the kept counts of the map what the rows say?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from reports.counts import checking, triggers
from reports.counts.folding import fold


class Command(BaseCommand):
    """Compares, and makes them anew on demand. Exit code 1 when something differs."""

    help = "Prove that the map's kept counts are what the rows say; with --rebuild make them anew first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="make all counts anew, then compare")

    def handle(self, *args: Any, **options: Any) -> None:
        if not triggers.present(connection):
            if not options["rebuild"]:
                raise CommandError("The triggers are missing: nothing is counted. With --rebuild they are made anew.")
            triggers.install(connection)
        if options["rebuild"]:
            self.stdout.write(f"{checking.rebuild()} counts made anew")
        else:
            self.stdout.write(f"{fold()} changes folded")
        found = checking.differences()
        for one in found:
            self.stdout.write(str(one))
        if found:
            raise CommandError(f"{len(found)} counts differ from the rows. With --rebuild they are made anew.")
        self.stdout.write("The counts are what the rows say.")

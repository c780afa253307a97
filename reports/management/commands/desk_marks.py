"""`manage.py desk_marks [--rebuild]`: is what cases keep for the work list what the rows say?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from reports import attention


class Command(BaseCommand):
    """Compares, and works it out anew on demand. Exit code 1 when something differs."""

    help = "Prove that what cases keep for the work list is what the rows say; with --rebuild work it out anew first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="work out anew what differs, then compare")

    def handle(self, *args: Any, **options: Any) -> None:
        if not attention.present(connection):
            if not options["rebuild"]:
                raise CommandError("The triggers are missing: nothing is kept. With --rebuild they are made anew.")
            attention.install(connection)
        if options["rebuild"]:
            self.stdout.write(f"{attention.rebuild(connection)} numbers worked out anew")
        found = attention.differences(connection)
        for one in found:
            self.stdout.write(one)
        if found:
            raise CommandError(f"{len(found)} numbers differ from the rows. With --rebuild they are worked out anew.")
        self.stdout.write("What cases keep is what the rows say.")

"""`manage.py search_index [--verify | --rebuild]`: are the words that the search reads those of the cases?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from reports.words import checking, triggers


class Command(BaseCommand):
    """Compares, and makes them anew on demand. Exit code 1 when something differs."""

    help = "Prove that the words of the search are those of the cases; with --rebuild make them anew first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verify", action="store_true", help="only compare (as without any option)")
        parser.add_argument("--rebuild", action="store_true", help="make words and indexes anew, then compare")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rebuild"]:
            triggers.install(connection)
            number = checking.rebuild(connection, lambda n: self.stdout.write(f"{n} cases …"))
            self.stdout.write(f"Words of {number} cases made anew.")
        problems = checking.differences(connection)
        if not triggers.present(connection):
            problems.insert(0, "The triggers are missing: what changes is not noticed.")
        if not checking.indexes_present(connection):
            problems.insert(0, "An index is missing: every search reads all words.")
        for one in problems:
            self.stdout.write(one)
        if problems:
            raise CommandError(f"{len(problems)} differences. With --rebuild the words are made anew.")
        self.stdout.write("The words are those of the cases.")

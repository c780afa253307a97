"""`manage.py restore FILE`: make the platform what a backup says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from portal.backup.errors import BackupError
from portal.backup.load import restore
from portal.backup.passphrase import add_argument, known_passphrase


class Command(BaseCommand):
    """Restores all or nothing, on either database, also a backup of an older version."""

    help = "Bring a backup back into an empty platform; with --replace in place of what is there."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--replace", action="store_true", help="give up all that is on the platform now")
        parser.add_argument(
            "--no-migrate",
            action="store_true",
            help="leave the tables at the state of the backup, for an older version that shall run on them",
        )
        add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            restored = restore(
                options["file"],
                passphrase=known_passphrase(options["file"], options["passphrase_file"]),
                replace=options["replace"],
                migrate=not options["no_migrate"],
                say=self._say if options["verbosity"] else lambda _line: None,
            )
        except (BackupError, DatabaseError, OSError) as error:
            raise CommandError(f"Nothing was changed: {error}") from None
        if not options["verbosity"]:
            return
        made = restored.manifest
        self._say(
            f"Restored {made.municipality or 'the platform'} of {made.made_at:%Y-%m-%d %H:%M} UTC:"
            f" {restored.rows} rows, {restored.files} files, {restored.seconds:.1f} s"
        )
        for line in [*restored.told, "Start the platform again, so that nothing old is kept in memory."]:
            self._say(line)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

"""`manage.py backup FILE`: write the platform, or one municipality, to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from portal.backup import schema
from portal.backup.dump import backup
from portal.backup.errors import BackupError
from portal.backup.passphrase import add_argument, new_passphrase
from portal.backup.words import size


class Command(BaseCommand):
    """Backs up while the platform runs; nobody waits for it."""

    help = "Write database, files and settings to FILE, which must not exist yet."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--municipality", metavar="SLUG", default="", help="only this one, for an empty platform")
        parser.add_argument("--encrypt", action="store_true", help="seal the file with a passphrase")
        parser.add_argument(
            "--with-secrets",
            action="store_true",
            help="SECRET_KEY and passwords of the settings also into a file that is not sealed",
        )
        parser.add_argument("--skip-empty", action="store_true", help="nothing to back up is no error")
        parser.add_argument("--note", default="", help="a line that is shown when the backup is read")
        add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["skip_empty"] and schema.is_empty(connection):
            self._say("There is nothing to back up yet.")
            return
        try:
            made = backup(
                options["file"],
                passphrase=new_passphrase(options["encrypt"], options["passphrase_file"]),
                municipality=options["municipality"],
                secrets=options["with_secrets"] or None,
                note=options["note"],
                say=self._say if options["verbosity"] > 1 else lambda _line: None,
            )
        except (BackupError, DatabaseError, OSError) as error:
            raise CommandError(f"No backup was made: {error}") from None
        if not options["verbosity"]:
            return
        self._say(
            f"{made.path}: {made.rows} rows, {made.files} files ({size(made.file_bytes)}),"
            f" {size(made.size)}, {made.seconds:.1f} s, {'sealed' if made.sealed else 'not sealed'}"
        )
        if not made.secrets and not options["municipality"]:
            self._say("SECRET_KEY and passwords are not in it: keep them too, or use --encrypt or --with-secrets.")
        elif made.secrets and not made.sealed:
            self._say("It holds SECRET_KEY and passwords in the clear: keep it like them.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

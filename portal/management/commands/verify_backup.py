"""`manage.py verify_backup FILE`: prove a backup without restoring it over anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.backup.errors import BackupError
from portal.backup.passphrase import add_argument, known_passphrase
from portal.backup.reading import verify
from portal.backup.rehearsal import rehearse
from portal.backup.words import size


class Command(BaseCommand):
    """Reads everything and checks every hash; with --rehearse it is restored into a throw-away database."""

    help = "Check a backup to its last byte, without touching the platform."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--rehearse",
            action="store_true",
            help="also restore it into a temporary SpatiaLite database, migrate that and check every foreign key",
        )
        add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        try:
            passphrase = known_passphrase(path, options["passphrase_file"])
            checked = verify(path, passphrase=passphrase)
            seconds = rehearse(path, passphrase=passphrase) if options["rehearse"] else 0.0
        except (BackupError, OSError) as error:
            raise CommandError(f"The backup cannot be used: {error}") from None
        made = checked.manifest
        self.stdout.write(
            f"{path} is whole: {made.municipality or 'the platform'} of {made.made_at:%Y-%m-%d %H:%M} UTC,"
            f" version {made.release} {made.commit[:7]}, {made.database}, {checked.rows} rows,"
            f" {checked.files} files ({size(checked.file_bytes)}), {'sealed' if checked.sealed else 'not sealed'},"
            f" {'with' if made.secrets else 'without'} secrets"
        )
        if made.note:
            self.stdout.write(f"Note: {made.note}")
        if options["rehearse"]:
            self.stdout.write(f"Restored into a temporary database in {seconds:.1f} s: everything holds together.")
        if checked.missing:
            self.stdout.write(f"{checked.missing} uploads were not in the folder any more when it was made.")
        for name in checked.odd[:20]:
            self.stdout.write(f"{name} was changed on the disk before it was backed up.")

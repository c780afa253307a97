"""`manage.py leave SLUG --export FILE`: export a municipality whose time is over, then delete everything of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from geo.models import Municipality
from portal.backup.errors import BackupError
from portal.backup.passphrase import add_argument, new_passphrase
from portal.platform.leaving import carry_out


class Command(BaseCommand):
    """Asks for the short name once more before anything is deleted."""

    help = "Export the municipality to FILE, check the export, and delete the municipality with all its files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("municipality", metavar="SLUG")
        parser.add_argument("--export", type=Path, required=True, metavar="FILE")
        parser.add_argument("--encrypt", action="store_true", help="seal the export with a passphrase")
        parser.add_argument("--confirm", metavar="SLUG", default="", help="the short name again, instead of typing it")
        add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        town = Municipality.objects.filter(slug=options["municipality"]).defer("boundary").first()
        if town is None:
            raise CommandError(f"There is no municipality {options['municipality']!r}.")
        typed = options["confirm"] or input(f"Everything of {town.title} is deleted for good. Type {town.slug}: ")
        try:
            row = carry_out(
                town=town,
                confirmed=typed,
                export=options["export"],
                at=timezone.now(),
                passphrase=new_passphrase(options["encrypt"], options["passphrase_file"]),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except (BackupError, DatabaseError, OSError) as error:
            raise CommandError(f"Nothing was deleted: {error}") from None
        self.stdout.write(
            f"{options['export']}: the export. {row.rows} rows and {row.files} files of {row.name} are gone."
        )

"""`manage.py import_boundaries FILE`: boundaries of municipalities by their official key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from geo.boundaries import import_boundaries
from geo.reading import BadFile


class Command(BaseCommand):
    """Sets the boundaries of existing municipalities from a GeoJSON file."""

    help = "Set boundaries of municipalities from GeoJSON features with the property “ags”."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--srid", type=int, default=4326, help="EPSG code of the coordinates")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        try:
            outcome = import_boundaries(path, srid=options["srid"])
        except (BadFile, ValidationError) as error:
            raise CommandError(f"{path.name}: {error}") from error
        for reason in outcome.bad:
            self.stderr.write(reason)
        self.stdout.write(
            f"{len(outcome.changed)} changed, {len(outcome.same)} as before,"
            f" {len(outcome.unknown)} without a municipality here, {len(outcome.bad)} not usable"
        )

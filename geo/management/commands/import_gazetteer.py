"""`manage.py import_gazetteer FILE --municipality SLUG`: streets, houses, districts, points of interest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from geo.gazetteer import Row, import_rows
from geo.models import Municipality
from geo.reading import Bad, BadFile, read


class Command(BaseCommand):
    """Imports a gazetteer file; running it again changes nothing."""

    help = "Import streets, house numbers, districts and points of interest from a CSV or GeoJSON file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--municipality", required=True, metavar="SLUG")
        parser.add_argument("--srid", type=int, default=4326, help="EPSG code of the coordinates")
        parser.add_argument("--source", default="", help="name of the source, default: the file's name")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        municipality = Municipality.objects.filter(slug=options["municipality"]).first()
        if municipality is None:
            raise CommandError(f"There is no municipality “{options['municipality']}”.")
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        bad: list[str] = []

        def rows() -> Iterator[Row]:
            silent = options["verbosity"] < 1
            for row in tqdm(read(path, srid=options["srid"]), unit=" rows", disable=silent, file=self.stderr):
                if isinstance(row, Bad):
                    bad.append(str(row))
                else:
                    yield row

        source = options["source"] or path.stem[:50]
        try:
            counts = import_rows(municipality=municipality, rows=rows(), source=source)
        except (BadFile, ValidationError) as error:
            reason = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            raise CommandError(f"{path.name}: {reason}") from error
        for reason in [*bad, *counts.bad]:
            self.stderr.write(reason)
        self.stdout.write(
            f"{counts.created} new, {counts.changed} changed, {counts.same} as before,"
            f" {len(bad) + len(counts.bad)} not usable"
        )

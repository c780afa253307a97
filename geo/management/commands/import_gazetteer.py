"""`manage.py import_gazetteer FILE --municipality SLUG`: streets, houses, districts, points of interest.

A file is the whole of its source: what it no longer names is removed, unless that is more than a fifth.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from geo.flight import alone
from geo.gazetteer import Counts, Row, Vanished, import_rows
from geo.models import Municipality
from geo.reading import Bad, BadFile, read

#: Rows that cannot be used are named one by one up to here.
MOST_REASONS = 50


class Command(BaseCommand):
    """Imports a gazetteer file; running it again changes nothing."""

    help = "Import streets, house numbers, districts and points of interest from CSV, GeoJSON or an OSM extract."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--municipality", required=True, metavar="SLUG")
        parser.add_argument("--srid", type=int, default=4326, help="EPSG code of the coordinates")
        parser.add_argument("--source", default="", help="name of the source, default: the file's name")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
        gone = parser.add_mutually_exclusive_group()
        gone.add_argument("--keep", action="store_true", help="keep entries the file no longer names")
        gone.add_argument("--remove-any", action="store_true", help="remove them even if they are more than a fifth")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        municipality = Municipality.objects.filter(slug=options["municipality"]).first()
        if municipality is None:
            raise CommandError(f"There is no municipality “{options['municipality']}”.")
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        bad: list[str] = []
        try:
            found = read(path, srid=options["srid"], boundary=municipality.boundary)
        except BadFile as error:
            raise CommandError(f"{path.name}: {error}") from error
        vanished = Vanished.KEEP if options["keep"] else Vanished.REMOVE
        if options["remove_any"]:
            vanished = Vanished.REMOVE_ANY

        def rows() -> Iterator[Row]:
            silent = options["verbosity"] < 1
            for row in tqdm(found, unit=" rows", disable=silent, file=self.stderr):
                if isinstance(row, Bad):
                    bad.append(str(row))
                else:
                    yield row

        source = options["source"] or path.stem[:50]
        locks = Path(settings.DATA_DIR) / "locks" / f"gazetteer-{municipality.slug}"
        try:
            with alone(locks, municipality.slug, wait=0) as first:
                if not first:
                    raise CommandError(f"Another import for {municipality.slug} is running.")
                counts = import_rows(
                    municipality=municipality,
                    rows=rows(),
                    source=source,
                    vanished=vanished,
                    dry_run=options["dry_run"],
                )
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. Whole batches of 1,000 rows are in; run it again for the rest.") from error
        except (BadFile, ValidationError) as error:
            reason = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            raise CommandError(f"{path.name}: {reason}") from error
        reasons = [*bad, *counts.bad]
        for reason in reasons[:MOST_REASONS]:
            self.stderr.write(reason)
        if len(reasons) > MOST_REASONS:
            self.stderr.write(f"… and {len(reasons) - MOST_REASONS} more")
        self._say(counts, len(bad), dry=options["dry_run"])

    def _say(self, counts: Counts, bad: int, *, dry: bool) -> None:
        self.stdout.write(
            f"{counts.created} new, {counts.changed} changed, {counts.same} as before, {counts.removed} removed,"
            f" {bad + len(counts.bad)} not usable" + (" (nothing was written)" if dry else "")
        )
        if counts.placeless:
            self.stdout.write(f"{counts.placeless} have no place on the map in the file")
        if counts.kept:
            self.stderr.write(
                f"{counts.kept} entries are no longer in the file. They stay, since that is more than a fifth of the"
                " source; if it is right, run again with --remove-any."
            )

"""`manage.py import_reports FILE --municipality SLUG --mapping MAPPING.yml`: reports of another system."""

from __future__ import annotations

import csv
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from reports.importing.checking import Bad
from reports.importing.mapping import BadMapping, NewTown, read
from reports.importing.run import Outcome, import_file
from reports.importing.source import BadFile, open_source

SHOWN = 20
"""So many refused rows are named by a real run; a dry run and --errors name all."""


class Command(BaseCommand):
    """Imports reports; running it again changes nothing and takes up what is missing."""

    help = "Import reports of another system from a CSV or GeoJSON file (see docs/import.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--municipality", required=True, metavar="SLUG")
        parser.add_argument("--mapping", required=True, type=Path, help="YAML file: what the columns mean")
        parser.add_argument("--srid", type=int, help="EPSG code of x and y, instead of the mapping's")
        parser.add_argument("--dry-run", action="store_true", help="name every bad row, write nothing")
        parser.add_argument("--errors", type=Path, metavar="CSV", help="write refused rows and reasons to this file")
        parser.add_argument(
            "--create-municipality", metavar="NAME", help="make the municipality if it is missing, around the places"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, mapping_path, dry_run = options["file"], options["mapping"], options["dry_run"]
        for wanted in (path, mapping_path):
            if not wanted.is_file():
                raise CommandError(_("There is no file %(path)s.") % {"path": wanted})
        name = path.name
        try:
            mapping = read(mapping_path)
            source = open_source(path, mapping)
            town = NewTown(options["create_municipality"]) if options["create_municipality"] else mapping.town
            with ExitStack() as stack:
                bar = stack.enter_context(
                    tqdm(total=source.total, unit=" rows", file=sys.stderr, disable=None, leave=False)
                )
                told = stack.enter_context(_Told(self, source.where, options["errors"], limited=not dry_run, bar=bar))
                outcome = import_file(
                    source=source,
                    folder=path.parent,
                    slug=options["municipality"],
                    mapping=mapping,
                    srid=options["srid"] or mapping.srid,
                    at=timezone.now(),
                    dry_run=dry_run,
                    town=town,
                    refuse=told.refuse,
                    seen=bar.update,
                )
        except BadMapping as error:
            raise CommandError(f"{mapping_path.name}: {error}") from error
        except BadFile as error:
            raise CommandError(f"{name}: {error}") from error
        except ValidationError as error:
            raise CommandError(f"{name}: {' '.join(error.messages)}") from error
        self._tell(outcome, dry_run=dry_run)

    def _tell(self, outcome: Outcome, *, dry_run: bool) -> None:
        if outcome.town_made:
            self.stdout.write(_("The municipality is new."))
        if outcome.categories_made:
            self.stdout.write(_("New categories: %(names)s") % {"names": ", ".join(outcome.categories_made)})
        if outcome.held_back:
            self.stdout.write(
                _("%(n)d texts hold an e-mail address, telephone number or number plate and wait for review.")
                % {"n": outcome.held_back}
            )
        self.stdout.write(
            _("%(new)d new, %(unchanged)d unchanged, %(refused)d refused")
            % {"new": outcome.new, "unchanged": outcome.unchanged, "refused": outcome.refused}
        )
        if dry_run:
            self.stdout.write(_("This was a dry run: nothing was written."))
            if outcome.refused:
                raise CommandError(_("%(n)d rows would be refused.") % {"n": outcome.refused}, returncode=1)


class _Told:
    """Names refused rows: on the screen, and with all their columns in a file."""

    def __init__(self, command: BaseCommand, where: Any, errors: Path | None, *, limited: bool, bar: Any) -> None:
        self.command = command
        self.where = where
        self.errors = errors
        self.limited = limited
        self.bar = bar
        self.count = 0
        self.stack = ExitStack()
        self.writer: Any = None

    def __enter__(self) -> _Told:
        if self.errors is not None:
            try:
                stream = self.stack.enter_context(self.errors.open("w", encoding="utf-8", newline=""))
            except OSError as error:
                raise BadFile(_("%(path)s cannot be written.") % {"path": self.errors}) from error
            self.writer = csv.writer(stream)
        return self

    def __exit__(self, *_error: object) -> None:
        self.stack.close()
        if self.limited and self.count > SHOWN:
            more = self.count - SHOWN
            self.command.stderr.write(_("… and %(n)d more; --errors FILE.csv names all of them.") % {"n": more})

    def refuse(self, bad: Bad) -> None:
        """Name one row."""
        reasons = "; ".join(bad.reasons)
        if self.writer is not None:
            if not self.count:
                self.writer.writerow(["line", "reasons", *bad.raw.values])
            self.writer.writerow([bad.raw.number, reasons, *bad.raw.values.values()])
        self.count += 1
        if not self.limited or self.count <= SHOWN:
            self.bar.clear()
            self.command.stderr.write(f"{self.where(bad.raw.number)}: {reasons}")

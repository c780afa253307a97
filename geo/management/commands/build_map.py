"""`manage.py build_map [SLUG …] [--osm FILE]`: vector base maps, of the gazetteer or of an OSM extract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from geo import base_map
from geo.models import Municipality
from geo.pmtiles import BadArchive


class Command(BaseCommand):
    """Builds archives anew; pages show them at once, running servers need no restart."""

    help = (
        "Build the vector base map of municipalities (all, if none is named) from streets and houses in the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG")
        parser.add_argument("--osm", type=Path, metavar="FILE", help="an extract of OpenStreetMap: .osm.pbf or .osm")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted: list[str] = options["slugs"]
        rows = Municipality.objects.active().order_by("slug")
        found = list(rows.filter(slug__in=wanted) if wanted else rows)
        if unknown := sorted(set(wanted) - {one.slug for one in found}):
            raise CommandError(f"There is no municipality “{unknown[0]}”.")
        extract: Path | None = options["osm"]
        if extract is not None and not extract.is_file():
            raise CommandError(f"There is no file {extract}.")
        for municipality in found:
            try:
                count = base_map.build_from_osm(municipality, extract) if extract else base_map.build(municipality)
            except BadArchive as error:
                raise CommandError(f"{municipality.slug}: {error}") from error
            size = base_map.path_of(municipality.slug).stat().st_size
            self.stdout.write(f"{municipality.slug}: {count} features, {size / 1e6:.1f} MB")

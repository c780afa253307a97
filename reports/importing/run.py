"""One import from the first row to the last, in batches that each stand by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from geo.models import Municipality
from geo.spatial import transform
from geo.spatial_index import refresh_statistics
from reports.importing.checking import Bad, Checker
from reports.importing.keys import Keys
from reports.importing.mapping import Mapping, NewTown
from reports.importing.places import Places
from reports.importing.setting_up import Names, hull, make_town, system_of
from reports.importing.source import BadFile, Raw, Source
from reports.importing.writing import Writer, known_keys

BATCH = 2000
PHOTO_BATCH = 25
"""Rows of a batch where photos are read: the transaction stays short, others write in between."""
_MANY = 1000
"""After this many new rows the database counts its rows again."""


@dataclass
class Outcome:
    """What an import did, or would do."""

    new: int = 0
    unchanged: int = 0
    refused: int = 0
    held_back: int = 0
    town_made: bool = False
    categories_made: list[str] = field(default_factory=list)


def import_file(
    *,
    source: Source,
    folder: Path,
    slug: str,
    mapping: Mapping,
    srid: int,
    at: datetime,
    dry_run: bool,
    town: NewTown | None = None,
    refuse: Callable[[Bad], None],
    seen: Callable[[int], object],
) -> Outcome:
    """Import the rows of `source` into the municipality `slug`, which `town` describes if it is to be made.

    `refuse` is called for each bad row, in the order of the file within a batch, `seen` with the number of rows done.
    Photos lie below `folder`. A dry run writes nothing. Every batch is one transaction, so whatever stops an import,
    the next one goes on; rows that were imported before are left as they are. Raises BadFile, BadMapping and
    ValidationError (unknown coordinate system, a municipality that cannot be made).
    """
    transform([(0.0, 0.0)], system_of(mapping.columns, srid))
    outcome = Outcome()
    with _prepared(source, slug, mapping, srid, town, dry_run, outcome) as (municipality, names):
        stored = not (dry_run and outcome.town_made)
        places = Places(municipality, stored=stored)
        family = municipality.family_ids() if stored else [municipality.pk]
    checker = Checker(mapping=mapping, names=names, places=places, folder=folder, srid=srid, at=at)
    writer = Writer(municipality=municipality, source=mapping.source, photos_released=mapping.photos_released, at=at)
    keys = Keys(mapping)
    rows = source.rows()
    while batch := list(islice(rows, PHOTO_BATCH if mapping.columns.photos else BATCH)):
        fresh, bad = _fresh(batch, keys, family, outcome)
        good, more = checker.check(fresh)
        outcome.new += len(good) if dry_run else writer.write(good)
        outcome.held_back += sum(row.held_back and row.released for row in good)
        for one in sorted([*bad, *more], key=lambda one: one.raw.number):
            outcome.refused += 1
            refuse(one)
        seen(len(batch))
    if outcome.new >= _MANY and not dry_run:
        refresh_statistics()
    return outcome


@contextmanager
def _prepared(
    source: Source, slug: str, mapping: Mapping, srid: int, town: NewTown | None, dry_run: bool, outcome: Outcome
) -> Iterator[tuple[Municipality, Names]]:
    """Municipality and categories; in a dry run what was made is taken back at once and lives on in memory only."""
    boundary = None
    found = Municipality.objects.filter(slug=slug).first()
    if found is None:
        if town is None:
            raise BadFile(
                _("There is no municipality “%(slug)s”. --create-municipality NAME makes one.") % {"slug": slug}
            )
        boundary = hull(source, mapping, srid)
    with transaction.atomic():
        if found is None and town is not None and boundary is not None:
            found, outcome.town_made = make_town(slug, town, boundary), True
        assert found is not None
        names = Names(found, mapping)
        outcome.categories_made = names.made
        yield found, names
        transaction.set_rollback(dry_run)


def _fresh(
    batch: list[Raw], keys: Keys, family: list[int], outcome: Outcome
) -> tuple[list[tuple[str, Raw]], list[Bad]]:
    """The rows that were not imported before, and those that cannot be told apart."""
    named: list[tuple[str, Raw]] = []
    bad: list[Bad] = []
    for raw in batch:
        key, problem = keys.of(raw)
        if problem:
            bad.append(Bad(raw, [raw.problem or problem]))
        else:
            named.append((key, raw))
    known = known_keys(family, [key for key, _raw in named])
    outcome.unchanged += sum(key in known for key, _raw in named)
    return [(key, raw) for key, raw in named if key not in known], bad

"""Makes as many reports as wanted, as a city has them, in the database that DATABASE_URL names.

    DATABASE_URL=postgis://…/measure python -m bench.data --reports 1000000 [--addresses 200000]

The database must be migrated and empty, or filled by this program before: then it grows to the number wanted. Places
lie along streets, in a dense core and at hotspots; texts are German; ages, states, stages, deadlines, units, districts,
contacts, timelines, supporters and photos (rows without a file behind them) as they are found in a town hall. The same
number makes the same rows but for the days, which count back from now. Only the first WHOLE reports have all of that;
what comes after is case and report alone, which is what maps and lists read.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("SLOW_QUERY_MS", "0")
django.setup()

from django.contrib.gis.geos import Point  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import loading, town  # noqa: E402
from bench.loading import STAGING, insert, number, point, quoted  # noqa: E402
from bench.rows import COLUMNS, rows  # noqa: E402
from bench.streets import gazetteer  # noqa: E402
from bench.town import Town  # noqa: E402
from cases.models import Case, Contact, Entry, File, Follow, Support  # noqa: E402
from cases.policy import Actor, Deed, State  # noqa: E402
from geo.gazetteer import import_rows  # noqa: E402
from geo.models import Address  # noqa: E402
from reports import attention  # noqa: E402
from reports.counts import checking as counts  # noqa: E402
from reports.counts import triggers as counting  # noqa: E402
from reports.models import Photo, Report  # noqa: E402
from reports.policy import KIND  # noqa: E402
from reports.words import checking as words  # noqa: E402
from reports.words import triggers as wording  # noqa: E402

KEPT: tuple[Any, ...] = (counting, wording, attention)
"""What triggers keep beside cases: taken off and put back around a large filling."""
FEW = 1_000

CHUNK = 100_000
WHOLE = 1_000_000
FILLED: tuple[type[models.Model], ...] = (Contact, Case, Report, Entry, File, Photo, Support, Follow)


def fill(reports: int, *, whole: int = WHOLE, quiet: bool = True) -> Town:
    """Grow the database to so many reports (it is never made smaller); returns the town. Raises town.Foreign."""
    place = town.make()
    with transaction.atomic():
        before = Case.objects.count()
        wanted = reports - before
        if wanted > before // 4 and wanted > FEW:
            with _unkept(reports <= WHOLE), loading.bare([model._meta.db_table for model in FILLED]):
                _fill(place, before, wanted, whole, quiet)
        elif wanted > 0:
            _fill(place, before, wanted, whole, quiet)
        loading.settle(FILLED)
    if wanted > 0:
        loading.tidy()
    return place


@contextmanager
def _unkept(whole: bool) -> Iterator[None]:
    """While it lasts no trigger keeps anything; in the end what is kept is made anew. Beyond WHOLE that is what the
    map and the public list read; what the work list and the search keep is left as it was."""
    for kept in KEPT:
        kept.remove(connection)
    if whole:
        words.drop_indexes(connection)
    yield
    for kept in KEPT:
        kept.install(connection)
    counts.rebuild()
    if whole:
        words.rebuild(connection)
        attention.rebuild(connection)


def _fill(place: Town, before: int, wanted: int, whole: int, quiet: bool) -> None:
    now = timezone.now().replace(microsecond=0)
    for start in range(before, before + wanted, CHUNK):
        size = min(CHUNK, before + wanted - start)
        ids = {model: number(f"SELECT max(id) FROM {model._meta.db_table}") for model in (Case, Contact, Report, File)}
        loading.stage(COLUMNS, rows(place, start, size, ids, now))
        _insert(place, ids[Report], start + size <= whole)
        if not quiet:
            print(f"\r{start + size:,} reports", end="" if sys.stdout.isatty() else "\n", flush=True)


def _insert(place: Town, reports: int, whole: bool) -> None:
    """From the staging table into the tables. `reports`: the highest id of a report so far."""
    first = number(f"SELECT min(n) FROM {STAGING}")
    report_id = f"{reports} + 1 + n - {first}"
    if whole:
        _contacts()
    year = "EXTRACT(year FROM submitted_at)" if loading.on_postgresql() else "substr(submitted_at, 1, 4)"
    padded = "lpad(case_id::text, 6, '0')" if loading.on_postgresql() else "printf('%%06d', case_id)"
    long = "CASE WHEN case_id < 1000000 THEN " + padded + " ELSE CAST(case_id AS text) END"
    insert(
        Case,
        {
            "id": "case_id",
            "municipality_id": str(place.municipality.pk),
            "kind": quoted(KIND),
            "number": f"'{place.municipality.prefix}-' || {year} || '-' || {long}",
            "secret": "token",
            "point": point("lon", "lat"),
            "contact_id": "contact_id" if whole else "NULL",
            "duplicate_of_id": "duplicate_id",
            "first_answer_at": "answered_at",
            "state_since": "changed_at",
            "assigned_at": "submitted_at",
            "waits_for": f"CASE WHEN state = '{State.WAITING.value}' THEN 'others' ELSE '' END",
            "version": f"CASE WHEN state = '{State.NEW.value}' THEN 1 ELSE 4 END",
            **{
                name: name
                for name in (
                    "topic_id", "state", "stage_id", "unit_id", "assignee_id", "priority", "confidential", "source",
                    "grid", "district_id", "public_at", "submitted_at", "changed_at", "due_at", "waiting_since",
                    "closed_at",
                )
            },
        },
    )  # fmt: skip
    insert(
        Report,
        {
            "id": report_id,
            "case_id": "case_id",
            "text": "text",
            "public_text": "CASE WHEN released THEN text ELSE '' END",
            "text_released": "released",
            "address": "address",
        },
    )
    if whole:
        _entries(place)
        _photos(report_id)
        _supporters()


def _contacts() -> None:
    insert(
        Contact,
        {
            "id": "contact_id",
            "name": "'Person ' || n",
            "email": "'person' || n || '@bench.example'",
            "token": "'c' || substr(token, 2)",
            "confirmed_at": "submitted_at",
            "created_at": "submitted_at",
        },
        where="contact_id IS NOT NULL",
    )


def _entries(place: Town) -> None:
    """What happened: handed in, released, taken up, and the last step of whatever is not open any more."""
    after = f"state <> '{State.NEW.value}'"
    opened = place.stages[State.OPEN][0]
    taken_up = f'{{"from": "new", "to": "open", "stage": {opened.pk}, "label": {_label(opened)}}}'
    ends = " ".join(
        f"WHEN stage_id = {stage.pk} THEN "
        + quoted(f'{{"from": "open", "to": "{state.value}", "stage": {stage.pk}, "label": {_label(stage)}}}')
        for state, stages in place.stages.items()
        for stage in [*stages, *([place.duplicate] if state == State.REJECTED else [])]
    )
    deeds = (
        (Deed.SUBMITTED, Actor.CITIZEN, "submitted_at", 1, "''", "'{}'", "false", ""),
        (Deed.TEXT_RELEASED, Actor.STAFF, "public_at", 2, "''", "'{}'", "false", "released AND public_at IS NOT NULL"),
        (Deed.MOVED, Actor.STAFF, "answered_at", 3, quoted("Wir kümmern uns darum."), quoted(taken_up), "true", after),
        (
            Deed.MOVED,
            Actor.STAFF,
            "changed_at",
            4,
            quoted("Vielen Dank für Ihren Hinweis."),
            f"CASE {ends} ELSE '{{}}' END",
            "true",
            f"{after} AND state <> '{State.OPEN.value}'",
        ),
    )
    for deed, actor, at, version, text, data, public, where in deeds:
        insert(
            Entry,
            {
                "case_id": "case_id",
                "deed": quoted(deed.value),
                "at": at,
                "actor": quoted(actor.value),
                "user_id": "NULL" if actor == Actor.CITIZEN else "assignee_id",
                "public": public,
                "text": text,
                "data": loading.json(data),
                "version": str(version),
            },
            where=where,
        )


def _label(stage: Any) -> str:
    return "{" + ", ".join(f'"{language}": "{word}"' for language, word in stage.label.items()) + "}"


def _photos(report_id: str) -> None:
    for position in (0, 1):
        where = f"photos > {position}"
        insert(
            File,
            {
                "id": f"file_id + {position}",
                "case_id": "case_id",
                "key": f"'{position}' || substr(token, 2)",
                "public_name": f"CASE WHEN public_at IS NOT NULL THEN 'p{position}' || substr(token, 3) END",
                "format": "'jpeg'",
                "bytes": "400000 + n %% 900000",
                "sha256": "token",
                "width": "1600",
                "height": "1200",
                "ready_at": "submitted_at",
                "original_deleted_at": "CASE WHEN originals_gone THEN closed_at END",
                "created_at": "submitted_at",
            },
            where=where,
        )
        insert(
            Photo,
            {
                "report_id": report_id,
                "file_id": f"file_id + {position}",
                "position": str(position),
                "released": "public_at IS NOT NULL",
            },
            where=where,
        )


def _supporters() -> None:
    for turn in range(1, 6):
        where = f"followers >= {turn}"
        insert(
            Support,
            {
                "case_id": "case_id",
                "email_hash": f"'{turn}' || token",
                "token": f"'s{turn}' || substr(token, 3)",
                "confirmed_at": "changed_at",
                "created_at": "changed_at",
            },
            where=where,
        )
        insert(
            Follow,
            {
                "case_id": "case_id",
                "email": f"'follower{turn}-' || n || '@bench.example'",
                "token": f"'f{turn}' || substr(token, 3)",
                "confirmed_at": "changed_at",
                "created_at": "changed_at",
            },
            where=f"{where} AND closed_at IS NULL",
        )


def addresses(wanted: int) -> int:
    """Give the town a gazetteer of so many houses, once; returns how many entries it has."""
    place = town.make()
    if not Address.objects.filter(municipality=place.municipality, source=town.SLUG).exists():
        houses = gazetteer(wanted, Point(town.LON, town.LAT, srid=4326))
        import_rows(municipality=place.municipality, rows=houses, source=town.SLUG)
    return Address.objects.filter(municipality=place.municipality).count()


def main() -> None:
    """Fill the database and say how long it took."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--reports", type=int, default=10_000, help="so many reports there shall be")
    asked.add_argument("--addresses", type=int, default=0, help="houses of the gazetteer")
    asked.add_argument("--whole", type=int, default=WHOLE, help="reports with timeline, photos and contact")
    wanted = asked.parse_args()
    begun = time.perf_counter()
    try:
        fill(wanted.reports, whole=wanted.whole, quiet=False)
    except town.Foreign as refusal:
        sys.exit(str(refusal))
    took = timedelta(seconds=round(time.perf_counter() - begun))
    print(f"\n{Case.objects.count():,} reports on {connection.vendor} in {took}")
    if wanted.addresses:
        print(f"{addresses(wanted.addresses):,} entries of the gazetteer")
    print(f"Login: {town.EMAIL}, {town.PASSWORD}")


if __name__ == "__main__":
    main()

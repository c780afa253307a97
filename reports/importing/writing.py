"""A batch of checked rows becomes cases, entries and photos in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from operator import itemgetter
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from cases import files as stored
from cases import routing
from cases.models import Case, Entry
from cases.policy import ACTIVE, CLOCK_STOPPED, Actor, Deed, State, WaitsFor
from geo import grid
from geo.models import Municipality
from reports.importing.checking import Good
from reports.importing.inserting import Facts, insert
from reports.models import Photo, Report
from reports.policy import KIND

SOURCE = "import"
"""Case.source of imported reports."""


def known_keys(family: Sequence[int], keys: Sequence[str]) -> set[str]:
    """Those of the keys that were imported before."""
    rows = Case.objects.filter(municipality__in=family, import_key__in=keys).order_by()
    return {key for key in rows.values_list("import_key", flat=True) if key is not None}


def reserve_ids(count: int) -> list[int]:
    """Ids for new cases, so that a number (which ends with the id) is written with its row and not after it.

    Call it in the transaction that uses them.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [Case._meta.db_table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # The write lock is held; a row with a higher id moves the counter by itself.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [Case._meta.db_table])
        row = cursor.fetchone()
    first = (row[0] if row else 0) + 1
    return list(range(first, first + count))


class Deadlines:
    """Deadlines of open reports, counted once per day and category."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, date, int], datetime] = {}

    def of(self, owner: Municipality, submitted: datetime, working_days: int) -> datetime:
        """The end of the n-th working day after the report came in."""
        day = submitted.astimezone(routing.BERLIN).date()
        key = (owner.pk, day, working_days)
        if key not in self.kept:
            noon = datetime.combine(day, time(12), routing.BERLIN)
            self.kept[key] = routing.due(owner, noon, working_days)
        return self.kept[key]


class Writer:
    """Writes batches of one import."""

    def __init__(self, *, municipality: Municipality, source: str, photos_released: bool, at: datetime) -> None:
        self.municipality = municipality
        self.family = municipality.family_ids()
        self.source = source
        self.photos_released = photos_released
        self.at = at
        self.deadlines = Deadlines()

    @transaction.atomic
    def write(self, rows: Sequence[Good]) -> int:
        """Store the rows that were not imported before; returns how many. Two imports at once wait for each other."""
        Municipality.objects.select_for_update(no_key=True).only("pk").get(pk=self.municipality.pk)
        known = known_keys(self.family, [row.key for row in rows])
        new = [row for row in rows if row.key not in known]
        if not new:
            return 0
        cases: list[Facts] = []
        reports: list[Facts] = []
        entries: list[Facts] = []
        for pk, row, cell in zip(reserve_ids(len(new)), new, _grid(new), strict=True):
            told = self._entries(pk, row)
            last = told[-1]["at"]
            cases.append(
                {
                    **self._case(pk, row, cell),
                    "version": len(told),
                    "changed_at": max(last, row.changed) if row.changed is not None else last,
                }
            )
            reports.append(_report(pk, row))
            entries += told
        insert(Case, cases)
        insert(Report, reports)
        insert(Entry, entries)
        for facts, row in zip(cases, new, strict=True):
            if row.photos:
                self._photos(facts["id"], row.photos, released=self.photos_released and row.released)
        return len(new)

    def _case(self, pk: int, row: Good, cell: int | None) -> Facts:
        state, topic = row.target.state, row.category.topic
        since = _state_since(row)
        public = row.released and (not row.held_back or (self.photos_released and bool(row.photos)))
        return {
            "id": pk,
            "municipality_id": row.owner.pk,
            "kind": KIND,
            "topic_id": topic.pk,
            "number": f"{row.owner.prefix}-{row.submitted.astimezone(routing.BERLIN).year}-{pk:06d}",
            "state": state.value,
            "stage_id": row.target.stage.pk if row.target.stage else None,
            "unit_id": row.unit,
            "confidential": topic.confidential,
            "source": SOURCE,
            "point": row.place,
            "grid": cell,
            "district_id": row.district,
            "public_at": row.submitted if public else None,
            "import_key": row.key,
            "former_number": row.number,
            "submitted_at": row.submitted,
            "state_since": since,
            "first_answer_at": next((at for at, _text in row.answers if at is not None), None),
            "due_at": self.deadlines.of(row.owner, row.submitted, topic.working_days)
            if state in ACTIVE and topic.category.rules.deadline
            else None,
            "waiting_since": since if state in CLOCK_STOPPED else None,
            "waits_for": (row.target.stage.waits_for if row.target.stage else WaitsFor.OTHERS.value)
            if state in CLOCK_STOPPED
            else "",
            "assigned_at": row.submitted if row.unit else None,
            "accepted_at": since if row.unit else None,
            "closed_at": row.closed,
        }

    def _entries(self, case: int, row: Good) -> list[Facts]:
        """How it came in, public answers, and how it ended as far as the file tells."""
        told = [
            {
                "case_id": case,
                "deed": Deed.SUBMITTED.value,
                "at": row.submitted,
                "actor": Actor.SYSTEM.value,
                "data": {"import": self.source},
            }
        ]
        dated = [(at, text) for at, text in row.answers if at is not None]
        last = next((text for at, text in row.answers if at is None), "")
        told += [_public(case, Deed.UPDATE, max(at, row.submitted), text) for at, text in dated]
        when = row.closed or row.changed
        if row.target.state is not State.NEW and (when is not None or last):
            stage = row.target.stage
            moved = {
                "from": State.NEW.value,
                "to": row.target.state.value,
                "stage": stage.pk if stage else None,
                "label": stage.label if stage else None,
            }
            told.append({**_public(case, Deed.MOVED, _state_since(row), last), "data": moved})
        elif last:
            told.append(_public(case, Deed.UPDATE, _state_since(row), last))
        told.sort(key=itemgetter("at"))
        for version, entry in enumerate(told, 1):
            entry["version"] = version
        return told

    def _photos(self, pk: int, paths: Sequence[Path], *, released: bool) -> None:
        case = Case.objects.get(pk=pk)
        report = Report.objects.get(case=case)
        for position, path in enumerate(paths):
            upload = SimpleUploadedFile(path.name, path.read_bytes())
            file, _position = stored.store(upload=upload, case=case, at=self.at)
            photo, new = Photo.objects.get_or_create(
                file=file, defaults={"report": report, "position": position, "released": released}
            )
            if new and photo.released:
                stored.release(file=file)


def _state_since(row: Good) -> datetime:
    """When the present state began: the file's date of closing or change, else the day it came in."""
    return row.closed or row.changed or row.submitted


def _grid(rows: Sequence[Good]) -> list[int | None]:
    found: list[int | None] = [None] * len(rows)
    placed = [index for index, row in enumerate(rows) if row.place is not None]
    places = [row.place for row in rows if row.place is not None]
    numbers = grid.morton_many([lon for lon, _lat in places], [lat for _lon, lat in places]).tolist()
    for index, number in zip(placed, numbers, strict=True):
        found[index] = number
    return found


def _public(case: int, deed: Deed, at: datetime, text: str) -> Facts:
    """A public entry; with words it is an answer of the town hall."""
    return {
        "case_id": case,
        "deed": deed.value,
        "at": at,
        "actor": (Actor.STAFF if text else Actor.SYSTEM).value,
        "text": text,
        "public": True,
        "for_reporter": True,
    }


def _report(case: int, row: Good) -> Facts:
    released = row.released and not row.held_back
    return {
        "case_id": case,
        "text": row.text,
        "public_text": row.text if released else "",
        "text_released": released,
        "address": row.address,
        # Nobody knows who typed it: it is public together with the text only.
        "address_by_citizen": row.address_of_file,
    }

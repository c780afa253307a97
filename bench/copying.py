"""The bare SQL of a report that comes in: the same rows as the platform writes, copied from one that it wrote."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models

from bench import loading
from bench.measuring import Bench
from cases.models import Case, Contact, Entry, File
from outbox.models import Event, Job
from reports.models import Photo, Report

OF_CASE: dict[type[models.Model], str] = {Report: "reports_report", Entry: "cases_entry"}
"""What an import writes beside a case."""


def columns(model: type[models.Model]) -> list[str]:
    """Columns that are written: all but the key and those the database makes."""
    fields = model._meta.concrete_fields
    return [str(one.column) for one in fields if not one.primary_key and not getattr(one, "generated", False)]


def _row(bench: Bench, model: type[models.Model], pk: int, fresh: Mapping[str, Any]) -> int:
    """Insert a copy of a row with other values in some columns; returns its id."""
    names = columns(model)
    table = model._meta.db_table
    taken = ", ".join("%s" if name in fresh else f'"{name}"' for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    values = [fresh[name] for name in names if name in fresh]
    sql = f"INSERT INTO {table} ({quoted}) SELECT {taken} FROM {table} WHERE id = %s RETURNING id"
    mark = "?" if connection.vendor == "sqlite" else "%s"
    cursor = bench.raw.cursor()
    cursor.execute(sql.replace("%s", mark), [*values, pk])
    return int(cursor.fetchone()[0])


def one(bench: Bench, case: Case) -> None:
    """All rows of a report, in one transaction that is durable as the platform's are."""
    text = connection.vendor == "sqlite"
    cursor = bench.raw.cursor()
    cursor.execute("BEGIN IMMEDIATE" if text else "BEGIN")
    contact = None
    if case.contact_id is not None:
        contact = _row(bench, Contact, case.contact_id, {"token": uuid.uuid4().hex[:22]})
    key = uuid.uuid4()
    fresh = {
        "contact_id": contact,
        "secret": uuid.uuid4().hex[:22],
        "number": None,
        "client_key": key.hex if text else key,
        "import_key": None,
    }
    new = _row(bench, Case, case.pk, fresh)
    mark = "?" if text else "%s"
    cursor.execute(f"UPDATE cases_case SET number = {mark} WHERE id = {mark}", [f"COPY-{new}", new])
    report = _row(bench, Report, case.report.pk, {"case_id": new})
    for entry in _ids(Entry, case=case):
        _row(bench, Entry, entry, {"case_id": new})
    for photo in Photo.objects.filter(report__case=case):
        file = {"case_id": new, "key": uuid.uuid4().hex[:22], "public_name": None, "client_key": None, "entry_id": None}
        copied = _row(bench, File, photo.file_id, file)
        _row(bench, Photo, photo.pk, {"report_id": report, "file_id": copied})
    for event in events(case):
        copied = _row(bench, Event, event, {})
        for job in _ids(Job, event_id=event):
            # Done, so that no worker takes it for a duty.
            _row(bench, Job, job, {"event_id": copied, "done_at": "2026-01-01 00:00:00+00", "lease_owner": ""})
    cursor.execute("COMMIT")
    cursor.close()


def _ids(model: type[models.Model], **wanted: Any) -> Sequence[int]:
    return list(model._default_manager.filter(**wanted).order_by("pk").values_list("pk", flat=True))


def events(case: Case) -> Sequence[int]:
    """What was told to the platform's other parts of a case."""
    return _ids(Event, payload__case=case.pk)


def several(cursor: Any, table: str, model: type[models.Model], fresh: Mapping[str, str], where: str) -> None:
    """Insert copies of many rows in one statement; `fresh` is SQL by column, the key too if it is given by hand."""
    names = [*(["id"] if "id" in fresh else []), *columns(model)]
    taken = ", ".join(fresh.get(name, f'"{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    cursor.execute(f"INSERT INTO {table} ({quoted}) SELECT {taken} FROM {table} WHERE {where}")


def settle() -> None:
    """After ids of cases were given by hand."""
    loading.settle([Case])

"""Many cases quickly: some made by the models, the rest copied by the database itself, which takes seconds."""

from __future__ import annotations

from django.db import connection, models
from django.db.models import Max

from accounts.models import User
from bench.worklist import make
from cases.models import Case, Entry
from reports.models import Report

MADE = 2_000
"""So many cases are made row by row."""


def many(rows: int) -> User:
    """A town with `rows` cases (a multiple of MADE above it), as `make` makes them; returns its complaint manager."""
    user = make(min(rows, MADE))
    times = rows // MADE - 1
    if times > 0:
        span = {model: model._default_manager.aggregate(top=Max("pk"))["top"] for model in (Case, Report, Entry)}
        fresh = {"number": "t.number || '-' || n.i", "secret": "'s' || t.id || '-' || n.i", "client_key": "NULL"}
        steps = span[Case]
        _copy(Case, times, span[Case], fresh)
        _copy(Report, times, span[Report], {"case_id": f"t.case_id + n.i * {steps}"})
        _copy(Entry, times, span[Entry], {"case_id": f"t.case_id + n.i * {steps}"})
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return user


def _copy(model: type[models.Model], times: int, span: int, fresh: dict[str, str]) -> None:
    """Copy every row so many times with ids of its own; `fresh` are columns that must differ."""
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields]
    values = [
        f"t.id + n.i * {span}" if name == "id" else fresh.get(name, f"t.{connection.ops.quote_name(name)}")
        for name in columns
    ]
    named = ", ".join(connection.ops.quote_name(name) for name in columns)
    # Names come from the models, numbers from the database.
    sql = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s) "
        f"INSERT INTO {table} ({named}) SELECT {', '.join(values)} FROM {table} t CROSS JOIN n"
    )
    if connection.vendor == "sqlite":  # the clause stands behind the verb there
        head, rest = sql.split("INSERT INTO", 1)
        into, select = rest.split(" SELECT ", 1)
        sql = f"INSERT INTO{into} {head}SELECT {select}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [times])

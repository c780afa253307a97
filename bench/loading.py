"""Many rows into a database quickly: what slows writing down is taken off its tables and put back in the end.

On PostgreSQL a table is filled by COPY into a table of the session and INSERT … SELECT, without indexes, unique
constraints and foreign keys; on SQLite by executemany, without indexes. All of it is one transaction: if it breaks off,
nothing has happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

STAGING = "bench_row"


def on_postgresql() -> bool:
    """Which of the two databases it is."""
    return connection.vendor == "postgresql"


def run(sql: str, values: Sequence[Any] | None = None) -> None:
    """Execute one statement; with values, be there none, a percent sign is doubled."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def fetch(sql: str, values: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def number(sql: str) -> int:
    """The only number of a query; 0 for none."""
    return int(fetch(sql)[0][0] or 0)


@contextmanager
def bare(tables: Sequence[str]) -> Iterator[None]:
    """While it lasts the tables have no indexes but their primary keys; on PostgreSQL no other constraints either."""
    undo = _strip_postgresql(tables) if on_postgresql() else _strip_sqlite(tables)
    yield
    if on_postgresql():
        run("SET LOCAL maintenance_work_mem = '512MB'")
    for statement in undo:
        run(statement)


def _strip_postgresql(tables: Sequence[str]) -> list[str]:
    run("SET LOCAL synchronous_commit = off")
    wanted = [list(tables)]
    constraints = fetch(
        "SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u') ORDER BY contype = 'u'",
        wanted,
    )
    for table, name, _kind, _meant in constraints:
        run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    indexes = fetch(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary",
        wanted,
    )
    for name, _meant in indexes:
        run(f"DROP INDEX {name}")
    constraints.reverse()
    back = [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {meant}' for table, name, _kind, meant in constraints]
    return [*(meant for _name, meant in indexes), *back]


def _strip_sqlite(tables: Sequence[str]) -> list[str]:
    marks = ", ".join(["%s"] * len(tables))
    indexes = fetch(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})",
        list(tables),
    )
    for name, _meant in indexes:
        run(f'DROP INDEX "{name}"')
    return [meant for _name, meant in indexes]


def stage(columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
    """Put rows into the session's own table STAGING, made anew; `columns` are its names and PostgreSQL's types."""
    named = ", ".join(columns)
    run(f"DROP TABLE IF EXISTS {STAGING}")
    run(f"CREATE TEMP TABLE {STAGING} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
    with connection.cursor() as cursor:
        if on_postgresql():
            lines = "".join("\t".join([r"\N" if one is None else str(one) for one in row]) + "\n" for row in rows)
            with cursor.copy(f"COPY {STAGING} ({named}) FROM STDIN") as copy:
                copy.write(lines)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {STAGING} ({named}) VALUES ({marks})", rows)


def insert(model: type[models.Model], values: Mapping[str, str], source: str = STAGING, where: str = "") -> None:
    """Insert a row of a model for every row of `source`; `values` are SQL by column.

    Columns that are not named get their default. So a column that comes later needs no change here.
    """
    taken = dict(values)
    constants: list[Any] = []
    for field in model._meta.concrete_fields:
        skipped = field.primary_key or field.null or getattr(field, "generated", False)
        if field.column in taken or skipped or field.db_default is not NOT_PROVIDED:
            continue
        plain = field.get_db_prep_save(field.get_default(), connection)
        taken[field.column] = f"CAST(%s AS {field.db_type(connection)})" if on_postgresql() else "%s"
        constants.append(plain)
    # Constants stand last, so that their order is that of the placeholders.
    ordered = [*values, *(name for name in taken if name not in values)]
    named = ", ".join(f'"{name}"' for name in ordered)
    selected = ", ".join(taken[name] for name in ordered)
    sql = f"INSERT INTO {model._meta.db_table} ({named}) SELECT {selected} FROM {source}"
    run(f"{sql} WHERE {where}" if where else sql, constants)


def json(sql: str) -> str:
    """SQL of text as JSON."""
    return f"CAST({sql} AS jsonb)" if on_postgresql() else sql


def point(lon: str, lat: str) -> str:
    """SQL of a place in WGS84."""
    if on_postgresql():
        return f"ST_SetSRID(ST_MakePoint({lon}, {lat}), 4326)"
    return f"MakePoint({lon}, {lat}, 4326)"


def quoted(text: str) -> str:
    """A text of ours, without a percent sign, as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def settle(tables: Sequence[type[models.Model]]) -> None:
    """After ids were given by hand: the next one is free."""
    if on_postgresql():
        for model in tables:
            table = model._meta.db_table
            run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT COALESCE(max(id), 1) FROM {table}))")


def tidy() -> None:
    """Statistics and visibility as a database has them that was used for a while."""
    run("VACUUM ANALYZE" if on_postgresql() else "ANALYZE")

"""Makes the rows of words, their indexes and SQLite's trigrams anew, and proves them against the cases."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from reports.words.asking import DESK_WORDS, VECTOR
from reports.words.sql import CASES, COLUMNS, DESK, PUBLIC, REPORTS, rows, written
from reports.words.triggers import TABLES, fts

BATCH = 5000
LACKING = 10_000
"""If more rows are to be written, they are written without the indexes, which are then built once."""
MOST = 100
"""So many differences are told of each table."""
_INDEXED = {PUBLIC: "words", DESK: DESK_WORDS}
_PENDING = 512
"""kB of an index's list of what came in last: each search reads it through, so it is kept short."""

_MEMORY = 256 * 1024
"""kB for building an index, where less is set: PostgreSQL comes with a quarter of that."""


def _index(table: str) -> str:
    return f"{table}_index"


def fill(connection: BaseDatabaseWrapper, done: Callable[[int], None] | None = None) -> int:
    """Write the rows of all cases, in batches by id; returns how many ids were looked at.

    The cases of a batch are locked before they are read, so that nobody changes one between reading and writing.
    """
    last = number = 0
    while True:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            locked = " FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""
            cursor.execute(f"SELECT id FROM {CASES} WHERE id > %s ORDER BY id LIMIT {BATCH}{locked}", [last])
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                return number
            between = f"c.id BETWEEN {ids[0]} AND {ids[-1]}"
            for table in TABLES:
                cursor.execute(written(table, connection.vendor, between))
        last, number = ids[-1], number + len(ids)
        if done is not None:
            done(number)


def make_indexes(connection: BaseDatabaseWrapper) -> None:
    """PostgreSQL's indexes of trigrams and marks, while everybody goes on writing; outside a transaction."""
    if connection.vendor != "postgresql":
        return
    how = "" if connection.in_atomic_block else " CONCURRENTLY"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('maintenance_work_mem', greatest(%s, setting::bigint)::text, false)"
            " FROM pg_settings WHERE name = 'maintenance_work_mem'",
            [_MEMORY],
        )
        for table in TABLES:
            cursor.execute(f"DROP INDEX{how} IF EXISTS {_index(table)}")
            cursor.execute(
                f"CREATE INDEX{how} {_index(table)} ON {table} USING gin (({VECTOR.format(_INDEXED[table])}))"
                f" WITH (gin_pending_list_limit = {_PENDING})"
            )
            cursor.execute(f"ANALYZE {table}")
        cursor.execute("RESET maintenance_work_mem")


def drop_indexes(connection: BaseDatabaseWrapper) -> None:
    """Undo `make_indexes`."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"DROP INDEX IF EXISTS {_index(table)}")


def indexes_present(connection: BaseDatabaseWrapper) -> bool:
    """Whether PostgreSQL's indexes are there and valid; SQLite's trigrams come with the triggers."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid IN (to_regclass(%s), to_regclass(%s))",
            [_index(table) for table in TABLES],
        )
        return bool(cursor.fetchone()[0] == len(TABLES))


def rebuild(connection: BaseDatabaseWrapper, done: Callable[[int], None] | None = None) -> int:
    """Make everything anew: what has no case goes, every row is written, indexes and trigrams are built again."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE case_id NOT IN ({_due_ids(table, connection.vendor)})")
        cursor.execute(f"SELECT (SELECT count(*) FROM {REPORTS}) - (SELECT count(*) FROM {DESK})")
        lacking = int(cursor.fetchone()[0])
    if lacking > LACKING:
        drop_indexes(connection)
    number = fill(connection, done)
    if connection.vendor == "sqlite":
        cleansed(connection, rebuild=True)
    else:
        make_indexes(connection)
    return number


def _due_ids(table: str, vendor: str) -> str:
    return f"SELECT case_id FROM ({rows(table, vendor, '1 = 1')}) AS due"


def cleansed(connection: BaseDatabaseWrapper, *, rebuild: bool = False) -> None:
    """SQLite: put the trigrams together, so that nothing of deleted words is left in the file; `rebuild`: anew.

    Newer versions of SQLite overwrite what is deleted at once, see `triggers.SECURE`.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for table in TABLES:
            if rebuild:
                cursor.execute(f"INSERT INTO {fts(table)} ({fts(table)}) VALUES ('rebuild')")
            cursor.execute(f"INSERT INTO {fts(table)} ({fts(table)}) VALUES ('optimize')")


def differences(connection: BaseDatabaseWrapper) -> list[str]:
    """Where the rows are not what the cases say, in words; empty if all is well. One statement for each table."""
    found = []
    with connection.cursor() as cursor:
        for table in TABLES:
            names = ", ".join(COLUMNS[table])
            kept = f"SELECT {names} FROM {table}"
            due = f"SELECT {names} FROM ({rows(table, connection.vendor, '1 = 1')}) AS due"
            for what, one, other in (("has words that are not due", kept, due), ("lacks words", due, kept)):
                cursor.execute(f"SELECT case_id FROM ({one} EXCEPT {other}) AS different ORDER BY case_id LIMIT {MOST}")
                found += [f"{table}: case {case} {what}" for (case,) in cursor.fetchall()]
            if connection.vendor == "sqlite":
                found += _trigrams(connection, table)
    return found


def _trigrams(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """What FTS5 says of its own index: whether it is that of the rows."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {fts(table)} ({fts(table)}, rank) VALUES ('integrity-check', 1)")
    except DatabaseError:
        return [f"{fts(table)}: the trigrams are not those of the words"]
    return []

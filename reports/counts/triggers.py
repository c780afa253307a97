"""Triggers on the table of cases: whatever puts a report on the map, moves it or takes it off appends deltas.

A migration that rebuilds the table on SQLite drops its triggers without a word (as it does with SpatiaLite's), so they
are looked for after every `migrate`; nothing is written between.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from reports.counts.sql import CASES, DELTAS, SHOWN

NAMES = ("reports_map_in", "reports_map_out", "reports_map_move")
"""A case comes, goes, or changes."""
_FACTS = ("municipality_id", "topic_id", "state", "grid", "public_at", "confidential", "kind")
"""Columns of Case that say whether and where it is counted."""
_INTO = f"INSERT INTO {DELTAS} (municipality_id, topic_id, state, grid, n)"


def _appended(row: str, amount: int) -> str:
    facts = ", ".join(f"{row}.{name}" for name in ("municipality_id", "topic_id", "state", "grid"))
    return f"{_INTO} SELECT {facts}, {amount} WHERE {SHOWN.format(f'{row}.')};"


def _changed(different: str) -> str:
    pairs = [
        f"(OLD.{name} IS NULL) <> (NEW.{name} IS NULL)" if name == "public_at" else f"OLD.{name} {different} NEW.{name}"
        for name in _FACTS
    ]
    return " OR ".join(pairs)


def _triggers(different: str) -> Iterator[tuple[str, str, str, str]]:
    """Name, event, condition and body of each trigger; the database's words for "is different from"."""
    out, into = _appended("OLD", -1), _appended("NEW", 1)
    come, go, move = NAMES
    yield come, "INSERT", SHOWN.format("NEW."), into
    yield go, "DELETE", SHOWN.format("OLD."), out
    yield move, "UPDATE", _changed(different), f"{out} {into}"


def _on_sqlite(cursor: CursorWrapper) -> None:
    for name, event, when, body in _triggers("IS NOT"):
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute(f"CREATE TRIGGER {name} AFTER {event} ON {CASES} WHEN {when} BEGIN {body} END")


def _on_postgresql(cursor: CursorWrapper) -> None:
    for name, event, when, body in _triggers("IS DISTINCT FROM"):
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body} RETURN NULL; END $$"
        )
        cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {CASES}")
        cursor.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON {CASES} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name}()"
        )


def present(connection: BaseDatabaseWrapper) -> bool:
    """Whether all triggers are there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [CASES])
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s)", [CASES])
        return set(NAMES) <= {str(name) for (name,) in cursor.fetchall()}


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers, anew if they are there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            _on_sqlite(cursor)
        else:
            _on_postgresql(cursor)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away, before their table goes."""
    with connection.cursor() as cursor:
        for name in NAMES:
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            else:
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")


def repair_after_migrate(*, using: str, **_kwargs: Any) -> None:
    """Handler of `post_migrate`: make the triggers where both tables are and they are not."""
    connection = connections[using]
    if {CASES, DELTAS} <= set(connection.introspection.table_names()) and not present(connection):
        install(connection)

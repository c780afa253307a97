"""Small tables of rules kept in memory, dropped by the change of a row and not by time.

Whatever changes a row of a watched table (a page, a command, an older version, SQL by hand) leaves a random number in
`outbox_change` by a trigger, in the same transaction. The sum of these numbers is the stamp: the same stamp, the same
rows, in every process of every machine. Who needs rules looks at the stamp once (`looking`, one small query) and finds
what was made of them under that stamp. Numbers are random, so a change that was rolled back leads to no stamp that
another change has later; and a transaction that has changed something sees its own stamp.

Kept are values that nobody changes: whoever needs to, copies them first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from outbox.models import Change

T = TypeVar("T")

TABLE = "outbox_change"
MOST = 5000
"""Values kept under one stamp; more than any platform has rules for."""
NUMBERS = 300
"""Changes after which `prune` puts one number in the place of all."""

_watched: set[str] = set()
_look: ContextVar[int | None] = ContextVar("stamp_of_rules", default=None)
_lock = threading.Lock()
_stamp = 0
_values: dict[Hashable, Any] = {}


def watch(*tables: str) -> None:
    """Changes of these tables (names in the database) count; for AppConfig.ready()."""
    _watched.update(tables)


@contextmanager
def looking() -> Iterator[None]:
    """Within it `kept` answers by one look at the stamp, the outermost one; one query."""
    if _look.get() is not None:
        yield
        return
    token = _look.set(_read())
    try:
        yield
    finally:
        _look.reset(token)


def kept(key: Hashable, load: Callable[[], T]) -> T:
    """What `load` gives, remembered under `key` until a watched row changes; outside of `looking` always loaded."""
    global _stamp, _values
    stamp = _look.get()
    if not stamp:  # no look, or nothing was ever noted: triggers may be missing
        return load()
    values = _values if _stamp == stamp else None
    if values is not None and key in values:
        found: T = values[key]
        return found
    made = load()
    with _lock:
        if _stamp != stamp or len(_values) >= MOST:
            _stamp, _values = stamp, {}
        _values[key] = made
    return made


def _read() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(SUM(value), 0) FROM outbox_change")
        return int(cursor.fetchone()[0])


def prune() -> bool:
    """Put one number in the place of many; what is kept is read once more. Returns whether there were many."""
    if Change.objects.count() < NUMBERS:
        return False
    last = Change.objects.order_by("-pk").values_list("pk", flat=True)[0]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} (value) VALUES ({_random(connection)})")  # noqa: S608  our own names
    Change.objects.filter(pk__lte=last).delete()
    return True


def _random(connection: BaseDatabaseWrapper) -> str:
    """SQL of a number between 1 and 2^30."""
    if connection.vendor == "sqlite":
        return "1 + abs(random() % 1073741823)"
    return "1 + floor(random() * 1073741823)::bigint"


def _missing(connection: BaseDatabaseWrapper, tables: list[str]) -> list[str]:
    """The tables without their triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'rules_*'")
        else:
            cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'rules_changed'")
        present = [name.strip('"').rpartition(".")[2] for (name,) in cursor.fetchall()]
    return [table for table in tables if present.count(table) < (3 if connection.vendor == "sqlite" else 1)]


def install_after_migrate(*, using: str, **_kwargs: Any) -> None:
    """Handler of `post_migrate`: triggers on every watched table that is there, and a first number."""
    connection = connections[using]
    names = set(connection.introspection.table_names())
    if TABLE not in names:
        return
    insert = f"INSERT INTO {TABLE} (value) VALUES ({_random(connection)})"  # noqa: S608  our own names
    missing = _missing(connection, sorted(_watched & names))
    with connection.cursor() as cursor:
        if missing and connection.vendor != "sqlite":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION rules_changed() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN {insert}; RETURN NULL; END $$"
            )
        for table in missing:
            if connection.vendor == "sqlite":
                for event in ("INSERT", "UPDATE", "DELETE"):
                    name = f"rules_{event.lower()}_{table}"
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                    cursor.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {insert}; END")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS rules_changed ON {table}")
                cursor.execute(
                    f"CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
                    " FOR EACH STATEMENT EXECUTE FUNCTION rules_changed()"
                )
        if missing:
            cursor.execute(insert)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away, before their table goes: without it they would refuse every change."""
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("DROP FUNCTION IF EXISTS rules_changed() CASCADE")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'rules_*'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")

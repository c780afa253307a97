"""Triggers that keep the words: on cases, reports, entries, contacts and districts, in whose transaction they change.

On PostgreSQL a case is locked before its words are made, so that two who write an entry at once lose neither. On SQLite
further triggers keep the trigrams (FTS5) of the words. A migration that rebuilds a table on SQLite drops its triggers
without a word, so they are looked for after every `migrate`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from reports.words import flattening
from reports.words.sql import (
    CASE_FACTS,
    CASES,
    COLUMNS,
    CONTACT_FACTS,
    CONTACTS,
    DESK,
    DISTRICTS,
    ENTRIES,
    PUBLIC,
    REPORT_FACTS,
    REPORTS,
    rows,
    written,
)

TABLES = (PUBLIC, DESK)
SECURE = (3, 42, 0)
"""Since this version of SQLite FTS5 can overwrite what is deleted at once; see `erased`."""


class _Trigger(NamedTuple):
    name: str
    event: str
    on: str
    when: str
    """"" for always."""
    made: tuple[tuple[str, str], ...]
    """Tables and the SQL of the cases whose words are made anew."""


def _changed(names: Iterable[str], different: str) -> str:
    return " OR ".join(f"OLD.{name} {different} NEW.{name}" for name in names)


def _triggers(different: str) -> Iterator[_Trigger]:
    both = "OLD.case_id", "NEW.case_id"
    for table, short in ((PUBLIC, "public"), (DESK, "desk")):
        facts = CASE_FACTS[table]
        yield _Trigger(f"reports_words_{short}_case", "UPDATE", CASES, _changed(facts, different), ((table, "NEW.id"),))
        facts = REPORT_FACTS[table]
        made = tuple((table, one) for one in both)
        yield _Trigger(f"reports_words_{short}_report", "UPDATE", REPORTS, _changed(facts, different), made)
    every = tuple((table, "NEW.case_id") for table in TABLES)
    yield _Trigger("reports_words_report_in", "INSERT", REPORTS, "", every)
    yield _Trigger("reports_words_report_out", "DELETE", REPORTS, "", tuple((t, "OLD.case_id") for t in TABLES))
    yield _Trigger("reports_words_case_out", "DELETE", CASES, "", tuple((t, "OLD.id") for t in TABLES))
    yield _Trigger("reports_words_entry_in", "INSERT", ENTRIES, "NEW.text <> ''", ((DESK, "NEW.case_id"),))
    yield _Trigger("reports_words_entry_out", "DELETE", ENTRIES, "OLD.text <> ''", ((DESK, "OLD.case_id"),))
    changed = _changed(("text", "case_id"), different)
    yield _Trigger("reports_words_entry", "UPDATE", ENTRIES, changed, tuple((DESK, one) for one in both))
    changed = _changed(CONTACT_FACTS, different)
    yield _Trigger("reports_words_contact", "UPDATE", CONTACTS, changed, ((DESK, "contact_id"),))
    changed = _changed(("name",), different)
    yield _Trigger("reports_words_district", "UPDATE", DISTRICTS, changed, ((DESK, "district_id"),))


_NAMED_BY = ("contact_id", "district_id")
"""Columns of cases by which a changed row says whose words it changes."""
NAMES = frozenset(trigger.name for trigger in _triggers(""))


# SQLite ---------------------------------------------------------------------------------------------------------------
def _anew(table: str, whose: str) -> str:
    """Statements of a trigger: FTS5 wants to be told what goes, so a row goes and comes, and is never changed."""
    cases = f"IN (SELECT id FROM {CASES} WHERE {whose} = NEW.id)" if whose in _NAMED_BY else f"= {whose}"
    made = written(table, "sqlite", f"c.id {cases}")
    return f"DELETE FROM {table} WHERE case_id {cases}; {made};"


def fts(table: str) -> str:
    """Name of the table of trigrams on SQLite."""
    return f"{table}_fts"


def _fts_columns(table: str) -> tuple[str, ...]:
    return COLUMNS[table][1:]


def _fts_triggers(table: str) -> Iterator[tuple[str, str]]:
    columns = ", ".join(_fts_columns(table))
    for event in ("INSERT", "DELETE", "UPDATE"):
        values = ", ".join(f"NEW.{name}" for name in _fts_columns(table))
        into = f"INSERT INTO {fts(table)} (rowid, {columns}) VALUES (NEW.case_id, {values});"
        old = ", ".join(f"OLD.{name}" for name in _fts_columns(table))
        out = f"INSERT INTO {fts(table)} ({fts(table)}, rowid, {columns}) VALUES ('delete', OLD.case_id, {old});"
        body = {"INSERT": into, "DELETE": out, "UPDATE": f"{out} {into}"}[event]
        yield f"{table}_{event.lower()}", f"AFTER {event} ON {table} BEGIN {body} END"


def _on_sqlite(cursor: CursorWrapper) -> None:
    for trigger in _triggers("IS NOT"):
        when = f"WHEN {trigger.when} " if trigger.when else ""
        body = " ".join(_anew(table, whose) for table, whose in dict.fromkeys(trigger.made))
        cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}")
        cursor.execute(
            f"CREATE TRIGGER {trigger.name} AFTER {trigger.event} ON {trigger.on} {when}BEGIN {body} END", None
        )
    for table in TABLES:
        columns = ", ".join(_fts_columns(table))
        cursor.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {fts(table)} USING fts5({columns}, content='{table}',"
            " content_rowid='case_id', tokenize='trigram', detail='none', columnsize=0)"
        )
        if sqlite3.sqlite_version_info >= SECURE:
            cursor.execute(f"INSERT INTO {fts(table)} ({fts(table)}, rank) VALUES ('secure-delete', 1)")
        for name, body in _fts_triggers(table):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(f"CREATE TRIGGER {name} {body}", None)


# PostgreSQL -----------------------------------------------------------------------------------------------------------
def _function(table: str) -> str:
    return f"{table}_made"


def _on_postgresql(cursor: CursorWrapper) -> None:
    cursor.execute(flattening.sql(), None)
    for table in TABLES:
        made = written(table, "postgresql", "c.id = whose")
        due = rows(table, "postgresql", "c.id = whose")
        gone = f"DELETE FROM {table} WHERE case_id = whose AND NOT EXISTS ({due})"
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {_function(table)}(whose bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
            f" PERFORM 1 FROM {CASES} WHERE id = whose FOR NO KEY UPDATE; {made}; {gone}; END $$",
            None,
        )
    for trigger in _triggers("IS DISTINCT FROM"):
        calls = []
        for table, whose in trigger.made:
            if whose in _NAMED_BY:
                calls.append(f"PERFORM {_function(table)}(id) FROM {CASES} WHERE {whose} = NEW.id;")
            elif trigger.event == "UPDATE" and whose == "OLD.case_id":
                calls.append(f"IF {whose} <> NEW.case_id THEN PERFORM {_function(table)}({whose}); END IF;")
            else:
                calls.append(f"PERFORM {_function(table)}({whose});")
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {' '.join(calls)} RETURN NULL; END $$",
            None,
        )
        cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name} ON {trigger.on}")
        when = f" WHEN ({trigger.when})" if trigger.when else ""
        cursor.execute(
            f"CREATE TRIGGER {trigger.name} AFTER {trigger.event} ON {trigger.on} FOR EACH ROW{when}"
            f" EXECUTE FUNCTION {trigger.name}()",
            None,
        )


# Both -----------------------------------------------------------------------------------------------------------------
def _wanted(connection: BaseDatabaseWrapper) -> frozenset[str]:
    more = [name for table in TABLES for name, _body in _fts_triggers(table)] if connection.vendor == "sqlite" else []
    return NAMES | frozenset(more)


def present(connection: BaseDatabaseWrapper) -> bool:
    """Whether all triggers are there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        return _wanted(connection) <= {str(name) for (name,) in cursor.fetchall()}


def install(connection: BaseDatabaseWrapper) -> None:
    """Make functions, triggers and SQLite's trigrams, anew if they are there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            _on_sqlite(cursor)
        else:
            _on_postgresql(cursor)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away, before their tables go."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _wanted(connection):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            for table in TABLES:
                cursor.execute(f"DROP TABLE IF EXISTS {fts(table)}")
            return
        for name in NAMES:
            cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
        for table in TABLES:
            cursor.execute(f"DROP FUNCTION IF EXISTS {_function(table)}(bigint) CASCADE")


def repair_after_migrate(*, using: str, **_kwargs: Any) -> None:
    """Handler of `post_migrate`: make the triggers where all tables are and they are not."""
    connection = connections[using]
    if {CASES, REPORTS, PUBLIC, DESK} <= set(connection.introspection.table_names()) and not present(connection):
        install(connection)

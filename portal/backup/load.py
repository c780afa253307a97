"""Brings a backup back: read it to its end first, then everything in one transaction, files before the commit.

Whatever fails on the way, database and files are as they were. The tables are made anew at the state the backup was
made at, filled, and then migrated to what this code needs.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from geo.spatial_index import refresh_statistics
from portal.backup import environment, schema, uploads, values
from portal.backup.archive import Member, unpacked
from portal.backup.dump import Say
from portal.backup.errors import BackupError, Damaged
from portal.backup.reading import Manifest, opened, verify

_BATCH = 1000
LOCK_SECONDS = 60
"""How long a restore waits for others to let go of the tables."""


@dataclass
class Restored:
    """What came back. `told` is what the operator must do or know; seconds and rows."""

    manifest: Manifest
    rows: int = 0
    files: int = 0
    removed: int = 0
    seconds: float = 0.0
    told: list[str] = field(default_factory=list)


class Loader:
    """Fills the tables of one database, which must be at the state of the backup."""

    def __init__(self, connection: BaseDatabaseWrapper, manifest: Manifest) -> None:
        self._connection = connection
        self.models = schema.tables(schema.apps_at(manifest.migrations, connection))
        self._by_table = {model._meta.db_table: model for model in self.models}
        self.counts = dict.fromkeys(self._by_table, 0)
        self._columns = manifest.tables
        self._done: set[schema.Model] = set()
        for table, columns in manifest.tables.items():
            model = self._by_table.get(table)
            if model is None or sorted(columns) != sorted(str(one.column) for one in schema.columns(model)):
                raise BackupError(f"The table {table} of the backup does not fit this version of the platform.")

    def fill(self, table: str, parts: Iterator[Member]) -> None:
        """Insert all rows of a table."""
        model = self._by_table[table]
        by_column = {str(one.column): one for one in schema.columns(model)}
        fields = [by_column[column] for column in self._columns[table]]
        converters = values.converters(fields, self._connection)
        count = 0

        def rows() -> Iterator[list[Any]]:
            nonlocal count
            for member in parts:
                for line in unpacked(member.read(), member.name).splitlines():
                    row = json.loads(line)
                    for position, convert in converters:
                        row[position] = convert(row[position])
                    count += 1
                    yield row

        try:
            self._insert(table, fields, rows())
        except (DatabaseError, ValueError) as error:
            raise BackupError(f"The table {table} cannot be restored: {error}".strip()) from error
        self.counts[table] = count
        self._settle(model)

    def _insert(self, table: str, fields: list[values.Field], rows: Iterator[list[Any]]) -> None:
        quote = self._connection.ops.quote_name
        columns = ", ".join(quote(str(one.column)) for one in fields)
        with self._connection.cursor() as cursor:
            if self._connection.vendor == "postgresql":
                sql = f"COPY {quote(table)} ({columns}) FROM STDIN"
                with self._connection.wrap_database_errors, cursor.copy(sql) as copy:
                    for row in rows:
                        copy.write_row(row)
                return
            marks = ", ".join(values.placeholder(one, self._connection) for one in fields)
            sql = f"INSERT INTO {quote(table)} ({columns}) VALUES ({marks})"  # noqa: S608  names of our own tables
            while batch := list(itertools.islice(rows, _BATCH)):
                cursor.executemany(sql, batch)

    def _settle(self, model: schema.Model) -> None:
        """Let PostgreSQL check the keys of what is complete: it keeps every open check in memory."""
        self._done.add(model)
        needed = set().union(*(schema.targets(one) for one in self._done))
        if self._connection.vendor == "postgresql" and needed & set(self.models) <= self._done:
            check_keys(self._connection)

    def finish(self, end: dict[str, Any]) -> None:
        """Ids go on where they were; all counts and keys must be right."""
        rows: dict[str, int] = end["rows"]
        wrong = [table for table in self._by_table if self.counts[table] != rows.get(table, 0)]
        if wrong:
            raise Damaged(f"The backup is damaged: rows of {', '.join(wrong[:3])} are missing.")
        schema.set_highest_ids(self._connection, self.models, end["highest_ids"])
        check_keys(self._connection)


def check_keys(connection: BaseDatabaseWrapper) -> None:
    """Raise BackupError when a row names another one that is not there."""
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise BackupError(f"The backup does not hold together: {error}".strip()) from error


@contextmanager
def rebuilding(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """One transaction in which tables may be dropped and made. Others read the old state until it commits."""
    connection.prepare_database()
    checked = connection.vendor == "sqlite" and connection.disable_constraint_checking()
    try:
        with transaction.atomic(using=connection.alias):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            yield
    finally:
        if checked:
            connection.enable_constraint_checking()


def fill(path: Path, *, passphrase: str, connection: BaseDatabaseWrapper, staged: uploads.Staged) -> None:
    """Load a backup into a database within `rebuilding`, and its files into `staged`."""
    with opened(path, passphrase) as reader:
        members = iter(reader)
        manifest = Manifest.read(next(members))
        schema.drop(connection)
        schema.migrate(connection, manifest.migrations)
        loader = Loader(connection, manifest)
        schema.clear(connection, loader.models)
        for folder, group in itertools.groupby(members, key=lambda member: member.name.rpartition("/")[0]):
            if folder.startswith("tables/"):
                loader.fill(manifest.table_of(folder), group)
                continue
            for member in group:
                if member.name.startswith(uploads.PREFIX):
                    staged.add(member)
        loader.finish(reader.end)


@contextmanager
def _alone() -> Iterator[None]:
    """One restore at a time on this machine."""
    with Path(settings.DATA_DIR, ".restore.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupError("Another restore is running.") from None
        yield


def restore(
    path: Path,
    *,
    passphrase: str = "",
    replace: bool = False,
    migrate: bool = True,
    using: str = "default",
    say: Say = lambda _line: None,
) -> Restored:
    """Make the platform what the backup says; returns what came back.

    A platform that holds anything is refused unless `replace`, and then wholly replaced. With `migrate=False` the
    tables stay at the state of the backup, for an older version that is to run on them. Raises BackupError, Damaged or
    WrongPassphrase; then nothing has changed.
    """
    begun = time.monotonic()
    connection = connections[using]
    with _alone():
        say("Reading the backup to its end")
        checked = verify(path, passphrase=passphrase)
        schema.refuse_newer(checked.manifest.migrations, connection, "The backup")
        if not replace and not schema.is_empty(connection):
            raise BackupError("The platform is not empty. With --replace all that is in it is replaced.")
        result = Restored(checked.manifest, rows=checked.rows, files=checked.files)
        readable = True
        with uploads.Staged() as staged, environment.key_of(checked.settings):
            try:
                with rebuilding(connection):
                    say("Filling the database")
                    fill(path, passphrase=passphrase, connection=connection, staged=staged)
                    if migrate:
                        schema.migrate(connection, None)
                        emit_post_migrate_signal(verbosity=0, interactive=False, db=using)
                        readable = environment.encrypt_anew(checked.manifest.key)
                    say("Placing the files")
                    staged.put()
            except BaseException:
                staged.take_back()
                raise
            if replace:
                result.removed = staged.remove_others()
        refresh_statistics(using)
        cache.clear()
        result.told = environment.take_over(checked.settings, checked.manifest.key, readable=readable)
    result.seconds = time.monotonic() - begun
    return result

"""Writes a backup: one snapshot of the database, then the files, then the hash over everything."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from portal.backup import environment, release, schema, uploads, values
from portal.backup.archive import MANIFEST, SETTINGS, Writer
from portal.backup.errors import BackupError
from portal.backup.scope import Everything, Scope, Town
from portal.backup.sealing import Sealer, check_passphrase

FORMAT = "anliegen-backup"
VERSION = 1
PART = 4 * 2**20
"""Bytes of JSON lines after which a new part of a table begins: all that is held in memory."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """What a backup holds, and what it cost. Seconds and bytes."""

    path: Path
    size: int
    rows: int
    files: int
    file_bytes: int
    seconds: float
    sealed: bool
    secrets: bool
    missing: int
    """Files of the chosen municipality that rows name and the folder does not have."""


@dataclass(frozen=True)
class _Told:
    """What was written of the database, and which files belong to it (None: all)."""

    rows: dict[str, int]
    highest_ids: dict[str, int]
    files: list[str] | None


@contextmanager
def snapshot(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """One state of the database for all that is read within, while others write on."""
    if connection.in_atomic_block:  # whoever opened the transaction has chosen what is seen
        yield
        return
    mode = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]  # only reads: no write lock
    try:
        with transaction.atomic(using=connection.alias):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = mode  # type: ignore[attr-defined]


def _write_table(writer: Writer, scope: Scope, model: schema.Model, folder: str) -> int:
    """All rows of a table in parts; returns how many."""
    fields = [field.attname for field in schema.columns(model)]
    rows = scope.rows(model).order_by("pk").values_list(*fields).iterator(chunk_size=2000)
    patch = scope.patch(model, fields)
    count, part, waiting = 0, 1, bytearray()

    def flush() -> None:
        nonlocal part
        writer.add(f"{folder}/{part:05}.jsonl.gz", gzip.compress(bytes(waiting), 6, mtime=0))
        waiting.clear()
        part += 1

    for row in rows:
        waiting += values.line(patch(row) if patch else row)
        count += 1
        if len(waiting) >= PART:
            flush()
    if waiting:
        flush()
    return count


def _manifest(connection: BaseDatabaseWrapper, scope: Scope, ordered: list[schema.Model], **facts: Any) -> bytes:
    told = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "release": release.version(),
        "commit": release.commit(),
        "database": connection.vendor,
        "municipality": scope.slug,
        "key": environment.key_mark(),
        "migrations": schema.applied(connection),
        "tables": [
            {"table": model._meta.db_table, "columns": [field.column for field in schema.columns(model)]}
            for model in ordered
        ],
        **facts,
    }
    return json.dumps(told, indent=1).encode()


def _write_rows(writer: Writer, connection: BaseDatabaseWrapper, *, town: str, secrets: bool, note: str) -> _Told:
    """Everything but the files, as one snapshot sees it."""
    with snapshot(connection):
        migrations = schema.applied(connection)
        if not migrations:
            raise BackupError("There is nothing to back up: the database is empty.")
        schema.refuse_newer(migrations, connection, "The database")
        apps = schema.apps_at(migrations, connection)
        ordered = schema.tables(apps)
        scope: Scope = Town(apps, ordered, town) if town else Everything()
        writer.add(MANIFEST, _manifest(connection, scope, ordered, secrets=secrets, note=note))
        writer.add(SETTINGS, environment.as_lines(environment.carried(secrets=secrets) if not town else {}))
        rows = {}
        for number, model in enumerate(ordered, start=1):
            table = model._meta.db_table
            rows[table] = _write_table(writer, scope, model, f"tables/{number:04}-{table}")
        return _Told(rows, schema.highest_ids(connection, ordered), scope.files())


def _write(target: IO[bytes], *, using: str, town: str, secrets: bool, note: str, say: Say) -> dict[str, int]:
    with Writer(target, at=time.time()) as writer:
        told = _write_rows(writer, connections[using], town=town, secrets=secrets, note=note)
        count = sum(told.rows.values())
        say(f"{count} rows of {len(told.rows)} tables")
        # Outside of the snapshot: files never change, and a long transaction keeps the database from tidying up.
        files, size = uploads.write(writer, uploads.names() if told.files is None else told.files)
        say(f"{files} files")
        writer.finish({"rows": told.rows, "highest_ids": told.highest_ids, "files": files, "file_bytes": size})
    missing = len(told.files) - files if told.files is not None else 0
    return {"rows": count, "files": files, "file_bytes": size, "missing": missing}


def backup(
    path: Path,
    *,
    passphrase: str = "",
    municipality: str = "",
    secrets: bool | None = None,
    note: str = "",
    using: str = "default",
    say: Say = lambda _line: None,
) -> Made:
    """Write a backup of the platform, or of one municipality (its slug), to `path`, which must not exist yet.

    `secrets`: whether SECRET_KEY and passwords of the settings come along; by default only into a sealed backup of the
    whole platform. While it is written the file is called `….part`; it gets its name when it is complete and on the
    disk, so there is never half a backup under the name of a whole one. Raises BackupError or OSError.
    """
    if path.exists():
        raise BackupError(f"{path} exists already.")
    if not path.parent.is_dir():
        raise BackupError(f"The folder {path.parent} does not exist.")
    if municipality and secrets:
        raise BackupError("The backup of one municipality never holds the secrets of the platform it comes from.")
    if passphrase:
        check_passphrase(passphrase)
    with_secrets = bool(passphrase) and not municipality if secrets is None else secrets
    begun = time.monotonic()
    part = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            target: Any = Sealer(file, passphrase) if passphrase else file
            told = _write(target, using=using, town=municipality, secrets=with_secrets, note=note, say=say)
            if passphrase:
                target.finish()
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return Made(
        path=path,
        size=path.stat().st_size,
        seconds=time.monotonic() - begun,
        sealed=bool(passphrase),
        secrets=with_secrets,
        **told,
    )


def _sync_folder(folder: Path) -> None:
    """Bring the new name to the disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

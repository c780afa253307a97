"""The database at any state of its migrations: its tables in order, made anew, emptied, counted on.

Backup and restore work on the models of the migrations, not on those of the code: a database that is not migrated yet
can be backed up before it is, and an old backup is restored as it was and then migrated forward.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from portal.backup.errors import BackupError

Model = type[models.Model]
Migrations = dict[str, list[str]]
"""App label → names of the applied migrations, sorted."""

LEFT_OUT = {
    "sessions.Session",
    "reports.MapCount",
    "reports.MapDelta",
    "reports.PublicWords",
    "reports.DeskWords",
    "outbox.Change",
}
"""Who is logged in: a restore must not log anybody in again who has logged out since. And what the map counts: the
cases that come in are counted anew, by triggers, as their words are made anew; that rules were changed is noted anew
as well."""
_DJANGO = "django_"
_REGISTERS = (
    "geometry_columns_auth",
    "geometry_columns_field_infos",
    "geometry_columns_statistics",
    "geometry_columns_time",
)
"""What SpatiaLite notes of a geometry column, beside `geometry_columns` itself."""


def applied(connection: BaseDatabaseWrapper) -> Migrations:
    """What `django_migrations` says; empty for an empty database."""
    found: Migrations = {}
    for app, name in sorted(MigrationLoader(connection).applied_migrations):
        found.setdefault(app, []).append(name)
    return found


def current(connection: BaseDatabaseWrapper) -> Migrations:
    """All migrations of this code."""
    found: Migrations = {}
    for app, name in sorted(MigrationLoader(connection).graph.nodes):
        found.setdefault(app, []).append(name)
    return found


def unknown(migrations: Migrations, connection: BaseDatabaseWrapper) -> list[str]:
    """Migrations that this code does not have: it is older than the data."""
    known = MigrationLoader(connection).disk_migrations or {}
    pairs = [(app, name) for app, names in migrations.items() for name in names]
    return [f"{app}.{name}" for app, name in pairs if (app, name) not in known]


def _nodes(migrations: Migrations, loader: MigrationLoader) -> list[tuple[str, str]]:
    done = {(app, name) for app, names in migrations.items() for name in names}
    return [
        node
        for node, migration in loader.graph.nodes.items()
        if node in done or (migration.replaces and done.issuperset(tuple(pair) for pair in migration.replaces))
    ]


def apps_at(migrations: Migrations, connection: BaseDatabaseWrapper) -> Apps:
    """The models as they were after these migrations."""
    loader = MigrationLoader(connection)
    return loader.project_state(_nodes(migrations, loader)).apps


def tables(apps: Apps) -> list[Model]:
    """The models whose rows a backup holds, each after those it points at (as far as there is no circle)."""
    waiting = [
        model
        for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.label)
        if model._meta.managed and not model._meta.proxy and model._meta.label not in LEFT_OUT
    ]
    ordered: list[Model] = []
    while waiting:
        free = [model for model in waiting if not (targets(model) & set(waiting)) - {model}]
        for model in free or waiting[:1]:
            ordered.append(model)
            waiting.remove(model)
    return ordered


def targets(model: Model) -> set[Model]:
    """The models a model's foreign keys point at."""
    return {key.related_model for key in keys(model)}


def keys(model: Model) -> list[models.ForeignKey[Any, Any]]:
    """A model's foreign keys, one-to-ones among them."""
    return [field for field in model._meta.local_fields if isinstance(field, models.ForeignKey)]


def migrate(connection: BaseDatabaseWrapper, migrations: Migrations | None) -> Migrations:
    """Apply what is missing up to `migrations` (None: all of this code); returns what is applied then."""
    executor = MigrationExecutor(connection)
    every = executor.loader.graph.leaf_nodes()
    wanted = None if migrations is None else set(_nodes(migrations, executor.loader))
    plan = [
        (migration, backwards)
        for migration, backwards in executor.migration_plan(every)
        if wanted is None or (migration.app_label, migration.name) in wanted
    ]
    executor.migrate(every, plan=plan)
    return applied(connection)


def _own_tables(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> list[str]:
    """Tables of the apps that `django_migrations` names, also of those this code does not know."""
    names = connection.introspection.table_names(cursor)
    if "django_migrations" not in names:
        return []
    cursor.execute("SELECT DISTINCT app FROM django_migrations")
    prefixes = tuple(f"{app}_" for (app,) in cursor.fetchall())
    return [name for name in names if name.startswith((*prefixes, _DJANGO))]


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove all tables of the platform, whatever version made them; other software's tables stay."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        names = _own_tables(connection, cursor)
        if connection.vendor == "postgresql":
            if names:
                cursor.execute(f"DROP TABLE {', '.join(quote(name) for name in names)} CASCADE")
            return
        for name in names:
            _forget_geometry(cursor, name)
        cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%%'")
        virtual = {name for (name,) in cursor.fetchall()}
        # A virtual table (of words) takes the tables along that it is kept in.
        for name in sorted(names, key=lambda name: name not in virtual):
            cursor.execute(f"DROP TABLE IF EXISTS {quote(name)}")


def _forget_geometry(cursor: CursorWrapper, table: str) -> None:
    """SpatiaLite keeps indexes and a register of geometry columns beside the table."""
    cursor.execute(
        "SELECT f_geometry_column, spatial_index_enabled FROM geometry_columns WHERE lower(f_table_name) = lower(%s)",
        [table],
    )
    for column, indexed in cursor.fetchall():
        if indexed:
            cursor.execute("SELECT DisableSpatialIndex(%s, %s)", [table, column])
        index = cursor.db.ops.quote_name(f"idx_{table}_{column}")
        cursor.execute(f"DROP TABLE IF EXISTS {index}")
        for register in _REGISTERS:
            cursor.execute(f"DELETE FROM {register} WHERE lower(f_table_name) = lower(%s)", [table])  # noqa: S608
        cursor.execute("SELECT DiscardGeometryColumn(%s, %s)", [table, column])


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Whether no municipality and no person is there: what a fresh `migrate` makes does not count."""
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for table in {"geo_municipality", "accounts_user"} & present:
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608  a fixed name
            if cursor.fetchone():
                return False
    return True


def clear(connection: BaseDatabaseWrapper, ordered: Iterable[Model]) -> None:
    """Remove all rows: what migrations put into fresh tables is in the backup, if it was still wanted."""
    with connection.cursor() as cursor:
        for model in reversed(list(ordered)):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608


def highest_ids(connection: BaseDatabaseWrapper, ordered: Iterable[Model]) -> dict[str, int]:
    """Table → the highest id ever given. A deleted case's number must not come back after a restore."""
    found = {}
    with connection.cursor() as cursor:
        for model in ordered:
            table, key = model._meta.db_table, model._meta.pk
            if isinstance(key, models.AutoField):
                found[table] = _highest_id(connection, cursor, table, str(key.column))
    return {table: number for table, number in found.items() if number}


def _highest_id(connection: BaseDatabaseWrapper, cursor: CursorWrapper, table: str, column: str) -> int:
    if connection.vendor == "sqlite":
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        return int(row[0] or 0) if row else 0
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [connection.ops.quote_name(table), column])
    (sequence,) = cursor.fetchone()
    if sequence is None:
        return 0
    cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608  quoted by PG
    return int(cursor.fetchone()[0])


def set_highest_ids(connection: BaseDatabaseWrapper, ordered: Iterable[Model], highest: dict[str, int]) -> None:
    """Let new ids begin above the highest one ever given, and above all that are there."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model in ordered:
            table, key = model._meta.db_table, model._meta.pk
            if not isinstance(key, models.AutoField):
                continue
            cursor.execute(f"SELECT max({quote(str(key.column))}) FROM {quote(table)}")  # noqa: S608
            number = max(int(cursor.fetchone()[0] or 0), int(highest.get(table, 0)))
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
            else:
                name = "pg_get_serial_sequence(%s, %s)"
                sql = f"SELECT setval({name}, %s, %s) WHERE {name} IS NOT NULL"
                pair = [quote(table), str(key.column)]
                cursor.execute(sql, [*pair, max(number, 1), number > 0, *pair])


def columns(model: Model) -> tuple[models.Field[Any, Any], ...]:
    """The fields of a model that have a column."""
    return tuple(field for field in model._meta.local_concrete_fields)


def refuse_newer(migrations: Migrations, connection: BaseDatabaseWrapper, what: str) -> None:
    """Raise BackupError when `what` (a subject, "The backup") was made by a later version than this code."""
    if missing := unknown(migrations, connection):
        raise BackupError(
            f"{what} was made by a later version of the platform: this one does not know {', '.join(missing[:3])}."
            " Install that version first."
        )

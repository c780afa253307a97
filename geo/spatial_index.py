"""Keeps SpatiaLite's spatial indexes true to the models.

A migration that rebuilds a table (on SQLite: nearly every AlterField, and AddField with a foreign key) leaves
the R-tree standing but drops the triggers that feed it, so that later rows are not found. No error says so.
After every `migrate` each index is compared with its table and made anew where it is missing or wrong.
"""

from __future__ import annotations

import logging
from typing import Any

from django.apps import apps
from django.contrib.gis.db.models.fields import GeometryField
from django.db import DatabaseError, connections, transaction
from django.db.backends.utils import CursorWrapper

logger = logging.getLogger(__name__)


def columns() -> list[tuple[str, str, GeometryField[Any, Any]]]:
    """Table, column and field of every indexed geometry column of the installed models."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.local_fields:
            if isinstance(field, GeometryField) and field.spatial_index:
                found.append((model._meta.db_table, str(field.column), field))
    return found


def _one(cursor: CursorWrapper, sql: str, *params: Any) -> Any:
    cursor.execute(sql, params)
    row = cursor.fetchone()
    return row[0] if row else None


def is_sound(cursor: CursorWrapper, table: str, column: str) -> bool:
    """The index exists, is registered, is fed by its triggers and holds what the table holds."""
    enabled = _one(
        cursor,
        "SELECT spatial_index_enabled FROM geometry_columns WHERE lower(f_table_name) = lower(%s)"
        " AND lower(f_geometry_column) = lower(%s)",
        table,
        column,
    )
    if enabled != 1:
        return False
    triggers = [f"{kind}_{table}_{column}" for kind in ("gii", "giu", "gid")]
    count = _one(
        cursor,
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
        " AND lower(name) IN (lower(%s), lower(%s), lower(%s))",
        *triggers,
    )
    if count != len(triggers):
        return False
    tree = f"idx_{table}_{column}"
    if not _one(cursor, "SELECT count(*) FROM sqlite_master WHERE lower(name) = lower(%s)", tree):
        return False
    return bool(_one(cursor, "SELECT CheckSpatialIndex(%s, %s)", table, column) == 1)


def _rebuild(cursor: CursorWrapper, table: str, column: str, field: GeometryField[Any, Any]) -> None:
    quote = cursor.db.ops.quote_name
    enabled = _one(
        cursor,
        "SELECT spatial_index_enabled FROM geometry_columns WHERE lower(f_table_name) = lower(%s)"
        " AND lower(f_geometry_column) = lower(%s)",
        table,
        column,
    )
    if enabled is None:
        kind, dimensions = field.geom_type, "XYZ" if field.dim == 3 else "XY"
        recover = "SELECT RecoverGeometryColumn(%s, %s, %s, %s, %s)"
        if _one(cursor, recover, table, column, field.srid, kind, dimensions) != 1:
            raise DatabaseError(f"SpatiaLite does not take {table}.{column} as geometry.")
    if enabled == 1:
        _one(cursor, "SELECT DisableSpatialIndex(%s, %s)", table, column)
    cursor.execute(f"DROP TABLE IF EXISTS {quote(f'idx_{table}_{column}')}")
    if _one(cursor, "SELECT CreateSpatialIndex(%s, %s)", table, column) != 1:
        raise DatabaseError(f"SpatiaLite does not index {table}.{column}.")


def repair(using: str = "default") -> list[str]:
    """Make missing or wrong spatial indexes anew; returns their "table.column". Nothing to do on PostGIS."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return []
    repaired = []
    tables = set(connection.introspection.table_names())
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for table, column, field in columns():
            if table in tables and not is_sound(cursor, table, column):
                _rebuild(cursor, table, column, field)
                repaired.append(f"{table}.{column}")
    for name in repaired:
        logger.info("spatial index of %s made anew", name)
    return repaired


def unsound(using: str = "default") -> list[str]:
    """ "table.column" of every geometry column without a spatial index in order; `repair` mends those of SpatiaLite."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return [f"{t}.{c}" for t, c, _field in columns() if t in tables and not is_sound(cursor, t, c)]
        cursor.execute(
            "SELECT relation.relname, attribute.attname FROM pg_index AS entry"
            " JOIN pg_class AS kind ON kind.oid = entry.indexrelid JOIN pg_am ON pg_am.oid = kind.relam"
            " JOIN pg_class AS relation ON relation.oid = entry.indrelid"
            " JOIN pg_attribute AS attribute"
            " ON attribute.attrelid = relation.oid AND attribute.attnum = entry.indkey[0]"
            " WHERE pg_am.amname IN ('gist', 'spgist', 'brin') AND entry.indisvalid"
        )
        indexed = set(cursor.fetchall())
    return [f"{t}.{c}" for t, c, _field in columns() if t in tables and (t, c) not in indexed]


def refresh_statistics(using: str = "default") -> None:
    """Let the database count its rows again; call it after many rows came in at once.

    Without it SQLite takes any other index for better than the R-tree (nearest address among 100,000: 70 ms
    instead of 9), and PostgreSQL would notice by itself only after a minute.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute("ANALYZE")


def repair_after_migrate(*, using: str, **_kwargs: Any) -> None:
    """Handler of `post_migrate`, connected once for all apps."""
    repair(using)

"""A row in a backup: a JSON array that knows no database.

Times are ISO 8601 in UTC, geometry is EWKB in hex, bytes are base64, JSON columns are JSON. The two ways back into a
database: parameters for SQLite's INSERT, text for PostgreSQL's COPY.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.duration import duration_string

Field: TypeAlias = "models.Field[Any, Any]"
Convert = Callable[[Any], Any]
_PLAIN = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.FloatField,
    models.FileField,
)


def _neutral(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_string(value)
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, GEOSGeometry):
        return value.hexewkb.decode()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"A value of {type(value).__name__} cannot be backed up.")


def line(row: tuple[Any, ...]) -> bytes:
    """One row as Django reads it, as a line of JSON."""
    try:
        return orjson.dumps(row, default=_neutral, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a number beyond 64 bits, half a surrogate pair: json is slower and takes both
        text = json.dumps(row, default=_neutral, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "surrogatepass") + b"\n"


def _source(field: Field) -> Field:
    """The field a foreign key points at, through any number of keys."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


def placeholder(field: Field, connection: BaseDatabaseWrapper) -> str:
    """What stands for the field's value in an INSERT."""
    if isinstance(field, GeometryField) and connection.vendor == "sqlite":
        return f"GeomFromWKB(%s, {int(field.srid)})"  # its GeomFromEWKB knows no multipolygons
    return "%s"


def _as_json_text(field: Field) -> Convert:
    def convert(value: Any) -> Any:
        return None if value is None and field.null else json.dumps(value, ensure_ascii=False)

    return convert


def _without_nul(value: Any) -> Any:
    """PostgreSQL takes no NUL in a text, SQLite does."""
    return value.replace("\0", "") if isinstance(value, str) else value


def _for_copy(field: Field) -> Convert | None:
    """From a backup to COPY's text form; PostgreSQL itself reads times, numbers, UUIDs and EWKB."""
    if isinstance(field, models.JSONField):
        return _as_json_text(field)
    if isinstance(field, models.BinaryField):
        return lambda value: None if value is None else "\\x" + base64.b64decode(value).hex()
    if isinstance(field, models.CharField | models.TextField):
        return _without_nul
    return None


def _for_insert(field: Field, connection: BaseDatabaseWrapper) -> Convert | None:
    """From a backup to a parameter of SQLite."""
    if isinstance(field, models.JSONField):
        return _as_json_text(field)
    if isinstance(field, GeometryField):
        return lambda value: None if value is None else bytes(GEOSGeometry(value).wkb)
    if isinstance(field, _PLAIN) and type(field).to_python in _UNCHANGED:
        return None
    return lambda value: None if value is None else field.get_db_prep_save(field.to_python(value), connection)


_UNCHANGED = {kind.to_python for kind in _PLAIN} | {models.BigAutoField.to_python, models.AutoField.to_python}


def converters(fields: list[Field], connection: BaseDatabaseWrapper) -> list[tuple[int, Convert]]:
    """Positions and conversions of the columns that cannot go into the database as they stand in the backup."""
    found = []
    for position, field in enumerate(fields):
        source = _source(field)
        convert = _for_copy(source) if connection.vendor == "postgresql" else _for_insert(source, connection)
        if convert is not None:
            found.append((position, convert))
    return found

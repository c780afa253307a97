"""Many new rows of one table at once."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.gis.db.models import PointField
from django.contrib.gis.geos import Point
from django.db import connection
from django.db.models import Field, JSONField, Model

Facts = dict[str, Any]
"""The values of a row by column ("topic_id"); what is missing has the field's default, a point is (lon, lat)."""

_POINT, _HAS_SRID = 1, 0x20000000


def insert(model: type[Model], rows: Sequence[Facts]) -> None:
    """Store new rows, all with an id or all without, in the caller's transaction.

    PostgreSQL copies them: three times as fast as INSERT, most of whose time goes into model objects and into writing
    and reading SQL. Other databases take Django's bulk_create, and a test compares both.
    """
    if not rows:
        return
    if connection.vendor == "postgresql":
        _copy(model, rows)
    else:
        _create(model, rows)


def _create(model: type[Model], rows: Sequence[Facts]) -> None:
    points = {field.attname for field in model._meta.concrete_fields if isinstance(field, PointField)}

    def made(facts: Facts) -> Model:
        places = {name: Point(facts[name], srid=4326) for name in points if facts.get(name) is not None}
        return model(**{**facts, **places})

    model._default_manager.bulk_create([made(facts) for facts in rows])


def _copy(model: type[Model], rows: Sequence[Facts]) -> None:
    key = model._meta.pk
    fields = [field for field in model._meta.concrete_fields if field is not key or key.attname in rows[0]]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    readers = [(str(field.attname), field.get_default) for field in fields]
    writers = [(index, write) for index, field in enumerate(fields) if (write := _writer(field)) is not None]
    # Names of a table and its columns come from the model.
    sql = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(sql) as copy:
        for facts in rows:
            values = [facts[name] if name in facts else default() for name, default in readers]
            for index, write in writers:
                values[index] = write(values[index])
            copy.write_row(values)


def _writer(field: Field[Any, Any]) -> Callable[[Any], Any] | None:
    """How a value of the field is handed to COPY; None for as it is."""
    if isinstance(field, PointField):
        return lambda place: (
            None if place is None else struct.pack("<BIIdd", 1, _POINT | _HAS_SRID, field.srid, *place).hex()
        )
    if isinstance(field, JSONField):
        return lambda value: None if value is None else json.dumps(value, cls=field.encoder)
    return None

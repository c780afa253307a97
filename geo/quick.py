"""Statements of many small looks into an index, which stay quick whatever the statistics of the database say.

A list of ranges, towns or topics is one parameter, so the text stays the same and PostgreSQL plans it once per
connection (where OPTIONS has a `prepare_threshold`); each of its members is looked up by itself, so a stale or wrong
estimate cannot turn it into a walk over a table. SQLite does the same in its own words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor, pq
from psycopg.types.numeric import Int8

Kind = Literal["bigint", "text"]


def many(values: Sequence[int] | Sequence[str]) -> Any:
    """A list as a parameter."""
    if connection.vendor == "sqlite":
        return json.dumps(list(values))
    return [number(one) if isinstance(one, int) else one for one in values]


def number(value: int) -> int:
    """A number as a parameter: always of the same size, so that a statement is prepared once."""
    return Int8(value)


def listed(name: str, parameter: str, kind: Kind = "bigint") -> str:
    """A table `name(one)` of a list, for FROM; `parameter` is the key of the statement's parameters."""
    if connection.vendor == "sqlite":
        return f"(SELECT value AS one FROM json_each(%({parameter})s)) AS {name}"
    return f"unnest(%({parameter})s::{kind}[]) AS {name}(one)"


def ranges(name: str, lows: str, highs: str) -> str:
    """A table `name(low, high)` of two lists of the same length, for FROM."""
    if connection.vendor == "sqlite":
        return (
            f"(SELECT least.value AS low, most.value AS high FROM json_each(%({lows})s) AS least"
            f" JOIN json_each(%({highs})s) AS most ON most.key = least.key) AS {name}"
        )
    return f"unnest(%({lows})s::bigint[], %({highs})s::bigint[]) AS {name}(low, high)"


def each(table: str, alias: str, columns: Sequence[str], where: str, *, left: bool = False) -> str:
    """A join that looks into `table` for every row before it; `where` may name those and the columns of `alias`."""
    if connection.vendor == "sqlite":
        return f"{'LEFT' if left else 'CROSS'} JOIN {table} AS {alias} ON {where}"
    inner = f"SELECT {', '.join(f'{alias}.{column}' for column in columns)} FROM {table} AS {alias} WHERE {where}"
    # OFFSET 0 keeps PostgreSQL from taking it apart: it is asked row by row, by an index.
    return f"{'LEFT' if left else 'CROSS'} JOIN LATERAL ({inner} OFFSET 0) AS {alias}{' ON true' if left else ''}"


def within(column: str, parameter: str) -> str:
    """Condition: the column is in a list."""
    if connection.vendor == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(%({parameter})s))"
    return f"{column} = ANY(%({parameter})s::bigint[])"


def family(parameter: str) -> str:
    """The common table `family(id)` for WITH RECURSIVE: municipalities of a list and all below them."""
    if connection.vendor == "sqlite":
        first = f"SELECT value FROM json_each(%({parameter})s)"
    else:
        first = f"SELECT unnest(%({parameter})s::bigint[])"
    return (
        f"family(id) AS ({first} UNION SELECT below.id FROM geo_municipality AS below"
        " JOIN family AS above ON below.parent_id = above.id)"
    )


@contextmanager
def cursor() -> Iterator[CursorWrapper]:
    """A cursor whose statements PostgreSQL may prepare: parameters go beside the text, numbers come back as they are.

    Django's own writes them into it; it is taken while statements are noted, so that they can be read and repeated.
    """
    with connection.cursor() as opened:
        if connection.vendor == "postgresql" and not connection.queries_logged:
            opened.cursor.close()
            opened.cursor = Cursor(connection.connection)
            opened.cursor.format = pq.Format.BINARY
        yield opened

"""Several queries as one statement, where Django's `union` does not let each have an order and a limit of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Statement = tuple[str, tuple[Any, ...]]


def statement(rows: QuerySet[Any, Any]) -> Statement | None:
    """SQL and parameters of a query; None where it cannot find anything."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, tuple(params)


def fetched(parts: Sequence[Statement]) -> list[tuple[Any, ...]]:
    """The rows of all, those of the first query first; values as the database's driver gives them."""
    if not parts:
        return []
    if len(parts) == 1:
        sql, params = parts[0]
    else:
        sql = " UNION ALL ".join(f"SELECT * FROM ({one}) AS part{number}" for number, (one, _p) in enumerate(parts))
        params = tuple(param for _sql, some in parts for param in some)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [tuple(row) for row in cursor.fetchall()]


def counted(parts: Sequence[Sequence[Statement]], *, beside: Sequence[Statement] = ()) -> list[int]:
    """How many rows each list of queries finds, all in one statement; a limit of a query bounds what is read.

    The last numbers are what the queries `beside` say, each of one number; -1 for nothing.
    """
    sums = [" + ".join(f"(SELECT COUNT(*) FROM ({sql}) AS counted)" for sql, _p in some) or "0" for some in parts]
    params = [param for some in parts for _sql, given in some for param in given]
    sums += [f"({sql})" for sql, _params in beside]
    params += [param for _sql, given in beside for param in given]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(sums)}", params)
        return [-1 if number is None else int(number) for number in cursor.fetchone()]

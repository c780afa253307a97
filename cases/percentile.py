"""Medians and other percentiles, worked out in the database; the one place where the two databases differ in this.

PostgreSQL has `percentile_cont` and `percentile_disc`; SQLite gets a twin of both, as Django gives it STDDEV_POP.
"""

from __future__ import annotations

import math
from array import array
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import Aggregate, FloatField, Func
from django.db.models.sql.compiler import SQLCompiler

DAY = 86_400
_TWIN = "anliegen_percentile"


class Percentile(Aggregate):
    """The value that a `share` (0 to 1) of all values does not exceed; None without any.

    Between two values it is interpolated (the median of 1 and 2 is 1.5), `discrete` takes the upper one of them: only
    of that it is true that nine of ten took so long at most.
    """

    name = "Percentile"
    output_field = FloatField()

    def __init__(self, expression: Any, share: float, *, discrete: bool = False, **extra: Any) -> None:
        # Numbers of ours; they stand in the text of the statement, so that nothing typed can get there.
        self.share, self.discrete = float(share), bool(discrete)
        super().__init__(expression, **extra)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *args: Any, **extra: Any) -> Any:
        """SQLite: the function that `teach` registers; PostgreSQL: an ordered-set aggregate."""
        written = self.copy()
        if connection.vendor == "sqlite":
            written.template = f"{_TWIN}(%(expressions)s, {self.share!r}, {int(self.discrete)})"
        else:
            function = "PERCENTILE_DISC" if self.discrete else "PERCENTILE_CONT"
            written.template = f"{function}({self.share!r}) WITHIN GROUP (ORDER BY %(expressions)s)"
        return super(Percentile, written).as_sql(compiler, connection, *args, **extra)


class Days(Func):
    """Calendar days, with their fraction, from the second moment to the first: `Days("closed_at", "submitted_at")`."""

    output_field = FloatField()
    arity = 2
    template = "(%(expressions)s)"
    arg_joiner = " - "

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Moments are words there; `julianday` reads them in C (Django's own difference calls Python for each row)."""
        extra |= {"template": "(julianday(%(expressions)s))", "arg_joiner": ") - julianday("}
        sql, params = self.as_sql(compiler, connection, **extra)
        return sql, tuple(params)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Seconds of the interval, divided."""
        extra["template"] = f"(EXTRACT(EPOCH FROM (%(expressions)s))::float8 / {DAY})"
        sql, params = self.as_sql(compiler, connection, **extra)
        return sql, tuple(params)


def percentile(values: array[float], share: float, discrete: bool = False) -> float | None:
    """What PostgreSQL's `percentile_cont` (`discrete`: `percentile_disc`) gives for the same values."""
    if not values:
        return None
    ordered = sorted(values)
    if discrete:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


class _Twin:
    """One group of rows on SQLite."""

    def __init__(self) -> None:
        self.values: array[float] = array("d")
        self.share, self.discrete = 0.5, 0

    def step(self, value: float | None, share: float, discrete: int) -> None:
        """One row."""
        if value is not None:
            self.values.append(value)
        self.share, self.discrete = share, discrete

    def finalize(self) -> float | None:
        """The group is read."""
        return percentile(self.values, self.share, bool(self.discrete))


def teach(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Handler of connection_created: each connection to SQLite learns the twin."""
    if connection.vendor == "sqlite":
        connection.connection.create_aggregate(_TWIN, 3, _Twin)


def connect() -> None:
    """From now on; called once when the platform starts."""
    connection_created.connect(teach, dispatch_uid="cases.percentile")

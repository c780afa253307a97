"""Makes the counts anew from the rows, and proves that they are what the rows say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from reports.counts.folding import LOCK
from reports.counts.sql import (
    ALL,
    CASES,
    COARSEST,
    COLUMNS,
    COUNTS,
    DELTAS,
    FINEST,
    SHOWN,
    by_state,
    cell_at,
    marked,
    summed,
)

_COLUMNS = ", ".join(COLUMNS)
_KEY = "municipality_id, topic_id, cell"
MOST = 100
"""So many differences are told of each comparison."""


@dataclass(frozen=True)
class Difference:
    """A cell whose count is not what it should be. `much` is counted minus due, by state."""

    municipality: int
    topic: int
    """0: of all topics."""
    level: int
    cell: int
    """Without the mark, as `geo.grid.cell` says it."""
    much: dict[str, int]

    def __str__(self) -> str:
        states = ", ".join(f"{state} {number:+}" for state, number in self.much.items() if number)
        whose = f"topic {self.topic}" if self.topic != ALL else "all topics"
        return f"municipality {self.municipality}, {whose}, level {self.level}, cell {self.cell}: {states}"


def _rows() -> str:
    """SQL of the finest counts as the rows say."""
    return (
        f"SELECT municipality_id, topic_id, {cell_at(FINEST)} AS cell, {by_state('1')} FROM {CASES}"
        f" WHERE {SHOWN.format('')} GROUP BY 1, 2, 3"
    )


def _level(level: int) -> str:
    """Condition of the counts of one level."""
    return f"cell BETWEEN {marked(0, level)} AND {2 * marked(0, level) - 1}"


def _coarser(level: int) -> str:
    """SQL of a level as the next finer one says."""
    return (
        f"SELECT municipality_id, topic_id, cell >> 2 AS cell, {summed()} FROM {COUNTS}"
        f" WHERE {_level(level + 1)} GROUP BY 1, 2, 3"
    )


def _every_topic() -> str:
    """SQL of the finest counts of all topics together as those of each say."""
    return (
        f"SELECT municipality_id, {ALL} AS topic_id, cell, {summed()} FROM {COUNTS}"
        f" WHERE topic_id <> {ALL} AND {_level(FINEST)} GROUP BY 1, 2, 3"
    )


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody folds meanwhile, and all statements see the database as it is at one instant."""
    if connection.vendor == "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            with transaction.atomic():
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def rebuild() -> int:
    """Make all counts anew; returns how many there are. Writers go on: what they append meanwhile is folded later."""
    with _alone(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {DELTAS}")
        cursor.execute(f"DELETE FROM {COUNTS}")
        for made in (_rows(), _every_topic(), *(_coarser(level) for level in range(FINEST - 1, COARSEST - 1, -1))):
            cursor.execute(f"INSERT INTO {COUNTS} ({_KEY}, {_COLUMNS}) {made} ORDER BY 1, 2, 3")
        cursor.execute(f"SELECT count(*) FROM {COUNTS}")
        return int(cursor.fetchone()[0])


def differences() -> list[Difference]:
    """Where counts and deltas are not what the rows say; empty if all is well. Writers and folding may go on.

    The finest level is compared with the rows, every other with the next finer: each in one statement, at one instant.
    """
    waiting = (
        f"SELECT municipality_id, topic_id, {cell_at(FINEST)} AS cell, {by_state('n')} FROM {DELTAS} GROUP BY 1, 2, 3"
    )
    counted = f"SELECT {_KEY}, {_COLUMNS} FROM {COUNTS} WHERE {_level(FINEST)}"
    with connection.cursor() as cursor:
        both = f"{counted} AND topic_id <> {ALL} UNION ALL SELECT * FROM ({waiting}) AS waiting"
        found = _compare(cursor, both, _rows())
        found += _compare(cursor, f"{counted} AND topic_id = {ALL}", _every_topic())
        for level in range(FINEST - 1, COARSEST - 1, -1):
            counted = f"SELECT {_KEY}, {_COLUMNS} FROM {COUNTS} WHERE {_level(level)}"
            found += _compare(cursor, counted, _coarser(level))
    return found


def _compare(cursor: CursorWrapper, counted: str, due: str) -> list[Difference]:
    less = ", ".join(f"-{column}" for column in COLUMNS)
    unequal = " OR ".join(f"SUM({column}) <> 0" for column in COLUMNS)
    cursor.execute(
        f"SELECT {_KEY}, {summed()} FROM ({counted} UNION ALL SELECT {_KEY}, {less} FROM ({due}) AS due) AS both_sides"
        f" GROUP BY 1, 2, 3 HAVING {unequal} LIMIT {MOST}"
    )
    found = []
    for municipality, topic, cell, *numbers in cursor.fetchall():
        level = (cell.bit_length() - 1) // 2
        much = {column.removeprefix("n_"): int(number) for column, number in zip(COLUMNS, numbers, strict=True)}
        found.append(Difference(municipality, topic, level, cell - marked(0, level), much))
    return found

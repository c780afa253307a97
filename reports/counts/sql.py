"""Pieces of SQL that both databases understand, and the levels that are counted."""

from __future__ import annotations

from collections.abc import Iterable

from cases.policy import State
from geo import grid
from reports.policy import KIND

COARSEST, FINEST = 3, 20
"""Levels of `geo.grid` that are counted: from cells of 32 px at zoom 0 to cells of 24 m (32 px at zoom 17)."""
ALL = 0
"""Stands for every topic."""
STATES = tuple(State)
COLUMNS = tuple(f"n_{state.value}" for state in STATES)
COUNTS, DELTAS, CASES = "reports_mapcount", "reports_mapdelta", "cases_case"
SHOWN = "{0}public_at IS NOT NULL AND NOT {0}confidential AND {0}kind = '" + KIND + "' AND {0}grid IS NOT NULL"
"""What Case.objects.public() says of a report with a place, word for word as the partial indexes of Case do; {0} is the
row."""


def level_bits(level: int) -> int:
    """Bits of a full grid number below a cell of `level`."""
    return 2 * (grid.ZOOM - level)


def marked(number: int, level: int) -> int:
    """A cell of `geo.grid` as MapCount names it."""
    return 1 << 2 * level | number


def cell_at(level: int | str, column: str = "grid") -> str:
    """SQL of the marked cell of a grid number at a level (a number, or SQL for one)."""
    return f"(CAST(1 AS bigint) << (2 * {level})) + ({column} >> ({2 * grid.ZOOM} - 2 * {level}))"


def by_state(amount: str) -> str:
    """SQL of one sum per state over rows with a column `state`; `amount` is SQL of what a row counts."""
    return ", ".join(
        f"SUM(CASE WHEN state = '{state.value}' THEN {amount} ELSE 0 END) AS {column}"
        for state, column in zip(STATES, COLUMNS, strict=True)
    )


def summed(sign: str = "") -> str:
    """SQL of the sums of all counting columns."""
    return ", ".join(f"SUM({sign}{column}) AS {column}" for column in COLUMNS)


def integers(values: Iterable[int]) -> str:
    """Integers as they stand within brackets: they are ours, and thousands of them are no parameters for SQLite."""
    return ", ".join(str(int(value)) for value in values) or "NULL"

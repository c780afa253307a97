"""What the kept counts and the deltas not yet folded say of a section, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection

from cases.policy import State
from geo import grid
from geo.spatial import Box
from reports.counts.sql import (
    ALL,
    COARSEST,
    COLUMNS,
    COUNTS,
    DELTAS,
    FINEST,
    by_state,
    cell_at,
    integers,
    level_bits,
    marked,
    summed,
)

RANGES = 24
"""A section is read as at most so many ranges of numbers, which may cover a little more than it."""

Cells = dict[int, tuple[int, ...]]
"""Cell of `geo.grid` → how many reports lie in it, by state in the order of State."""


def level_at(zoom: int) -> int:
    """The level whose cells are 32 px wide at a zoom, or the finest one, whose cells are wider from zoom 18 on."""
    return min(max(zoom + COARSEST, COARSEST), FINEST)


def cells(
    *,
    municipalities: Collection[int],
    topics: Collection[int] | None,
    states: Collection[State],
    bbox: Box | None,
    level: int,
) -> Cells:
    """Public reports per cell of `level` that meets the section (or lies just outside it). One query, no row of a case.

    `topics`: None for all. What is in no state asked for counts 0, and a cell without anything else is left out.
    """
    if topics is not None and not topics:
        return {}
    shift = level_bits(level)
    found = grid.ranges(bbox, zoom=level, limit=RANGES) if bbox is not None else [(0, (1 << 2 * grid.ZOOM) - 1)]
    kept = _within("cell", [(marked(low >> shift, level), marked(high >> shift, level)) for low, high in found])
    waiting = _within("grid", [((low >> shift) << shift, high | ((1 << shift) - 1)) for low, high in found])
    places = integers(municipalities)
    wanted = [f"n_{state.value}" if state in states else "0" for state in State]
    names = ", ".join(f"{column} AS {name}" for column, name in zip(wanted, COLUMNS, strict=True))
    # Small integers on both sides: PostgreSQL sums large ones as numeric, which takes as long again as all the rest.
    small = ", ".join(f"CAST({column} AS integer)" for column in wanted)
    of_topics = f"AND topic_id IN ({integers(topics)})" if topics is not None else ""
    sql = (
        f"SELECT cell, {summed()} FROM ("
        f"SELECT cell, {names} FROM {COUNTS} WHERE municipality_id IN ({places})"
        f" AND topic_id IN ({integers(topics if topics is not None else [ALL])}) AND ({kept})"
        f" UNION ALL SELECT cell, {small} FROM ("
        f"SELECT {cell_at(level)} AS cell, {by_state('n')} FROM {DELTAS} WHERE municipality_id IN ({places})"
        f" {of_topics} AND ({waiting}) GROUP BY 1) AS waiting) AS every GROUP BY cell"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        mark = marked(0, level)
        return {row[0] - mark: tuple(map(int, row[1:])) for row in cursor.fetchall() if any(row[1:])}


def _within(column: str, ranges: Sequence[tuple[int, int]]) -> str:
    return " OR ".join(f"{column} BETWEEN {low} AND {high}" for low, high in ranges)

"""What the kept counts and the deltas not yet folded say of a section, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from cases.policy import State
from geo import grid, quick
from reports.counts.sql import ALL, COARSEST, COLUMNS, COUNTS, DELTAS, FINEST, STATES, level_bits, marked

PROBES = 256
"""So many looks into the index at most: towns, topics and ranges multiply."""
MOST_RANGES, LEAST_RANGES = 16, 3


class Counts(NamedTuple):
    """Public reports per cell of `level`: arrays of the same length, a row of `by_state` in the order of State."""

    level: int
    cells: NDArray[np.int64]
    x: NDArray[np.float64]
    """Their mean column, in cells of the level: 3.5 is the middle of column 3."""
    y: NDArray[np.float64]
    by_state: NDArray[np.int64]

    @property
    def total(self) -> int:
        """How many reports there are."""
        return int(self.by_state.sum())


def level_at(zoom: int) -> int:
    """The level whose cells are 32 px wide at a zoom, or the finest one, whose cells are wider from zoom 18 on."""
    return min(max(zoom + COARSEST, COARSEST), FINEST)


def counts(
    *,
    municipalities: Collection[int],
    topics: Collection[int] | None,
    states: Collection[State],
    window: grid.Window,
    level: int,
) -> Counts:
    """Public reports in a window, gathered in cells of `level`: that of the window (or finer), or the one above it.

    Of the municipalities and all below them. `topics`: None for all. What is in no state asked for counts 0, and a
    cell without anything else is left out. One query, no row of a case.
    """
    finer = int(level < window.level)
    asked = [ALL] if topics is None else sorted(set(topics))
    lows, highs = grid.cover(window, limit(len(asked))) if asked else ([], [])
    if not lows:
        return _gathered([], window.level - finer, finer)
    left, right, top, bottom = window.corners()
    bits = (1 << 2 * window.level) - 1
    parameters = {
        "towns": quick.many(list(municipalities)),
        "topics": quick.many(asked),
        "lows": quick.many(lows),
        "highs": quick.many(highs),
        "least": quick.number(lows[0] << level_bits(window.level)),
        "most": quick.number(((highs[-1] + 1) << level_bits(window.level)) - 1),
        "mark": quick.number(marked(0, window.level)),
        "shift": quick.number(level_bits(window.level)),
        "finer": quick.number(finer),
        "columns": quick.number(grid.X & bits),
        "rows": quick.number(grid.Y & bits),
        "left": quick.number(left),
        "right": quick.number(right),
        "top": quick.number(top),
        "bottom": quick.number(bottom),
    }
    with quick.cursor() as cursor:
        cursor.execute(_statement(connection.vendor, frozenset(states), topics is None), parameters)
        return _gathered(cursor.fetchall(), window.level - finer, finer)


def limit(members: int) -> int:
    """How many ranges a section may be split into where each is asked for so many members."""
    return max(LEAST_RANGES, min(MOST_RANGES, PROBES // max(members, 1)))


def _gathered(rows: Sequence[tuple[int, ...]], level: int, finer: int) -> Counts:
    found = np.array(rows, dtype=np.int64).reshape(len(rows), 3 + len(STATES))
    by_state = found[:, 3:]
    every = by_state.sum(axis=1)
    if not every.all():
        found, every = found[every != 0], every[every != 0]
        by_state = found[:, 3:]
    columns, lines = grid.cell_tiles(found[:, 0])
    parts = 1 << finer
    x, y = ((part + (inner / every + 0.5) / parts) for part, inner in ((columns, found[:, 1]), (lines, found[:, 2])))
    return Counts(level, found[:, 0], x, y, by_state)


@lru_cache(maxsize=64)
def _statement(vendor: str, states: frozenset[State], every_topic: bool) -> str:
    """SQL of (cell, columns and rows within it weighted by reports, reports by state); `vendor` keeps twins apart."""
    wanted = [(state, column) for state, column in zip(STATES, COLUMNS, strict=True) if state in states]
    kept = ", ".join(f"k.{column} AS {column}" for _state, column in wanted)
    waiting = ", ".join(
        f"CASE WHEN d.state = '{state.value}' THEN CAST(d.n AS integer) ELSE 0 END AS {column}"
        for state, column in wanted
    )
    names = [column for _state, column in wanted]
    every = " + ".join(names)
    sums = ", ".join(f"SUM({column})" if column in names else "0" for column in COLUMNS)
    of_topics = "" if every_topic else f" AND {quick.within('d.topic_id', 'topics')}"
    # Small integers everywhere: PostgreSQL sums large ones as numeric, which takes as long again as all the rest.
    shift = "CAST(%(shift)s AS integer)"
    return (
        f"WITH RECURSIVE {quick.family('towns')} SELECT (cell - %(mark)s) >> CAST(2 * %(finer)s AS integer) AS up,"
        f" SUM(({every}) * CAST(cell & %(finer)s AS integer)),"
        f" SUM(({every}) * CAST((cell >> 1) & %(finer)s AS integer)), {sums} FROM ("
        f"SELECT k.cell AS cell, {kept} FROM family CROSS JOIN {quick.listed('t', 'topics')}"
        f" CROSS JOIN {quick.ranges('r', 'lows', 'highs')} "
        + quick.each(
            COUNTS,
            "k",
            ["cell", *names],
            "k.municipality_id = family.id AND k.topic_id = t.one"
            " AND k.cell BETWEEN r.low + %(mark)s AND r.high + %(mark)s",
        )
        + f" UNION ALL SELECT %(mark)s + (d.grid >> {shift}) AS cell, {waiting} FROM family "
        + quick.each(
            DELTAS,
            "d",
            ["grid", "state", "n"],
            # In one piece: there are few, and what lies outside is sifted below.
            f"d.municipality_id = family.id AND d.grid BETWEEN %(least)s AND %(most)s{of_topics}",
        )
        + ") AS every WHERE (cell & %(columns)s) BETWEEN %(left)s AND %(right)s"
        " AND (cell & %(rows)s) BETWEEN %(top)s AND %(bottom)s GROUP BY 1"
    )

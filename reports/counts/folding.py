"""Adds the deltas to the counts, in one transaction per batch and in the order of the keys."""

from __future__ import annotations

import time

from django.db import connection, transaction

from reports.counts.sql import ALL, COARSEST, COLUMNS, COUNTS, DELTAS, FINEST, by_state, cell_at, integers
from reports.models import MapDelta

BATCH = 1000
LOCK = 5_063_217
"""Of PostgreSQL's advisory locks: only one process folds, or makes the counts anew, at a time."""
_KEY = "municipality_id, topic_id, cell"


def fold(*, seconds: float | None = None) -> int:
    """Add what waits to the counts, all of it or for about `seconds`; returns how many deltas, 0 if another does it."""
    ends = None if seconds is None else time.monotonic() + seconds
    number = 0
    while MapDelta.objects.exists() and (ends is None or time.monotonic() < ends):
        folded = _fold_batch()
        number += folded
        if not folded:
            break
    return number


@transaction.atomic
def _fold_batch() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return 0
        ids = list(MapDelta.objects.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not ids:
            return 0
        # All three name the same ids: what others append meanwhile, even with a lower one, waits for the next batch.
        spread = _spread(integers(ids))
        added = ", ".join(f"{column} = {COUNTS}.{column} + excluded.{column}" for column in COLUMNS)
        cursor.execute(
            f"INSERT INTO {COUNTS} ({_KEY}, {', '.join(COLUMNS)}) {spread} ORDER BY 1, 2, 3"
            f" ON CONFLICT ({_KEY}) DO UPDATE SET {added}"
        )
        empty = " AND ".join(f"{column} = 0" for column in COLUMNS)
        cursor.execute(
            f"DELETE FROM {COUNTS} WHERE {empty}"
            f" AND ({_KEY}) IN (SELECT {_KEY} FROM ({_spread(integers(ids))}) AS folded)"
        )
        cursor.execute(f"DELETE FROM {DELTAS} WHERE id IN ({integers(ids)})")
    return len(ids)


def _spread(ids: str) -> str:
    """SQL of what deltas add to each cell they lie in, at every level, for their topic and for all."""
    levels = ", ".join(f"({level})" for level in range(COARSEST, FINEST + 1))
    return (
        f"SELECT municipality_id, CASE WHEN whose.column1 = 0 THEN {ALL} ELSE topic_id END AS topic_id,"
        f" {cell_at('levels.column1')} AS cell, {by_state('n')} FROM {DELTAS}"
        f" CROSS JOIN (VALUES {levels}) AS levels CROSS JOIN (VALUES (0), (1)) AS whose"
        f" WHERE id IN ({ids}) GROUP BY 1, 2, 3"
    )

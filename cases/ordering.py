"""The order of stages and prepared answers, in which a town's own rows stand between those of its county.

A position says where a row stands; the county's rows leave room between two of them (ROOM), so that a town moves its
own without touching what it inherits.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases.models import Stage, TextBlock

ROOM: Final = 100
"""Between the positions of two neighbours, when there is nothing in the way."""
Row = TypeVar("Row", Stage, TextBlock)


def arrange(rows: Sequence[Row], *, municipality_id: int) -> list[Row]:
    """Give the rows of `municipality_id` positions so that `rows` is their order; returns those that changed, unsaved.

    The other rows are inherited and stay where they are. Raises ValidationError where there is no room between two of
    them.
    """
    changed: list[Row] = []
    waiting: list[Row] = []
    low = 0
    for row in rows:
        if row.municipality_id == municipality_id:
            waiting.append(row)
            continue
        changed += _spread(waiting, low, row.position)
        waiting, low = [], row.position
    return changed + _spread(waiting, low, None)


def _spread(rows: list[Row], low: int, high: int | None) -> list[Row]:
    """Evenly between two positions (None: there is no end); those that keep the order as they are stay."""
    ends = [low, *(row.position for row in rows), *([high] if high is not None else [])]
    if not rows or all(one < other for one, other in pairwise(ends)):
        return []
    high = low + ROOM * (len(rows) + 1) if high is None else high
    step = (high - low) // (len(rows) + 1)
    if step < 1:
        raise ValidationError(_("There is no room left between these two entries of your county."))
    changed = []
    for number, row in enumerate(rows, 1):
        if row.position != low + step * number:
            row.position = low + step * number
            changed.append(row)
    return changed


def moved(rows: Sequence[Row], row: Row, *, to: Row, after: bool) -> list[Row]:
    """`rows` with `row` right before or after the row `to`."""
    found: list[Row] = []
    for one in rows:
        if one.pk == to.pk:
            found += [one, row] if after else [row, one]
        elif one.pk != row.pk:
            found.append(one)
    return found


def last(rows: Sequence[Row]) -> int:
    """A position behind all of them."""
    return max((row.position for row in rows), default=0) + ROOM

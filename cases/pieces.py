"""Reading many rows while writing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Model, QuerySet

SIZE = 200
T = TypeVar("T", bound=Model)


def in_pieces(rows: QuerySet[T], size: int = SIZE) -> Iterator[T]:
    """The rows of a query in its order, `size` at once, each piece read to its end before the first of it is given.

    So no cursor is open while the caller writes. On SQLite an open cursor holds an old picture of the database, and a
    write on top of it is refused at once ("database is locked") when anybody else wrote meanwhile, whatever the
    time-out. A row that does not belong to the query any more when its piece is read is left out.
    """
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), size):
        yield from list(rows.filter(pk__in=keys[start : start + size]))

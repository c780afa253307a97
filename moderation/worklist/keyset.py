"""Pages of a list that go on where the last one ended, however far down: no row before is read again.

An order is a tuple of names ("-priority", "due_at", "submitted_at", "id"); where a value may be missing, what has none
stands last. A place in the list is the values of these names in one row; what follows a place are spans that an index
can be searched for, one per name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db.models import F, Q
from django.db.models.expressions import OrderBy

MISSING: Final = frozenset({"due_at"})
"""Names that may have no value."""
_YES_NO: Final = frozenset({"danger", "answered"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
Order = tuple[str, ...]
Place = tuple[Any, ...]


def _name(part: str) -> str:
    return part.removeprefix("-")


def ordering(order: Order, backwards: bool = False) -> list[OrderBy]:
    """The order for `order_by`."""
    found = []
    for part in order:
        name, down = _name(part), part.startswith("-") != backwards
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        given = nulls if name in MISSING else {}
        found.append(F(name).desc(**given) if down else F(name).asc(**given))
    return found


def names(order: Order) -> list[str]:
    """The columns of a place."""
    return [_name(part) for part in order]


def beyond(order: Order, place: Place, backwards: bool = False) -> list[Q]:
    """Conditions of which each row beyond the place fulfils exactly one."""
    found, same = [], Q()
    for part, value in zip(order, place, strict=True):
        found += [same & step for step in _steps(_name(part), value, part.startswith("-") != backwards, backwards)]
        same &= Q(**{f"{_name(part)}__isnull": True}) if value is None else Q(**{_name(part): value})
    return found


def _steps(name: str, value: Any, down: bool, backwards: bool) -> Iterator[Q]:
    if name in _YES_NO:
        if bool(value) is down:
            yield Q(**{name: not value})
    elif value is None:
        if backwards:
            yield Q(**{f"{name}__isnull": False})
    else:
        yield Q(**{f"{name}__{'lt' if down else 'gt'}": value})
        if name in MISSING and not backwards:
            yield Q(**{f"{name}__isnull": True})


def merged(rows: Sequence[tuple[Any, ...]], order: Order, backwards: bool = False) -> list[tuple[Any, ...]]:
    """Rows of several parts, each in order, in one order; `rows` hold the columns of `names(order)`."""
    found = list(rows)
    for index in reversed(range(len(order))):
        found.sort(key=_key(index), reverse=order[index].startswith("-") != backwards)
    return found


def _key(index: int) -> Callable[[tuple[Any, ...]], tuple[bool, Any]]:
    # What has no value stands last, and first where a list is read backwards.
    return lambda row: (row[index] is None, 0 if row[index] is None else row[index])


# In the address -------------------------------------------------------------------------------------------------------
def written(place: Place) -> str:
    """A place as the address bar names it."""
    return "_".join(_written(value) for value in place)


def _written(value: Any) -> str:
    if isinstance(value, str):  # SQLite gives moments as text
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return str((value.replace(tzinfo=value.tzinfo or UTC) - _EPOCH) // timedelta(microseconds=1))
    return str(value.toordinal()) if isinstance(value, date) else str(int(value))


def read(text: str, order: Order) -> Place | None:
    """The place that an address names; None for nonsense."""
    parts = text.split("_")
    if len(parts) != len(order):
        return None
    try:
        return tuple(_read(part, _name(name)) for part, name in zip(parts, order, strict=True))
    except (ValueError, OverflowError):
        return None


def _read(text: str, name: str) -> Any:
    if not text and name in MISSING:
        return None
    number = int(text[:20])
    if name.endswith(("_at", "_since")):
        return _EPOCH + timedelta(microseconds=number)
    if name.endswith("_on"):
        return date.fromordinal(number)
    if not -(1 << 31) <= number < 1 << 62:
        raise ValueError(text)
    return bool(number) if name in _YES_NO else number

"""How long what is kept: days after the closing of a case, by its category, the group, the municipality, its county.

Each term is a column of the same name on `Topic` and `Municipality`; empty takes it from above, and what nobody said is
as shipped (`policy.KEEP_DAYS`, `policy.ORIGINAL_DAYS`). Taken up again, the days begin anew with the next closing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.timezone import localdate

from cases.models import Case, Topic
from cases.policy import KEEP_DAYS, ORIGINAL_DAYS, Part
from geo.models import Municipality

ORIGINALS: Final = "original_days"
COLUMN: Final = {Part.CONTACT: "contact_days", Part.PHOTOS: "photo_days", Part.CASE: "case_days"}
SHIPPED: Final = {
    COLUMN[Part.CONTACT]: KEEP_DAYS[Part.CONTACT],
    ORIGINALS: ORIGINAL_DAYS,
    COLUMN[Part.PHOTOS]: KEEP_DAYS[Part.PHOTOS],
    COLUMN[Part.CASE]: KEEP_DAYS[Part.CASE],
}


def effective(rows: Iterable[Municipality | Topic | None]) -> dict[str, int]:
    """Days per column as the nearest of `rows` (nearest first) says, else as shipped."""
    known = [row for row in rows if row is not None]
    return {
        name: next((value for row in known if (value := getattr(row, name)) is not None), shipped)
        for name, shipped in SHIPPED.items()
    }


def days(column: str, topic: Topic | None, municipality: Municipality) -> int:
    """Days after closing for which something is kept, by the name of its column."""
    return effective([topic, topic.parent if topic else None, *municipality.chain()])[column]


def ends_on(case: Case, column: str) -> date | None:
    """The day on which it is deleted by itself; None while the case is open."""
    if case.closed_at is None or not case.facts.closed:
        return None
    return localdate(case.closed_at) + timedelta(days=days(column, case.topic, case.municipality))


def closed_before(column: str, at: datetime) -> datetime:
    """Cases closed after this instant keep it at `at`, whatever their rows say: for narrowing a query."""
    said = [SHIPPED[column]]
    for rows in (Topic.objects.order_by(), Municipality.objects.order_by()):
        said += rows.exclude(**{column: None}).values_list(column, flat=True).distinct()
    return at - timedelta(days=max(0, min(said) - 1))

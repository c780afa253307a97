"""What an export says of a case: one row of plain values per case, read as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, FloatField, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.models import STATES, Case, Support
from geo.localized import localized

CHUNK = 1000
"""Rows that are in memory at once."""
Value = str | int | float | date | datetime | None
NAMES: dict[str, Promise] = {
    "number": _("Number"),
    "category": _("Category"),
    "state": _("State"),
    "stage": _("Label"),
    "received": _("Received"),
    "first_answer": _("First answer"),
    "due": _("Due"),
    "expected": _("Expected on"),
    "closed": _("Closed"),
    "unit": _("Unit"),
    "person": _("Person"),
    "priority": _("Priority"),
    "source": _("Source"),
    "district": _("District"),
    "address": _("Place"),
    "text": _("Text"),
    "public": _("Public"),
    "supporters": _("Supporters"),
    "file_number": _("File number"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
}
"""Columns in order: the key is the name in GeoJSON, the word the heading of tables."""


def rows(cases: QuerySet[Case]) -> Iterator[dict[str, Value]]:
    """One dict per case with the keys of NAMES, in the order of `cases`; CHUNK rows in memory.

    Words are in the language that is active now, not when the stream is read, which is after the request.
    """
    noticed = (
        Support.objects.filter(case_id=OuterRef("pk"), confirmed_at__isnull=False)
        .order_by()
        .values("case_id")
        .annotate(n=Count("pk"))
        .values("n")
    )
    words = _Words({value: str(label) for value, label in STATES}, str(_("yes")), str(_("no")), get_language() or "de")
    # The columns come in the order in which they are named here.
    found = cases.annotate(
        supporters=Coalesce(Subquery(noticed, output_field=IntegerField()), 0), lat=_Place("ST_Y"), lon=_Place("ST_X")
    ).values_list(
        "number",
        "topic__name",
        "state",
        "stage__label",
        "submitted_at",
        "first_answer_at",
        "due_at",
        "expected_on",
        "closed_at",
        "unit__name",
        "assignee__name",
        "priority",
        "source",
        "district__name",
        "report__address",
        "report__text",
        "public_at",
        "supporters",
        "file_number",
        "lat",
        "lon",
    )
    return _stream(found, words)


class _Place(Func):
    """One coordinate of the place; the database takes it out of the point, so that no geometry is made of it here."""

    output_field = FloatField()

    def __init__(self, function: str) -> None:
        super().__init__(F("point"), function=function)


@dataclass(frozen=True)
class _Words:
    states: dict[str, str]
    yes: str
    no: str
    language: str


def _stream(found: Any, words: _Words) -> Iterator[dict[str, Value]]:
    for row in found.iterator(chunk_size=CHUNK):
        *values, lat, lon = row
        values[1], values[2] = localized(values[1], words.language), words.states.get(values[2], values[2])
        values[3] = localized(values[3], words.language) or values[2]
        values[16] = words.yes if values[16] else words.no
        place = [None if part is None else round(part, 6) for part in (lat, lon)]
        yield dict(zip(NAMES, [*map(_local, values), *place], strict=True))


def _local(value: Any) -> Any:
    """Times as a clock on the wall shows them."""
    return timezone.localtime(value).replace(tzinfo=None, microsecond=0) if isinstance(value, datetime) else value

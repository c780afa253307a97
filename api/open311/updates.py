"""The updates extension, reading: what the public timelines tell, as one stream to poll."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from api.open311.asking import Asked
from api.open311.formats import Answer, moment
from api.open311.policy import PAGE_MAX, PERIOD, shown_update
from api.open311.reading import Where
from cases.models import Entry, Stage
from cases.policy import Deed, State
from geo.localized import localized
from reports.models import Photo
from reports.policy import KIND
from reports.showing import TOLD_WITHOUT_WORDS, picture

_RELEASES: Final = (Deed.TEXT_RELEASED, Deed.PHOTO_RELEASED)
_STATES: Final = frozenset(State)
_QUIET: Final = tuple(deed for deed in TOLD_WITHOUT_WORDS if deed is not Deed.SUBMITTED)


def listed(asked: Asked, where: Where) -> Answer:
    """Updates between `start_date` and `end_date`, oldest first; without a start the newest ones.

    The release of a request is told as an update too: what happened before was not told then.
    """
    start, end = asked.moment("start_date"), asked.moment("end_date", end=True)
    numbers = asked.several("service_request_id")
    page, size = asked.whole("page", 10**6, 1), asked.whole("page_size", PAGE_MAX, PAGE_MAX)
    found = _told(where.municipality.family_ids())
    if numbers:
        found = found.filter(case__number__in=numbers)
    forwards = start is not None
    if start is None and not numbers:
        start = (end or timezone.now()) - PERIOD
    if start is not None:
        found = found.filter(at__gte=start)
    if end is not None:
        found = found.filter(at__lte=end)
    order = ("at", "pk") if forwards else ("-at", "-pk")
    entries = list(found.order_by(*order)[(page - 1) * size : page * size])
    return Answer("service_request_updates", rows(entries if forwards else entries[::-1]), max_age=30)


def _told(family: list[int]) -> QuerySet[Entry, Entry]:
    """Entries that everybody may know of."""
    return (
        Entry.objects.filter(
            Q(public=True)
            | Q(deed__in=[deed.value for deed in _QUIET], data__has_key="to")
            | Q(deed__in=[deed.value for deed in _RELEASES], at=F("case__public_at")),
            case__municipality__in=family,
            case__kind=KIND,
            case__public_at__isnull=False,
            case__confidential=False,
        )
        .exclude(deed=Deed.SUBMITTED.value)
        .select_related("case")
        .defer("case__point")
    )


@dataclass
class _Past:
    """How the state of a case went."""

    at: list[tuple[datetime, int]]
    data: list[dict[str, Any]]


def rows(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Updates as the extension has them; four queries for any number."""
    entries = list(entries)
    past = _states({entry.case_id for entry in entries})
    stages = Stage.objects.in_bulk({data["stage"] for one in past.values() for data in one.data if data.get("stage")})
    shown = Photo.objects.filter(released=True, file__entry__in=entries, file__ready_at__isnull=False)
    media: dict[int | None, str] = {}
    for photo in shown.select_related("file").order_by("-position", "-pk"):
        media[photo.file.entry_id] = picture(photo).large_jpeg
    sites = {entry.case.municipality_id: entry.case.municipality.base_url() for entry in _first_of_each(entries)}
    found = []
    for entry in entries:
        data = _latest(past.get(entry.case_id), entry)
        stage = stages.get(data.get("stage") or 0)
        update = shown_update(
            data.get("to") or State.NEW.value,
            stage=stage.slug if stage else "",
            means=stage.means if stage else "",
            expected=bool(data.get("expected_on")),
        )
        words = entry.text if entry.public else ""
        path = media.get(entry.pk) if entry.public else None
        found.append(
            {
                "update_id": str(entry.pk),
                "service_request_id": str(entry.case.number),
                "status": update.value,
                "description": words or localized(entry.data.get("label")),
                "updated_datetime": moment(entry.at),
                "media_url": sites[entry.case.municipality_id] + path if path else None,
            }
        )
    return found


def _first_of_each(entries: Iterable[Entry]) -> Iterable[Entry]:
    return {entry.case.municipality_id: entry for entry in entries}.values()


def _states(cases: set[int]) -> dict[int, _Past]:
    """Every step between states of some cases."""
    found: dict[int, _Past] = {}
    steps = Entry.objects.filter(case__in=cases, data__has_key="to").order_by("at", "pk")
    for case, at, pk, data in steps.values_list("case", "at", "pk", "data"):
        # Other deeds say where else to something went: a place, a category.
        if isinstance(data["to"], str) and data["to"] in _STATES:
            past = found.setdefault(case, _Past([], []))
            past.at.append((at, pk))
            past.data.append(data)
    return found


def _latest(past: _Past | None, entry: Entry) -> dict[str, Any]:
    """The step that held at an entry; {} before the first."""
    if past is None:
        return {}
    before = bisect_right(past.at, (entry.at, entry.pk))
    return past.data[before - 1] if before else {}

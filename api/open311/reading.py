"""Requests as the standard shows them: public reports, and of what is being looked at the number and the state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from api.open311.asking import Asked, Problem
from api.open311.formats import Answer, moment
from api.open311.policy import IDS_MAX, PAGE_MAX, PERIOD, RADIUS_MAX, RADIUS_METRES
from api.open311.services import topics_of
from api.review import in_review
from cases.models import Case, CaseQuerySet, Entry
from cases.policy import FACTS, State
from cases.routing import BERLIN
from geo import grid
from geo.folding import one_line
from geo.models import Municipality
from geo.spatial import box_around
from reports import search, showing
from reports.policy import KIND
from reports.showing import PublicReport

STATUS: Final = {
    name: frozenset(state for state, facts in FACTS.items() if facts.open311 == name)
    for name in sorted({facts.open311 for facts in FACTS.values()})
}
DETAILED: Final = {
    name: frozenset(state for state, facts in FACTS.items() if facts.citysdk == name)
    for name in sorted({facts.citysdk for facts in FACTS.values()})
}
"""Words of CitySDK, which says more than open and closed."""
_POSTCODE: Final = re.compile(r"\b\d{5}\b")


@dataclass(frozen=True)
class Where:
    """Whose requests are asked for."""

    municipality: Municipality
    named: bool
    """By `jurisdiction_id`; else it is that of the host."""


def listed(request: HttpRequest, asked: Asked, where: Where) -> Answer:
    """Requests, newest first, by change where that is asked for; those of `service_request_id` alone where it is given.

    Raises Problem.
    """
    extensions = asked.yes("extensions")
    if numbers := asked.several("service_request_id"):
        return Answer("service_requests", by_number(numbers[:IDS_MAX], where, extensions))
    page, size = asked.whole("page", 10**6, 1), asked.whole("page_size", PAGE_MAX, PAGE_MAX)
    by_change = asked.text("updated_after", "updated_before")
    found = _wanted(asked, where.municipality).order_by("-changed_at" if by_change else "-submitted_at", "-pk")
    ids = list(found.values_list("pk", flat=True)[(page - 1) * size : page * size])
    headers = {}
    if len(ids) == size:
        query = request.GET.copy()
        query["page"] = str(page + 1)
        headers["Link"] = f'<{request.build_absolute_uri(f"{request.path}?{query.urlencode()}")}>; rel="next"'
    return Answer("service_requests", _rows(ids, extensions), max_age=30, headers=headers)


def one(number: str, asked: Asked, where: Where) -> Answer:
    """One request, in a list. Raises Problem (404)."""
    rows = by_number([number], where, asked.yes("extensions"))
    if not rows:
        raise unknown(number)
    return Answer("service_requests", rows)


def unknown(number: str) -> Problem:
    """404 for a number that is none, or none that may be known."""
    return Problem(404, _("service_request_id: there is no request “%(number)s”.") % {"number": number[:80]})


def token(text: str, where: Where) -> Answer:
    """The number behind a token. We answer at once with numbers, so a token is the number. Raises Problem (404)."""
    rows = by_number([text], where, False)
    if not rows:
        raise Problem(404, _("token: there is no request with this token."))
    return Answer("service_requests", [{"service_request_id": rows[0]["service_request_id"], "token": text}])


def by_number(numbers: Sequence[str], where: Where, extensions: bool) -> list[dict[str, Any]]:
    """Requests by number, in the order asked for; of those under review number and status. Others are left out."""
    family = where.municipality.family_ids() if where.named else None

    def here(rows: CaseQuerySet) -> CaseQuerySet:
        rows = rows.filter(number__in=numbers)
        return rows.filter(municipality__in=family) if family is not None else rows

    waiting = here(in_review()).values_list("number", "state")
    found = {number: {"service_request_id": number, "status": FACTS[State(state)].open311} for number, state in waiting}
    ids = list(here(Case.objects.public().filter(kind=KIND)).values_list("pk", flat=True))
    found |= {row["service_request_id"]: row for row in _rows(ids, extensions)}
    return [found[number] for number in dict.fromkeys(numbers) if number in found]


def _wanted(asked: Asked, municipality: Municipality) -> CaseQuerySet:
    """Public requests that match every parameter."""
    family = municipality.family_ids()
    filters = search.Filters(words=one_line(asked.text("q"), 200), bbox=asked.box())
    found = search.filtered(municipality, filters, family)
    if codes := asked.several("service_code"):
        found = found.filter(topic__in=topics_of(municipality, family, codes))
    for name, words in (("status", STATUS), ("detailed_status", DETAILED)):
        if states := _states(asked, name, words):
            found = found.filter(state__in=states)
    if (place := asked.place()) is not None:
        metres = asked.number("radius", 0, RADIUS_MAX)
        metres = RADIUS_METRES if metres is None else metres
        point = Point(*place, srid=4326)
        near = found.filter(grid.condition(box_around(*place, metres)), point__isnull=False)
        found = near.annotate(away=Distance("point", point, spheroid=True)).filter(away__lte=D(m=metres))
    return _in_time(asked, found)


def _in_time(asked: Asked, found: CaseQuerySet) -> CaseQuerySet:
    start, end = asked.moment("start_date"), asked.moment("end_date", end=True)
    after, before = asked.moment("updated_after"), asked.moment("updated_before", end=True)
    if start is None and after is None and before is None:
        # Of an end alone the time before it; of neither the last time.
        start = (end or timezone.now()) - PERIOD
    for name, at in (("submitted_at__gte", start), ("submitted_at__lte", end)):
        found = found.filter(**{name: at}) if at is not None else found
    for name, at in (("changed_at__gte", after), ("changed_at__lte", before)):
        found = found.filter(**{name: at}) if at is not None else found
    return found


def _states(asked: Asked, name: str, known: dict[str, frozenset[State]]) -> list[str]:
    """States asked for by the words of the standard. Raises Problem for another word."""
    by_word = {word.lower(): states for word, states in known.items()}
    wanted = asked.several(name)
    if wrong := [word for word in wanted if word.lower() not in by_word]:
        facts = {"name": name, "value": wrong[0][:40], "values": ", ".join(known)}
        raise Problem(400, _("%(name)s: “%(value)s” is none of %(values)s.") % facts)
    return sorted({state.value for word in wanted for state in by_word[word.lower()]})


def _rows(ids: Sequence[int], extensions: bool) -> list[dict[str, Any]]:
    """Public requests by id."""
    reports = showing.many(ids)
    said: dict[str, str] = {}
    words = Entry.objects.filter(case__in=ids, public=True).exclude(text="").order_by("at", "pk")
    for number, text in words.values_list("case__number", "text"):
        said[str(number)] = text
    return [_row(report, said.get(report.number, ""), extensions) for report in reports]


def _row(report: PublicReport, said: str, extensions: bool) -> dict[str, Any]:
    """One request; `said` is the latest public word of the town hall."""
    site = report.url[: report.url.index("/", 9)]
    media = [site + picture.large_jpeg for picture in report.pictures if picture.ready]
    postcode = _POSTCODE.search(report.address)
    row: dict[str, Any] = {
        "service_request_id": report.number,
        "status": FACTS[State(report.state)].open311,
        "status_notes": said or report.label,
        "service_name": report.category,
        "service_code": report.category_slug,
        "description": report.text or None,
        "agency_responsible": report.unit or None,
        "service_notice": None,
        "requested_datetime": moment(report.submitted_at),
        "updated_datetime": moment(report.changed_at),
        "expected_datetime": _end_of(report) if report.expected_on else None,
        "address": report.address or None,
        "address_id": None,
        "zipcode": postcode[0] if postcode else None,
        "lat": report.point[1] if report.point else None,
        "long": report.point[0] if report.point else None,
        "media_url": media[0] if media else None,
    }
    if extensions:
        row["extended_attributes"] = {
            "title": report.title,
            "detailed_status": FACTS[State(report.state)].citysdk,
            "status_label": report.label,
            "jurisdiction_id": report.municipality,
            "group": report.group,
            "district": report.district or None,
            "url": report.url,
            "media_urls": media,
        }
    return row


def _end_of(report: PublicReport) -> str:
    assert report.expected_on is not None
    return moment(datetime.combine(report.expected_on, time(23, 59, 59), BERLIN))

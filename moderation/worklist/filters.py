"""The filters of the work list as conditions."""

from __future__ import annotations

from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from cases import numbers
from cases.models import Case, Stage, Topic
from cases.numbers import Span, overdue
from geo import grid
from geo.spatial import within_box
from moderation.worklist.query import ME, NO_DISTRICT, NO_UNIT, NOBODY, SAID, Query, polygon
from moderation.worklist.searching import words
from reports.models import Photo

MOMENTS = {"erledigt": "closed_at", "antwort": "first_answer_at"}
"""What the days of a filter tell of, where it is not receipt."""


def _of_people(query: Query, user: User) -> Q:
    found = Q()
    if query.unit == NO_UNIT:
        found &= Q(unit=None)
    elif query.unit:
        found &= Q(unit_id=int(query.unit))
    if query.person == NOBODY:
        found &= Q(assignee=None)
    elif query.person:
        found &= Q(assignee_id=user.pk if query.person == ME else int(query.person))
    return found


def _of_time(query: Query, at: datetime) -> Q:
    found = Q()
    asked = query.since or query.until or query.dated
    span = Span(query.since or date.min, query.until or date.max) if asked else None
    told = query.dated == "rueckmeldung"
    if span is not None and not told:
        found &= span.within(MOMENTS.get(query.dated, "submitted_at"))
    if told or query.said:
        answers = (query.said,) if query.said else SAID
        found &= reduce(or_, (numbers.said(span if told else None, still_there=one == "nochda") for one in answers))
    if query.answer:
        found &= Q(first_answer_at__isnull=query.answer == "nein")
    return found & overdue(at) if query.overdue else found


def _topics(slug: str, topics: list[Topic]) -> list[int]:
    if topics:
        return [topic.pk for topic in topics if topic.slug == slug]
    return list(Topic.objects.filter(slug=slug).values_list("pk", flat=True))


def _of_matter(query: Query, topics: list[Topic]) -> Q:
    found = Q()
    if query.states:
        found &= Q(state__in=query.states)
    # By their ids, which stand on the case: no index answers a question about another table in the order of a list.
    if query.stage:
        found &= Q(stage_id__in=Stage.objects.filter(slug=query.stage).values("pk"))
    if query.category:
        found &= Q(topic_id__in=_topics(query.category, topics))
    if query.source:
        found &= Q(source=query.source)
    if query.district == NO_DISTRICT:
        found &= Q(district=None)
    elif query.district:
        found &= Q(district_id=int(query.district))
    if query.whole:
        found &= Q(part_of=None)
    if query.cell:
        zoom, number = query.cell
        found &= Q(grid__range=grid.cell_range(number, zoom))
    if query.priority:
        found &= {"hoch": Q(priority__gt=0), "normal": Q(priority=0), "niedrig": Q(priority__lt=0)}[query.priority]
    if query.photo:
        found &= Q(Exists(Photo.objects.filter(report__case_id=OuterRef("pk"))))
    return found


def narrowed(cases: QuerySet[Case], query: Query, *, user: User, at: datetime, topics: list[Topic]) -> QuerySet[Case]:
    """The cases that the filters leave; `topics` are searched by name: they are needed only where there are words."""
    if query.bbox is not None:
        cases = within_box(cases, "point", query.bbox)
    if query.area:
        area = polygon(query.area)
        cases = within_box(cases, "point", area.extent).filter(point__intersects=area)
    cases = cases.filter(_of_matter(query, topics) & _of_people(query, user) & _of_time(query, at))
    if query.supported:
        cases = cases.filter(supported__gte=query.supported)
    if query.q:
        cases = cases.filter(words(query.q, topics, user))
    return cases

"""The filters of the work list as conditions. Contact data are searched only where the person may read them."""

from __future__ import annotations

from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, Exists, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.db.models.sql.compiler import SQLCompiler

from accounts.models import User
from accounts.policy import Permission
from accounts.services import reach
from cases import numbers
from cases.models import Case, Entry, Support, Topic
from cases.numbers import Span, overdue
from geo import grid
from geo.localized import localized
from geo.spatial import within_box
from moderation.worklist.query import ME, NO_DISTRICT, NO_UNIT, NOBODY, SAID, Query, polygon
from reports.models import Photo

WORDS = 6
"""More words than this are not looked at."""
COLUMNS = ("number", "former_number", "report__text", "report__public_text", "report__address", "district__name")
MOMENTS = {"erledigt": "closed_at", "antwort": "first_answer_at"}
"""What the days of a filter tell of, where it is not receipt."""
CONTACT = ("contact__name", "contact__email", "contact__phone")


class AnswerWords(Func):
    """What was answered to the category's questions, as one text (SQLite: `json_tree`, PostgreSQL: `jsonb`)."""

    output_field = TextField()
    template = "(SELECT group_concat(atom, ' ') FROM json_tree(%(expressions)s) WHERE atom IS NOT NULL)"

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        """The same with PostgreSQL's functions."""
        template = "(SELECT string_agg(value, ' ') FROM jsonb_each_text(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **extra)


def _spellings(word: str) -> set[str]:
    """SQLite ignores the case of A to Z only; of "Öl" it needs every spelling."""
    return {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}


def _contact_readable(user: User) -> Q:
    """`cases.change.permits(case, user, SEE_CONTACT)` as a condition."""
    found = reach(user, Permission.SEE_CONTACT)
    if not found:
        return Q(pk__in=[])
    return (
        Q(municipality_id__in=found.municipalities)
        | Q(unit_id__in=found.units)
        | Q(unit__municipality_id__in=found.municipalities)
        | Q(assignee_id=user.pk)
    )


def _words(q: str, topics: list[Topic], user: User) -> Q:
    """Every word stands somewhere: in the case, its history, its category, or in the contact data."""
    found, readable = Q(), _contact_readable(user)
    for word in q.split()[:WORDS]:
        one = Q(topic_id__in=[topic.pk for topic in topics if word.casefold() in localized(topic.name).casefold()])
        contact, told = Q(), Q()
        for spelling in _spellings(word):
            for column in (*COLUMNS, "answer_words"):
                one |= Q(**{f"{column}__icontains": spelling})
            for column in CONTACT:
                contact |= Q(**{f"{column}__icontains": spelling})
            told |= Q(text__icontains=spelling)
        found &= one | (contact & readable) | Q(Exists(Entry.objects.filter(told, case_id=OuterRef("pk"))))
    return found


def _supporters() -> Coalesce:
    """How many people confirmed that they noticed it too."""
    rows = Support.objects.filter(case_id=OuterRef("pk"), confirmed_at__isnull=False).order_by().values("case_id")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


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


def _of_matter(query: Query) -> Q:
    found = Q()
    if query.states:
        found &= Q(state__in=query.states)
    for value, column in (
        (query.stage, "stage__slug"),
        (query.category, "topic__slug"),
        (query.source, "source"),
    ):
        if value:
            found &= Q(**{column: value})
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
    """The cases that the filters leave; `topics` are searched by name, so they are needed only where there are words.

    With a filter or an order by support each case carries `supported`.
    """
    if query.bbox is not None:
        cases = within_box(cases, "point", query.bbox)
    if query.area:
        area = polygon(query.area)
        cases = within_box(cases, "point", area.extent).filter(point__intersects=area)
    cases = cases.filter(_of_matter(query) & _of_people(query, user) & _of_time(query, at))
    if query.supported or query.sort == "unterstuetzt":
        cases = cases.annotate(supported=_supporters())
    if query.supported:
        cases = cases.filter(GreaterThanOrEqual(_supporters(), query.supported))
    if query.q:
        cases = cases.alias(answer_words=AnswerWords("report__answers")).filter(_words(query.q, topics, user))
    return cases

"""One line of the work list, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cases.models import Case
from cases.numbers import is_late
from cases.policy import CLOCK_STOPPED, State
from geo.localized import localized
from moderation.worklist.lists import Query

WORDS_SHOWN = 90


@dataclass(frozen=True)
class Mark:
    """A word with its icon that asks for attention."""

    icon: str
    label: str


@dataclass(frozen=True)
class Row:
    """What a line shows of a case."""

    pk: int
    url: str
    number: str
    look: str
    label: str
    title: str
    words: str
    place: str
    town_id: int
    town: str
    unit: str
    person: str
    since: datetime
    due: datetime | None
    late: bool
    photo: bool
    current: bool
    version: int = 0
    lat: str = ""
    lon: str = ""
    icon: str = "pin"
    urgent: bool = False
    resubmit_on: date | None = None
    marks: list[Mark] = field(default_factory=list)


def place_words(case: Case) -> str:
    """The place for staff: the address as it stands, else the district."""
    report = getattr(case, "report", None)
    if report is not None and report.address:
        return str(report.address)
    return case.district.name if case.district else ""


def marks_of(case: Any) -> list[Mark]:
    """What needs attention, of a case out of `worklist.marked`."""
    found = []
    if case.topic.category.danger and not case.facts.closed:
        found.append(Mark("danger", _("Danger")))
    if case.still_there:
        found.append(Mark("eye", _("Feedback: still there")))
    if case.handed_back and case.unit_id is None and not case.facts.closed:
        found.append(Mark("back", _("Handed back")))
    if case.answered:
        found.append(Mark("message", _("Answer of the reporter")))
    if case.outside_answered:
        found.append(Mark("message", _("Answer of the outside body")))
    contact = case.contact
    if contact is not None and contact.email and contact.confirmed_at is None:
        found.append(Mark("mail", _("E-mail not confirmed")))
    if contact is not None and contact.bounced_at is not None:
        found.append(Mark("alert", _("Mail did not arrive")))
    return found


def row(case: Any, query: Query, at: datetime, current: int | None = None) -> Row:
    """The line of one case out of `Worklist.rows`."""
    report = getattr(case, "report", None)
    return Row(
        pk=case.pk,
        url=reverse("desk_case", args=[case.pk]) + query.address(),
        number=case.number or "",
        look=case.facts.look,
        label=case.state_label,
        title=localized(case.topic.name),
        words=Truncator(" ".join(report.text.split())).chars(WORDS_SHOWN) if report else "",
        place=place_words(case),
        town_id=case.municipality_id,
        town=case.municipality.name,
        unit=case.unit.name if case.unit else "",
        person=str(case.assignee) if case.assignee else "",
        since=case.submitted_at,
        due=None if case.facts.closed or State(case.state) in CLOCK_STOPPED else case.due_at,
        late=is_late(case, at),
        photo=case.has_photo,
        current=case.pk == current,
        version=case.version,
        lat=f"{case.point.y:.6f}" if case.point else "",
        lon=f"{case.point.x:.6f}" if case.point else "",
        icon=case.topic.category.icon,
        urgent=case.priority > 0 and not case.facts.closed,
        resubmit_on=None if case.facts.closed else case.resubmit_on,
        marks=marks_of(case),
    )


def rows_of(cases: Iterable[Case], query: Query, at: datetime, current: int | None = None) -> list[Row]:
    """`row` of many."""
    return [row(case, query, at, current) for case in cases]

"""Ideas need supporters, where a municipality says so: enough of them in time, and the town hall owes an answer.

The number and the days stand in the municipality's row (`Municipality.idea_terms`); the days run from the release. Only
confirmed supporters count, each once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.policy import Permission
from cases import routing
from cases.change import Act, By, change
from cases.errors import Refused
from cases.models import Case, Entry
from cases.pieces import in_pieces
from cases.policy import ACTIVE, Deed, State
from cases.services import move
from geo.models import Municipality
from reports.policy import IDEA_ANSWER_DAYS, KIND, Sort

log = structlog.get_logger("anliegen.ideas")


@dataclass(frozen=True)
class Goal:
    """How an idea stands."""

    needed: int
    until: datetime
    reached: bool


def goal_of(case: Case) -> Goal | None:
    """What an idea needs and until when; None where nothing is needed. One query where something is."""
    if case.public_at is None or case.topic.category.sort != Sort.IDEA.value:
        return None
    terms = case.municipality.idea_terms()
    if terms is None:
        return None
    needed, days = terms
    reached = case.entries.filter(deed=Deed.GOAL_REACHED.value).exists()
    return Goal(needed, case.public_at + timedelta(days=days), reached)


def look(*, at: datetime) -> tuple[int, int]:
    """The hourly job: ideas that reached their goal are told so, those out of time are closed with the reason.

    Returns (reached, closed). Repeatable; each idea by itself.
    """
    reached = closed = 0
    for town in Municipality.objects.active().select_related("parent__parent").defer("boundary", "parent__boundary"):
        terms = town.idea_terms()
        if terms is None:
            continue
        needed, days = terms
        ideas = _open(town)
        for case in in_pieces(ideas.filter(supporters__gte=needed)):
            reached += _tried(reach, case, needed, at)
        late = ideas.filter(supporters__lt=needed, public_at__lt=at - timedelta(days=days), state=State.NEW.value)
        for case in in_pieces(late):
            closed += _tried(close, case, needed, at)
    return reached, closed


def _open(town: Municipality) -> QuerySet[Any, Any]:
    """Public ideas of a town that did not reach their goal yet, with `supporters`."""
    told = Entry.objects.filter(case_id=OuterRef("pk"), deed=Deed.GOAL_REACHED.value)
    return (
        Case.objects.public()
        .filter(~Exists(told), kind=KIND, municipality=town, topic__category__sort=Sort.IDEA.value)
        .filter(state__in=[state.value for state in ACTIVE])
        .annotate(supporters=Count("supports", filter=Q(supports__confirmed_at__isnull=False)))
        .select_related("topic__category", "unit")
        .order_by("pk")
    )


def _tried(verb: Callable[..., Entry], case: Case, needed: int, at: datetime) -> bool:
    try:
        verb(case=case, needed=needed, act=Act(at=at))
    except Refused as refused:  # somebody closed it in this very moment
        log.warning("idea_refused", case=case.pk, why=type(refused).__name__)
        return False
    return True


def reach(*, case: Case, needed: int, act: Act) -> Entry:
    """Note publicly that an idea found its supporters; from now on the clock runs for the answer."""
    with change(
        case=case, by=By.system(), deed=Deed.GOAL_REACHED, permission=Permission.NOTE, asked={}, act=act
    ) as step:
        if not step.replayed:
            row, entry = step.case, step.entry
            due = routing.due(row.municipality, act.at, IDEA_ANSWER_DAYS)
            with translation.override(row.language):
                entry.text = _("%(n)d people support this idea. The town hall answers by %(day)s.") % {
                    "n": needed,
                    "day": date_format(due, "DATE_FORMAT"),
                }
            entry.public, entry.for_reporter, entry.data = True, True, {"needed": needed}
            row.due_at = due
    return step.entry


def close(*, case: Case, needed: int, act: Act) -> Entry:
    """Close an idea that did not find its supporters in time, with the reason that everybody reads."""
    number: int = case.supporters  # type: ignore[attr-defined]
    with translation.override(case.language):
        text = ngettext(
            "One person supports this idea; %(needed)d would have been needed in time. Thank you for it all the same.",
            "%(n)d people support this idea; %(needed)d would have been needed in time. Thank you for it all the same.",
            number,
        ) % {"n": number, "needed": needed}
    return move(case=case, to=State.REJECTED, by=By.system(), text=text, act=act)

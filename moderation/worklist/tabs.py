"""The lists of the desk: what belongs to each, and what stands on top.

A case that was put aside leaves the lists until its day, unless a citizen wrote meanwhile; it always stands in "all".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.absence import deputised
from accounts.models import User
from accounts.services import memberships
from cases.models.case import IN_WORK, TO_REVIEW
from cases.numbers import overdue
from cases.policy import CLOCK_STOPPED, State, WaitsFor
from cases.routing import BERLIN
from moderation.worklist.marks import ACTIVE_VALUES, to_release

NEVER = Q(pk__lt=0)
"""True of no case; an empty `__in` would empty every other count beside it."""
STOPPED = [state.value for state in CLOCK_STOPPED]


def _at_hand(at: datetime) -> Q:
    """Not put aside: today is its day, or a citizen wrote since."""
    today = at.astimezone(BERLIN).date()
    return ~Q(resubmit_on__gt=today) | Q(answered=True) | Q(outside_answered=True) | Q(still_there=True)


def _to_review(user: User, at: datetime) -> Q:
    """What nobody has looked at or has, and every word of a citizen that nobody has followed with anything yet."""
    handed_back = Q(unit=None, state__in=ACTIVE_VALUES, handed_back=True)
    unseen = Q(state=State.NEW.value) | to_release() | handed_back
    return (unseen & _at_hand(at)) | Q(still_there=True) | Q(answered=True) | Q(outside_answered=True)


def _mine(user: User, at: datetime) -> Q:
    """Handed to the person, or to somebody they stand in for today."""
    return Q(state__in=ACTIVE_VALUES, assignee_id__in=sorted(deputised(user))) & _at_hand(at)


def _of_my_units(user: User, at: datetime) -> Q:
    own = [one.unit for one in memberships(user) if one.unit is not None]
    units = [unit.pk for one in own for unit in (one, *one.teams.all())]
    return Q(state__in=ACTIVE_VALUES, unit_id__in=units) & _at_hand(at) if units else NEVER


def _overdue(user: User, at: datetime) -> Q:
    return overdue(at) & _at_hand(at)


def _asked(user: User, at: datetime) -> Q:
    return Q(state__in=STOPPED, waits_for=WaitsFor.REPORTER.value) & _at_hand(at)


def _elsewhere(user: User, at: datetime) -> Q:
    """Whatever waits for anybody but the reporter, also where nobody said for whom."""
    return Q(state__in=STOPPED) & ~Q(waits_for=WaitsFor.REPORTER.value) & _at_hand(at)


def _resubmitted(user: User, at: datetime) -> Q:
    return Q(state__in=ACTIVE_VALUES, resubmit_on__lte=at.astimezone(BERLIN).date())


def _all(user: User, at: datetime) -> Q:
    return Q()


@dataclass(frozen=True)
class Tab:
    """One list: its word in the address bar, its label, what belongs to it and what stands on top."""

    slug: str
    label: Any
    rule: Callable[[User, datetime], Q]
    order: tuple[str, ...]
    """Names of `worklist.keyset`."""
    empty: Any
    within: Q = IN_WORK
    """What the rule says anyway, in the words of an index."""


DUE = ("due_at", "submitted_at", "id")
WORKING = ("-answered", "-priority", *DUE)
"""First what a citizen wrote about, then what is urgent, then what is due next."""
TABS = (
    Tab(
        "pruefen",
        _("To review"),
        _to_review,
        ("-danger", "-priority", "submitted_at", "id"),
        _("Everything is reviewed."),
        TO_REVIEW,
    ),
    Tab("meine", _("Mine"), _mine, WORKING, _("Nothing is on your desk.")),
    Tab("stelle", _("My unit"), _of_my_units, WORKING, _("Nothing lies with your unit.")),
    Tab("ueberfaellig", _("Overdue"), _overdue, ("-priority", *DUE), _("Nothing is overdue.")),
    Tab("rueckfrage", _("Waiting for citizens"), _asked, ("state_since", "id"), _("No question is open.")),
    Tab("andere", _("Waiting for others"), _elsewhere, ("state_since", "id"), _("No case waits for others.")),
    Tab(
        "wiedervorlage",
        _("Resubmission today"),
        _resubmitted,
        ("resubmit_on", "-priority", *DUE),
        _("Nothing comes up again today."),
    ),
    Tab("alle", _("All"), _all, ("-submitted_at", "-id"), _("There is no case yet."), Q()),
)
BY_SLUG = {tab.slug: tab for tab in TABS}
FORMER: dict[str, State] = {"arbeit": State.OPEN, "wartet": State.WAITING}
"""Lists there were before, as links still name them: all cases of a state."""

SORTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "faellig": (_("due next"), DUE),
    "alt": (_("oldest first"), ("submitted_at", "id")),
    "neu": (_("newest first"), ("-submitted_at", "-id")),
    "geaendert": (_("changed last"), ("-changed_at", "-id")),
    "prio": (_("most urgent"), ("-priority", *DUE)),
    "unterstuetzt": (_("most supported"), ("-supported", "submitted_at", "id")),
}
"""Other orders to choose from, by their word in the address bar."""

"""What must not lie for ever: a reminder to those it lies with, later the complaint management hears of it.

Rules name what has been waiting and since when; how many working days are borne with, each municipality says
(`Municipality.waits`). Each stage is noted once on the case, by an Entry whose key is made of rule, stage and moment,
so that a run that was killed is simply repeated. A reminder changes nothing of the case, nor its version: it never gets
in the way of somebody who is writing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from cases import routing
from cases.models import Case, Entry
from cases.policy import ACTIVE, CLOCK_STOPPED, Actor, Deed, State, WaitsFor
from geo.models import Municipality
from outbox.events import emit

MORNING: Final = time(7)
"""Nobody is reminded at night: what became due during a day is told the next working morning."""
BATCH: Final = 200
REASON_DAYS: Final = 60
"""Further back nobody looks for closed cases without a reason."""
_NAMESPACE: Final = uuid.UUID("5a0fd2c8-6b1e-4d0c-9f1c-0b6f1c1b7a51")
Waiting = Callable[[QuerySet[Case]], QuerySet[Any]]


@dataclass(frozen=True)
class Rule:
    """One thing that must not lie. `waiting` narrows cases to those and annotates `since`."""

    subject: str
    """Key of geo.policy.PATIENCE."""
    waiting: Waiting


def last_morning(at: datetime) -> datetime:
    """The latest seven o'clock on the clock of the municipalities."""
    local = timezone.localtime(at, routing.BERLIN)
    morning = local.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    return morning if morning <= local else morning - timedelta(days=1)


# The rules -----------------------------------------------------------------------------------------------------------
def _unaccepted(cases: QuerySet[Case]) -> QuerySet[Case]:
    lying = cases.filter(state__in=_values(ACTIVE), accepted_at=None, assigned_at__isnull=False, forwarded_to="")
    return lying.annotate(since=F("assigned_at"))


def _unanswered(cases: QuerySet[Case]) -> QuerySet[Case]:
    counting = cases.filter(
        state__in=_values(ACTIVE - CLOCK_STOPPED), first_answer_at=None, import_key=None, part_of=None
    )
    return counting.annotate(since=F("submitted_at"))


def _without_reason(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Closed without action by a job or an older version, neither in own words nor in those of the stage."""
    said = Entry.objects.filter(case=OuterRef("pk"), deed=Deed.MOVED.value, for_reporter=True).exclude(text="")
    rejected = cases.filter(state=State.REJECTED.value, import_key=None, part_of=None, closed_at__isnull=False)
    silent = rejected.filter(Q(stage=None) | Q(stage__public_text={})).exclude(Exists(said))
    recent = timezone.now() - timedelta(days=REASON_DAYS)
    return silent.filter(closed_at__gt=recent).annotate(since=F("closed_at"))


def _unanswered_question(cases: QuerySet[Case]) -> QuerySet[Case]:
    asked = cases.filter(state=State.WAITING.value, waits_for=WaitsFor.REPORTER.value, waiting_since__isnull=False)
    return asked.annotate(since=F("waiting_since"))


def _unanswered_forward(cases: QuerySet[Case]) -> QuerySet[Case]:
    silent = cases.filter(
        state__in=_values(ACTIVE), forwards__answered_at=None, forwards__ended_at=None, forwards__sent_at__isnull=False
    )
    return silent.annotate(since=Min("forwards__sent_at", output_field=DateTimeField()))


def _values(states: frozenset[State]) -> list[str]:
    return [state.value for state in states]


RULES: list[Rule] = [
    Rule("accept", _unaccepted),
    Rule("answer", _unanswered),
    Rule("reason", _without_reason),
    Rule("question", _unanswered_question),
    Rule("forward", _unanswered_forward),
]
"""A kind of business adds its own (see reports.patience)."""


def register(rule: Rule) -> None:
    """Add a rule once."""
    if rule not in RULES:
        RULES.append(rule)


# The run -------------------------------------------------------------------------------------------------------------
def remind(*, at: datetime) -> dict[str, int]:
    """Note what has been lying too long this morning; returns how many by deed. Repeatable: nothing is noted twice.

    On a day the town hall does not work nothing happens. What has not been put off to a later day is looked at only.
    """
    morning, done = last_morning(at), {Deed.REMINDED.value: 0, Deed.ESCALATED.value: 0}
    for town in _towns():
        if not routing.is_working_day(town, morning):
            continue
        today = timezone.localtime(morning, routing.BERLIN).date()
        awake = Case.objects.real().filter(municipality=town).filter(Q(resubmit_on=None) | Q(resubmit_on__lte=today))
        for rule in RULES:
            first, second = town.waits(rule.subject)
            # The later stage first: one run never tells both of one case.
            for deed, days in ((Deed.ESCALATED, second), (Deed.REMINDED, first)):
                if not days:
                    continue
                limit = routing.lain(town, morning, days)
                for case, since in _found(rule.waiting(awake).filter(since__lt=limit)):
                    needed = _key(rule, Deed.REMINDED, since) if deed is Deed.ESCALATED and first else None
                    done[deed.value] += _note(case, rule, deed, since, needed, morning, at)
    return done


def _towns() -> Iterator[Municipality]:
    rows = Municipality.objects.active().select_related("parent__parent")
    return rows.defer("boundary", "parent__boundary", "parent__parent__boundary").iterator()


def _found(rows: QuerySet[Any]) -> Iterator[tuple[int, datetime]]:
    """(id, since) of what a rule finds, batch by batch, so that a long list is never held."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", "since")[:BATCH]):
        yield from batch
        last = batch[-1][0]


def _key(rule: Rule, deed: Deed, since: datetime) -> uuid.UUID:
    """The same for one stage of one wait: whoever waits anew is reminded anew."""
    return uuid.uuid5(_NAMESPACE, f"{rule.subject}:{deed}:{int(since.timestamp() * 1000)}")


def _note(
    case: int, rule: Rule, deed: Deed, since: datetime, needed: uuid.UUID | None, morning: datetime, at: datetime
) -> bool:
    """Write the Entry unless it stands there; an escalation only where a reminder was given on an earlier morning."""
    entries = Entry.objects.filter(case=case)
    key = _key(rule, deed, since)
    if entries.filter(client_key=key).exists():
        return False
    if needed is not None and not entries.filter(client_key=needed, at__lt=morning).exists():
        return False
    try:
        with transaction.atomic():
            row = Case.objects.select_for_update(of=("self",)).get(pk=case)
            if not rule.waiting(Case.objects.filter(pk=case)).exists():
                return False
            entry = Entry.objects.create(
                case=row,
                deed=deed.value,
                at=at,
                actor=Actor.SYSTEM.value,
                data={"subject": rule.subject},
                client_key=key,
                version=row.version,
            )
            emit(f"case.{deed}", at=at, case=case, entry=entry.pk)
    except IntegrityError:
        return False  # another run was faster
    return True

"""What a reporter has not read yet, and which questions wait for an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from cases.models import Case, Contact, Entry
from cases.policy import CLOCK_STOPPED, Actor, Deed, State


@dataclass(frozen=True)
class Unread:
    """What is new on one report for its reporter."""

    news: int = 0
    """Words and steps of the town hall since the reporter last looked or wrote."""
    asked: bool = False
    """A question waits for an answer."""


def unread(cases: Iterable[Case]) -> dict[int, Unread]:
    """By id of the case, with `contact` loaded. One query."""
    rows = list(cases)
    heard: dict[int, list[tuple[datetime, str, str]]] = defaultdict(list)
    entries = Entry.objects.filter(case__in=[case.pk for case in rows], for_reporter=True)
    for case, at, actor, deed in entries.order_by("at", "pk").values_list("case", "at", "actor", "deed"):
        heard[case].append((at, actor, deed))
    return {case.pk: _of(case, heard[case.pk]) for case in rows}


def _of(case: Case, heard: list[tuple[datetime, str, str]]) -> Unread:
    own = [at for at, actor, _deed in heard if actor == Actor.CITIZEN]
    read = case.contact.read_at if case.contact is not None else None
    since = max([*own, *([read] if read else [])], default=None)
    news = sum(actor == Actor.STAFF and (since is None or at > since) for at, actor, _deed in heard)
    last = next((deed for _at, _actor, deed in reversed(heard) if deed in _ANSWERS), "")
    return Unread(news, State(case.state) in CLOCK_STOPPED and last == Deed.QUESTION)


_ANSWERS = frozenset({Deed.QUESTION, Deed.ANSWER})


def note_read(*, contact: Contact, at: datetime) -> bool:
    """The reporter has seen everything up to now. Writes only if there was something new; returns whether."""
    fresh = Q(case__entries__for_reporter=True, case__entries__actor=Actor.STAFF.value)
    if contact.read_at is not None:
        fresh &= Q(case__entries__at__gt=contact.read_at)
    if not Contact.objects.filter(fresh, pk=contact.pk).exists():
        return False
    return bool(Contact.objects.filter(pk=contact.pk).update(read_at=at))

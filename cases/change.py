"""How every verb changes a case: lock, replay, right, version, one Entry, one event.

A verb is written as

    with change(case=case, by=by, deed=Deed.NOTE, permission=Permission.NOTE, asked={"text": text}, act=act) as step:
        step.case.priority = 1
        step.entry.text = text

On leaving the block the case is saved with its next version, the entry is written and the event `case.<deed>` is
emitted, all in one transaction. If the client_key was seen before with the same payload, `step.replayed` is True, the
body must do nothing, and `step.entry` is the stored result.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.absence import deputised
from accounts.models import User
from accounts.policy import Permission
from accounts.services import may, reach
from cases.errors import Conflict, Denied, KeyReused
from cases.models import Case, Entry
from cases.policy import Actor, Deed
from outbox.events import emit


@dataclass(frozen=True)
class By:
    """Who does it. Make one with `By.staff(user)`, `By.citizen()`, `By.outside(name)` or `By.system()`."""

    actor: Actor
    user: User | None = None
    name: str = ""
    """Of an outside body, for the history."""
    checked: bool = False
    """Of staff: the surface knows by a rule of its own that they may, such as a crew's note on what lay with it."""

    @classmethod
    def staff(cls, user: User | Any) -> By:
        """A member of staff; the verb checks the right."""
        return cls(Actor.STAFF, user)

    @classmethod
    def citizen(cls) -> By:
        """Somebody who proved to be allowed by knowing a secret (the surface checked it)."""
        return cls(Actor.CITIZEN)

    @classmethod
    def outside(cls, name: str) -> By:
        """An outside body that came by the link it was sent (the surface checked it)."""
        return cls(Actor.OUTSIDE, name=name)

    @classmethod
    def system(cls) -> By:
        """A job, an import, the demo."""
        return cls(Actor.SYSTEM)


@dataclass(frozen=True)
class Act:
    """The circumstances of a verb: when, under which key, and what it was based on.

    `version` is the case's version the person saw; `based_on` names an earlier client_key instead, so that a second
    queued action of one phone does not conflict with its own first. None of both: whatever the case is now.
    """

    at: datetime = field(default_factory=timezone.now)
    client_key: uuid.UUID | None = None
    version: int | None = None
    based_on: uuid.UUID | None = None
    received_at: datetime | None = None
    """When it arrived, where it was done earlier (`at`), out of reach: whoever asks for changes since then sees it."""


@dataclass
class Step:
    """One change under way."""

    case: Case
    entry: Entry
    replayed: bool = False


def payload_hash(asked: dict[str, Any]) -> str:
    """SHA-256 (hex) of what was asked, independent of the order of keys."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


def permits(case: Case, user: User | Any, permission: Permission) -> bool:
    """Whether `user`, who sees the case, may do `permission` on it. Reads memberships once per user, nothing else.

    The person a case was assigned to, and who stands in for them today, act with the rights that they have anywhere.
    """
    if may(user, permission, municipality_id=case.municipality_id, unit=case.unit):
        return True
    return case.assignee_id is not None and case.assignee_id in deputised(user) and bool(reach(user, permission))


def lies_with(case: Case, user: User | Any) -> bool:
    """Whether the case lies with the person, or with a unit or team they work for."""
    if case.assignee_id is not None and case.assignee_id in deputised(user):
        return True
    return case.unit_id is not None and case.unit_id in reach(user, Permission.SEE).units


def require(case: Case, by: By, permission: Permission) -> None:
    """Raise Denied unless `by` sees `case` and may do `permission` on it. Citizens and jobs were checked where they
    came in, and so was whoever is `checked`."""
    if by.actor is not Actor.STAFF or by.checked:
        return
    if not Case.objects.visible_to(by.user).filter(pk=case.pk).exists() or not permits(case, by.user, permission):
        raise Denied


@contextmanager
def change(
    *,
    case: Case,
    by: By,
    deed: Deed,
    permission: Permission,
    asked: dict[str, Any],
    act: Act | None = None,
) -> Iterator[Step]:
    """Change a case (see the module's docstring). Raises Denied, Conflict or KeyReused before the body runs."""
    act = act or Act()
    digest = payload_hash({"deed": deed, **asked})
    with transaction.atomic():
        locked = Case.objects.select_for_update(of=("self",)).select_related("stage", "unit").get(pk=case.pk)
        require(locked, by, permission)
        if act.client_key is not None:
            earlier = Entry.objects.filter(case=locked, client_key=act.client_key).first()
            if earlier is not None:
                if earlier.payload != digest:
                    raise KeyReused
                yield Step(locked, earlier, replayed=True)
                return
        expected = act.version
        if act.based_on is not None:
            expected = (
                Entry.objects.filter(case=locked, client_key=act.based_on).values_list("version", flat=True).first()
            )
            if expected is None:
                raise Conflict(locked)
        if expected is not None and expected != locked.version:
            raise Conflict(locked)
        entry = Entry(
            case=locked,
            deed=deed.value,
            at=act.at,
            actor=by.actor.value,
            user=by.user,
            client_key=act.client_key,
            payload=digest if act.client_key else "",
        )
        yield Step(locked, entry)
        if by.actor is Actor.OUTSIDE:
            entry.data = {**entry.data, "outside": by.name}
        locked.version += 1
        locked.changed_at = act.received_at or act.at
        locked.save()
        entry.version = locked.version
        entry.save()
        emit(f"case.{deed}", case=locked.pk, entry=entry.pk)
    case.refresh_from_db()

"""Emergency mode: on a flood day citizens choose among other categories, and the first pages say what to do.

A set is prepared in quiet times and switched on until a time. Whether it runs is looked up whenever it matters, so it
ends by itself to the second, whatever became of any job.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import Permission
from accounts.rulelog import facts_of, note
from accounts.services import may
from geo.folding import fold
from geo.localized import localized
from geo.models import Municipality
from reports.models import Emergency

SECONDS: Final = 20
"""So long a machine that shares no cache with the others may not know of a beginning or an early end."""
LONGEST: Final = timedelta(days=31)
FACTS: Final = ("name", "notice", "phones", "topics")


@dataclass(frozen=True)
class Running:
    """What is on now."""

    pk: int
    name: dict[str, str]
    notice: dict[str, str]
    phones: list[list[str]]
    topics: frozenset[str]
    begun_at: datetime
    until: datetime

    @property
    def title(self) -> str:
        """Its name in the reader's language."""
        return localized(self.name)

    @property
    def text(self) -> str:
        """The notice in the reader's language."""
        return localized(self.notice)


def running(municipality: Municipality, at: datetime | None = None) -> Running | None:
    """The set that is on in a municipality: its own, else its county's. What is stored is kept for some seconds, the
    times are compared each time."""
    now = at or timezone.now()
    key = _key(municipality.pk)
    known: list[Running] | None = cache.get(key)
    if known is None:
        known = _begun(municipality)
        cache.set(key, known, SECONDS)
    return next((one for one in known if one.begun_at <= now < one.until), None)


def _begun(municipality: Municipality) -> list[Running]:
    """Those that were begun and are not known to be over, the nearest municipality first."""
    order = {pk: place for place, pk in enumerate(municipality.chain_ids())}
    rows = Emergency.objects.filter(municipality__in=order, until__gt=timezone.now() - LONGEST, begun_at__isnull=False)
    return [
        Running(row.pk, row.name, row.notice, row.phones, frozenset(row.topics), row.begun_at, row.until)
        for row in sorted(rows, key=lambda row: (order[row.municipality_id], -row.pk))
        if row.begun_at is not None and row.until is not None
    ]


def _key(pk: int) -> str:
    return f"emergency:{pk}"


def _forget(municipality: Municipality) -> None:
    """Everybody below looks anew, once it is certain."""
    ids = municipality.family_ids()
    transaction.on_commit(lambda: cache.delete_many([_key(pk) for pk in ids]))


@transaction.atomic
def save_set(
    *,
    municipality: Municipality,
    by: User,
    name: dict[str, str],
    notice: dict[str, str],
    phones: Sequence[Sequence[str]],
    topics: Sequence[str],
    emergency: Emergency | None = None,
) -> Emergency:
    """Prepare a set or change one. Raises PermissionError without the right to administer, ValidationError per
    field."""
    if not may(by, Permission.ADMINISTER, municipality_id=municipality.pk):
        raise PermissionError("Only administrators prepare emergency sets.")
    row = emergency or Emergency(municipality=municipality)
    if row.municipality_id != municipality.pk:
        raise PermissionError("This set belongs to another municipality.")
    before = facts_of(Emergency.objects.get(pk=row.pk), FACTS) if row.pk else {}
    row.name, row.notice = name, notice
    row.phones, row.topics = [list(one) for one in phones], sorted(set(topics))
    errors = {}
    if not row.topics:
        errors["topics"] = [_("At least one category must be there, or nobody can report anything.")]
    if not localized(notice, "de"):
        errors["notice"] = [_("What should people know and do?")]
    if errors:
        raise ValidationError(errors)
    row.slug = row.slug or _slug(municipality, localized(name, "de"))
    row.full_clean()
    row.save()
    _note(row, by, before, facts_of(row, FACTS))
    _forget(municipality)
    return row


def _slug(municipality: Municipality, name: str) -> str:
    begin = slugify(fold(name))[:50].strip("-") or "notfall"
    known = set(Emergency.objects.filter(municipality=municipality).values_list("slug", flat=True))
    return next(slug for n in range(1, len(known) + 2) if (slug := begin if n == 1 else f"{begin}-{n}") not in known)


@transaction.atomic
def remove_set(*, emergency: Emergency, by: User, at: datetime) -> None:
    """Throw a set away that is not on. Raises PermissionError, ValidationError."""
    if not may(by, Permission.ADMINISTER, municipality_id=emergency.municipality_id):
        raise PermissionError("Only administrators prepare emergency sets.")
    row = Emergency.objects.select_for_update().get(pk=emergency.pk)
    if row.runs(at):
        raise ValidationError(_("It is on at the moment. End it first."))
    _note(row, by, facts_of(row, FACTS), {})
    row.delete()


@transaction.atomic
def begin(*, emergency: Emergency, until: datetime, by: User, at: datetime) -> Emergency:
    """Switch a set on, or change until when it runs; another one of the municipality ends. Raises PermissionError,
    ValidationError."""
    row = _switched(emergency, by)
    if not at < until <= at + LONGEST:
        raise ValidationError({"until": [_("Please choose an end within the next %(n)d days.") % {"n": LONGEST.days}]})
    others = Emergency.objects.filter(municipality=row.municipality_id, until__gt=at).exclude(pk=row.pk)
    for other in others:
        _end(other, by, at)
    before = facts_of(row, ("until",)) if row.runs(at) else {"until": None}
    row.begun_at = row.begun_at if row.runs(at) else at
    row.until, row.begun_by = until, by
    row.save(update_fields=["begun_at", "until", "begun_by"])
    _note(row, by, before, facts_of(row, ("until",)))
    _forget(row.municipality)
    return row


@transaction.atomic
def end(*, emergency: Emergency, by: User, at: datetime) -> Emergency:
    """End a set early; one that is over stays so. Raises PermissionError."""
    row = _switched(emergency, by)
    if row.runs(at):
        _end(row, by, at)
    return row


def _switched(emergency: Emergency, by: User) -> Emergency:
    if not may(by, Permission.EMERGENCY, municipality_id=emergency.municipality_id):
        raise PermissionError("Only the complaint management switches the emergency mode.")
    Municipality.objects.select_for_update().filter(pk=emergency.municipality_id).first()
    return Emergency.objects.select_for_update().get(pk=emergency.pk)


def _end(row: Emergency, by: User, at: datetime) -> None:
    _note(row, by, facts_of(row, ("until",)), {"until": at})
    row.until = at
    row.save(update_fields=["until"])
    _forget(row.municipality)


def _note(row: Emergency, by: User, before: dict[str, Any], after: dict[str, Any]) -> None:
    note(municipality=row.municipality, actor=by, subject="emergency", label=str(row), before=before, after=after)

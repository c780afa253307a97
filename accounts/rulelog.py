"""The log of the rules: who changed what in the set-up of a municipality, from what to what.

Every verb that changes a rule notes it in its own transaction. Beside the person who did it the log names nobody: an
affected person is noted by the number of their account, and passwords never come in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, Final

from django.db import models, transaction
from django.utils import timezone

from accounts.models import RuleChange, User
from geo.models import Municipality

HIDDEN: Final = "•••"
"""Stands for what the log must not keep."""
_SECRET: Final = re.compile(r"password|secret|token", re.IGNORECASE)
_LOGIN: Final = re.compile(r"//[^/@\s]*@")
LABEL_MAX: Final = 200


def note(
    *,
    municipality: Municipality,
    actor: User | None,
    subject: str,
    label: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> RuleChange | None:
    """Note one change of a rule; None where nothing differs.

    `subject` is the sort of rule ("unit", "category", "stage" …), `label` names the one of them as people know it.
    `before` and `after` are {field: value}, {} for what did not exist; only what differs is stored. Values may be
    whatever a form or row holds (localised texts, dates, rows, geometries): they are stored as plain JSON.
    `actor` None is the platform itself (a command).
    """
    old, new = _plain(before), _plain(after)
    names = [
        name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name) or (name in old) != (name in new)
    ]
    if not names:
        return None
    hidden = {name for name in names if _SECRET.search(name)}
    return RuleChange.objects.create(
        municipality=municipality,
        actor=actor,
        at=timezone.now(),
        subject=subject,
        label=label[:LABEL_MAX],
        before={name: HIDDEN if name in hidden else old[name] for name in names if name in old},
        after={name: HIDDEN if name in hidden else new[name] for name in names if name in new},
    )


@contextmanager
def noted(
    *, municipality: Municipality, actor: User | None, subject: str, label: str, look: Callable[[], Mapping[str, Any]]
) -> Iterator[None]:
    """Note what is done within, in one transaction with it: `look` reads the values, before and after."""
    with transaction.atomic():
        before = _plain(look())
        yield
        note(municipality=municipality, actor=actor, subject=subject, label=label, before=before, after=look())


def facts_of(row: models.Model, names: tuple[str, ...] | list[str]) -> dict[str, Any]:
    """The fields `names` of a row as `note` takes them; take them before and after the change."""
    return {name: getattr(row, name) for name in names}


def _plain(value: Any) -> Any:
    """As JSON can hold it: rows by name, times in ISO 8601, logins cut out of addresses."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return _LOGIN.sub("//", str(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(one) for one in value), key=json.dumps)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)

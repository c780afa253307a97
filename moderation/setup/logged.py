"""The set-up notes what is changed here: what is looked at before and after each verb."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction
from django.http import HttpRequest

from accounts.rulelog import note, noted
from geo.models import Municipality
from moderation.access import staff
from reports import settling

Look = Callable[[], Mapping[str, Any]]


@contextmanager
def logged(request: HttpRequest, town: Municipality, subject: str, look: Look, label: str = "") -> Iterator[None]:
    """Everything within is one transaction, with what it changes noted under the name of who is logged in."""
    with noted(municipality=town, actor=staff(request), subject=subject, label=label, look=look):
        yield


def row_of(row: models.Model, names: Iterable[str]) -> Look:
    """Fields of a row as they stand in the database; nothing where it is not there (yet, any more)."""
    manager, wanted = type(row)._base_manager, list(names)
    return lambda: manager.filter(pk=row.pk).values(*wanted).first() or {}


def mail_of(town: Municipality, names: Iterable[str], address: str) -> Look:
    """The same with an address that may hold a password: whether it changed is noted, never what it is."""
    look = row_of(town, [*names, address])
    return lambda: (found := dict(look())) | {"password": found[address]}


@contextmanager
def logged_catalogue(request: HttpRequest, town: Municipality) -> Iterator[None]:
    """One line of the log per category, and one for the unit that settles everything else."""
    with transaction.atomic():
        before = _catalogue(town)
        yield
        for slug, (label, facts) in _catalogue(town).items():
            note(
                municipality=town,
                actor=staff(request),
                subject="category" if slug else "responsibility",
                label=label,
                before=before.get(slug, ("", {}))[1],
                after=facts,
            )


def _catalogue(town: Municipality) -> dict[str, tuple[str, dict[str, Any]]]:
    found = {
        row.topic.slug: (str(row.topic), {"active": row.on, "unit": str(row.unit) if row.unit else ""})
        for group in settling.groups(town)
        for row in group.rows
    }
    rest = settling.default_unit(town)
    return found | {"": ("*", {"unit": str(rest) if rest else ""})}

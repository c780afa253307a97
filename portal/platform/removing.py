"""Deletes all rows and files of one municipality, and nothing of anybody else's.

Which rows are its own, the backup of one municipality knows (`portal.backup.scope`); here inherited rows, shared
questions and people who work elsewhere too stay. What other rows name is cut off. One transaction: it is all gone, or
nothing is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q

from accounts.models import Membership
from geo.models import Municipality
from portal.backup import schema
from portal.backup.errors import BackupError
from portal.backup.schema import Model
from portal.backup.scope import INHERITED, OF_ALL, STORED, Town

CHUNK: Final = 500


class Own(Town):
    """What goes with a municipality."""

    def __init__(self, town: Municipality) -> None:
        self.slug = town.slug
        self.models = schema.tables(apps)
        self._models = {model._meta.label: model for model in self.models}
        self._family = [town.pk]
        self._above = []
        self._own = {}
        self._named = {label: set() for label in self._models}
        self._cut = {}

    def _condition(self, model: Model) -> Q:
        label = model._meta.label
        if label in OF_ALL:
            return Q(pk__in=[])
        found = super()._condition(model)
        if label in INHERITED:
            found &= Q(municipality__isnull=False)
        if label == "accounts.User":
            elsewhere = Membership.objects.exclude(municipality__in=self._family)
            found &= Q(is_superuser=False) & ~Q(pk__in=elsewhere.values("user"))
        return found


def remove(town: Municipality) -> tuple[int, int]:
    """Delete everything of `town`; returns how many rows and files. Raises BackupError where a row of somebody else
    cannot do without one of its own. Within a transaction."""
    own = Own(town)
    ids = {model: set(own.rows(model).order_by().values_list("pk", flat=True)) for model in own.models}
    files = set(own.files() or [])
    while _cut_off(ids):
        pass
    for model in reversed(own.models):
        for part in _parts(ids[model]):
            rows = model._base_manager.filter(pk__in=part)
            rows._raw_delete(rows.db)
    files -= _still_named()
    transaction.on_commit(lambda: _delete(files))
    return sum(map(len, ids.values())), len(files)


def _cut_off(ids: dict[Model, set[Any]]) -> bool:
    """Rows of others forget what goes, or go along where they are a part of it; True where some were added."""
    grown = False
    for model in ids:
        for key in schema.keys(model):
            target = apps.get_model(key.related_model._meta.label)
            for part in _parts(ids.get(target, set())):
                naming = model._base_manager.filter(**{f"{key.attname}__in": part})
                others = set(naming.order_by().values_list("pk", flat=True)) - ids[model]
                if not others:
                    continue
                if key.null:
                    for some in _parts(others):
                        model._base_manager.filter(pk__in=some).update(**{key.attname: None})
                elif key.remote_field.on_delete is models.CASCADE:
                    ids[model] |= others
                    grown = True
                else:
                    raise BackupError(f"{model._meta.label} of somebody else names {target._meta.label} by {key.name}.")
    return grown


def _parts(ids: set[Any]) -> Iterator[list[Any]]:
    ordered = sorted(ids, key=str)
    for begin in range(0, len(ordered), CHUNK):
        yield ordered[begin : begin + CHUNK]


def _still_named() -> set[str]:
    """Coats of arms that others show as well."""
    column, paths = STORED["geo.Municipality"]
    return {path for name in Municipality.objects.values_list(column, flat=True) for path in paths(name)}


def _delete(files: set[str]) -> None:
    for name in sorted(files):
        default_storage.delete(name)

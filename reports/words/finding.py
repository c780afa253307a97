"""The newest cases whose words match, without reading all texts and without sorting all hits.

First the newest cases are looked at one by one: a frequent word fills a page there. A rare one is taken out of the
index of trigrams as a whole. What is frequent but not recent is looked for month by month, by the same index.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Expression, Model, Q
from django.db.models.expressions import Combinable, RawSQL

from cases.models import CaseQuerySet
from reports.words.asking import Asked, indexed, matching

WALKED, FARTHER = 300, 2000
"""So many cases are looked at one by one, and so many more if they will then do."""
RARE = 1000
"""Fewer hits are read as a whole."""
OFTEN = 100
"""A word that stands in every so-manyth case is not asked for as a rare one."""
SPANS = (1, 2, 4, 8, *(12,) * 20)
"""Months that are looked through at a time, backwards; then everything older."""

Row = tuple[int, datetime]
"""Id and moment of a case."""


@dataclass(frozen=True)
class Words:
    """What is asked of the table of words `of`."""

    of: type[Model]
    every: tuple[Asked, ...]
    within: tuple[frozenset[str], ...] = ()
    """Marks that the cases surely have one of, see `indexed`."""
    also: tuple[int, ...] = ()
    """Cases that are found whatever their words are: by their number."""
    contact: Combinable | Q | None = None
    """See `matching`."""

    def _cases(self, *conditions: Expression | Q) -> Any:
        return self.of._default_manager.filter(*conditions).values("case_id")

    def _index(self, *more: Collection[str]) -> list[Expression]:
        found = indexed(self.of._meta.db_table, self.every, (*self.within, *more))
        return [] if found is None else [found]

    def condition(self) -> Q:
        """Of a Case: it is found."""
        found = Q(pk__in=self._cases(*self._index(), matching(self.every, self.contact)))
        return found | Q(pk__in=self.also) if self.also else found

    def among(self, ids: Sequence[int]) -> set[int]:
        """Those of the ids that are found. One query, by primary key."""
        rows = self._cases(_one_of(ids), matching(self.every, self.contact)).values_list("case_id", flat=True)
        return {*rows, *set(self.also).intersection(ids)}

    def some(self, most: int) -> list[int]:
        """Ids that are found, at most so many, in any order, as the index gives them."""
        rows = self._cases(*self._index(), matching(self.every, self.contact)).values_list("case_id", flat=True)
        return [*rows[:most], *self.also]

    def of_months(self, months: Collection[str]) -> Q:
        """Condition of a Case: it is found, and lies in one of these months if the index knows it."""
        found = Q(pk__in=self._cases(*self._index(months), matching(self.every, self.contact)))
        return found | Q(pk__in=self.also) if self.also else found


def _one_of(ids: Sequence[int]) -> Expression | Q:
    if connection.vendor == "postgresql":  # one parameter, not two thousand
        return RawSQL("case_id = ANY(%s)", [list(ids)], output_field=BooleanField())
    return Q(pk__in=ids)


def newest(rough: CaseQuerySet, words: Words, limit: int) -> list[Row]:
    """Of the cases `rough` (without order) those that are found, newest first, at most `limit`."""
    ordered = rough.order_by("-submitted_at", "-pk")
    older, found = ordered, list[Row]()
    for number in (WALKED, FARTHER):
        walked: list[Row] = list(older.values_list("pk", "submitted_at")[:number])
        hits = words.among([pk for pk, _at in walked])
        found += [row for row in walked if row[0] in hits]
        if len(walked) < number or len(found) >= limit:
            return found[:limit]
        last, moment = walked[-1]
        older = ordered.filter(Q(submitted_at__lt=moment) | Q(submitted_at=moment, pk__lt=last))
        if len(found) * FARTHER < limit * WALKED:
            break
    if connection.vendor != "postgresql":
        rest = older.filter(words.condition())
        return found + list(rest.values_list("pk", "submitted_at")[: limit - len(found)])
    if len(found) * OFTEN < WALKED:
        some = words.some(RARE)
        if len(some) < RARE:
            rest = older.filter(pk__in=some)
            return found + list(rest.values_list("pk", "submitted_at")[: limit - len(found)])
    for condition in _spans(words, moment):
        found += older.filter(condition).values_list("pk", "submitted_at")[: limit - len(found)]
        if len(found) >= limit:
            break
    return found


def _spans(words: Words, moment: datetime) -> Iterator[Q]:
    """Conditions that together say what is not newer than `moment`, one after another and backwards."""
    month = moment.year * 12 + moment.month - 1
    until: datetime | None = None
    for span in SPANS:
        months = [f"z{at // 12:04}{at % 12 + 1:02}" for at in range(month - span + 1, month + 1)]
        month -= span
        if month < 12:
            break
        since = moment.replace(
            year=(month + 1) // 12, month=(month + 1) % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0
        )
        within = Q(submitted_at__gte=since) if until is None else Q(submitted_at__gte=since, submitted_at__lt=until)
        yield words.of_months(months) & within
        until = since
    yield words.condition() & (Q() if until is None else Q(submitted_at__lt=until))

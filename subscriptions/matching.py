"""From a new public report to those who want to hear of it: one question to one index, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db.models import Count, F

from cases.models import Case
from reports.policy import KIND
from subscriptions.models import Hit, Mailing, Subscription
from subscriptions.policy import Rhythm
from subscriptions.wanted import Wanted, inside, keys_of, text_of

_CHUNK = 500
T = TypeVar("T")


def just_published(case_id: int, entry_id: int) -> Case | None:
    """The report, if this very entry made it public and it still is; None otherwise.

    A second release, a release after the report came back from a hiding stage, and an import are no news.
    """
    found = (
        Case.objects.public()
        .filter(pk=case_id, kind=KIND, entries__pk=entry_id, entries__at=F("public_at"))
        .select_related(
            "municipality__parent__parent", "topic__category", "topic__parent", "district", "report", "stage"
        )
        .defer("municipality__boundary", "municipality__parent__boundary", "district__boundary")
        .order_by()
    )
    return next(iter(found), None)


def matching(case: Case) -> list[tuple[int, str, int]]:
    """(id, rhythm, subscriber) of the confirmed subscriptions that a public report fits. Two queries."""
    text = text_of(case)
    found = list(
        Subscription.objects.filter(confirmed_at__isnull=False, subscriber__bounced_at=None)
        .filter(inside(case))
        .filter(criteria__municipality__in=case.municipality.chain_ids(), criteria__key__in=keys_of(case, text))
        .values_list("pk", "rhythm", "subscriber", "rough")
        .annotate(met=Count("criteria__dimension", distinct=True))
        .filter(met=F("dimensions"))
        .order_by()
    )
    rough = [pk for pk, _rhythm, _subscriber, rough, _met in found if rough]
    wrong: set[int] = set()
    for ids in _chunks(rough):
        rows = Subscription.objects.filter(pk__in=ids).values_list("pk", "wanted")
        wrong |= {pk for pk, wanted in rows if not Wanted.from_json(wanted).fits(case, text)}
    return [(pk, rhythm, subscriber) for pk, rhythm, subscriber, _rough, _met in found if pk not in wrong]


def note(case: Case, *, at: datetime) -> int:
    """Write down for whom a report is news, and that those who want it at once get a mail; returns for how many.

    Repeatable: each subscription hears of a report once. In pieces, so that the write lock is never held for long.
    """
    found = matching(case)
    for part in _chunks(found):
        hits = [Hit(subscription_id=pk, case=case, at=at) for pk, _rhythm, _subscriber in part]
        Hit.objects.bulk_create(hits, ignore_conflicts=True)
    at_once = dict.fromkeys(subscriber for _pk, rhythm, subscriber in found if rhythm == Rhythm.ONCE)
    put_mailings(at_once, rhythm=Rhythm.ONCE, key=f"case-{case.pk}", at=at)
    return len(found)


def put_mailings(subscribers: Iterable[int], *, rhythm: Rhythm, key: str, at: datetime) -> int:
    """Mails to be put together from `at` on, one per subscriber and key; returns for how many subscribers."""
    number = 0
    for part in _chunks(subscribers):
        rows = [Mailing(subscriber_id=pk, rhythm=rhythm.value, key=key, due_at=at, created_at=at) for pk in part]
        Mailing.objects.bulk_create(rows, ignore_conflicts=True)
        number += len(part)
    return number


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while part := list(islice(rest, _CHUNK)):
        yield part

"""From finds to mails: at once, in the evening, on Mondays. Each step is a row: a kill repeats and loses nothing.

A find (Hit) waits untold. `gather` makes the Mailings that a day or week is due for; `run_mailings` puts each together
under a lease: it marks what it tells and emits `subscription.mail` in one transaction, from which notifications write
the Delivery. What comes too late for one mail is in the next.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cases.models import Case
from cases.routing import BERLIN
from outbox.events import emit
from outbox.leases import Drained, drain
from subscriptions.matching import put_mailings
from subscriptions.models import Hit, Mailing, Subscriber
from subscriptions.policy import AT_ONCE_PER_HOUR, EVENING_HOUR, MONDAY_HOUR, REST, Rhythm

MAIL = "subscription.mail"
"""Event: {mailing}: there is something to tell."""
_REST = "rest-"
"""Begins the key of a mailing that gathers what was put back."""


def last_evening(at: datetime) -> datetime:
    """The latest end of a day for daily mails, on the clock of the municipalities."""
    local = at.astimezone(BERLIN)
    evening = local.replace(hour=EVENING_HOUR, minute=0, second=0, microsecond=0)
    return evening if evening <= local else evening - timedelta(days=1)


def last_monday(at: datetime) -> datetime:
    """The latest end of a week for weekly mails, on the clock of the municipalities."""
    local = at.astimezone(BERLIN)
    monday = local.replace(hour=MONDAY_HOUR, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
    return monday if monday <= local else monday - timedelta(days=7)


def gather(*, at: datetime) -> int:
    """Make the mailings that are due at `at`; returns for how many subscribers. Repeatable, and catches up."""
    evening, monday = last_evening(at), last_monday(at)
    number = 0
    for rhythm, until, key in (
        (Rhythm.DAILY, evening, f"{evening:%Y-%m-%d}"),
        (Rhythm.WEEKLY, monday, f"{monday:%Y-%m-%d}"),
        (Rhythm.ONCE, at - REST, f"{_REST}{at.astimezone(BERLIN):%Y-%m-%dT%H}"),
    ):
        waiting = _untold(rhythm).filter(at__lt=until).order_by().values_list("subscription__subscriber", flat=True)
        number += put_mailings(list(waiting.distinct()), rhythm=rhythm, key=key, at=at)
    return number


def _untold(rhythm: Rhythm) -> QuerySet[Hit]:
    return Hit.objects.filter(
        told_at=None,
        subscription__rhythm=rhythm.value,
        subscription__confirmed_at__isnull=False,
        subscription__subscriber__bounced_at=None,
    )


def put_together(mailing: Mailing, *, at: datetime | None = None) -> dict[str, Any]:
    """Mark what one mail tells and say that it is to be written, in the caller's transaction.

    Only what is public now: what was taken back meanwhile is forgotten, so that it is news when it comes again.
    """
    at = at or timezone.now()
    Subscriber.objects.select_for_update().get(pk=mailing.subscriber_id)
    waiting = _untold(Rhythm(mailing.rhythm)).filter(subscription__subscriber=mailing.subscriber_id)
    found = dict(waiting.values_list("pk", "case"))
    if not found or _too_many(mailing, at):
        return {}
    public = set(Case.objects.public().filter(pk__in=set(found.values())).values_list("pk", flat=True))
    Hit.objects.filter(pk__in=[pk for pk, case in found.items() if case not in public]).delete()
    told = [pk for pk, case in found.items() if case in public]
    Hit.objects.filter(pk__in=told).update(told_at=at, mailing=mailing)
    if told:
        emit(MAIL, at=at, mailing=mailing.pk)
    return {"reports": len({found[pk] for pk in told})}


def _too_many(mailing: Mailing, at: datetime) -> bool:
    """Whether somebody got enough mails this hour: then it waits for the one that `gather` makes of the rest."""
    if mailing.rhythm != Rhythm.ONCE or mailing.key.startswith(_REST):
        return False
    sent = Mailing.objects.filter(
        subscriber=mailing.subscriber_id, rhythm=mailing.rhythm, done_at__gt=at - REST, reports__gt=0
    )
    return sent.count() >= AT_ONCE_PER_HOUR


def run_mailings(*, at: datetime | None = None, seconds: float | None = None) -> Drained:
    """Put together what is due (see outbox.leases.drain)."""
    return drain(Mailing, lambda mailing: put_together(mailing, at=at), at=at, seconds=seconds, atomic=True)

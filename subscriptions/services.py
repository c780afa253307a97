"""The verbs of subscriptions: ask, confirm, change, end, forget.

Whoever knows a token got it by mail; nothing here says whether an address was known before.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from cases.following import PATIENCE, checked_email
from geo.models import Municipality
from outbox.events import emit
from subscriptions.models import Criterion, Hit, Mailing, Subscriber, Subscription
from subscriptions.policy import (
    BOUNCED_DAYS,
    KEEP,
    PENDING_DAYS,
    PENDING_PER_ADDRESS,
    PER_ADDRESS,
    Rhythm,
)
from subscriptions.wanted import Wanted

ASKED = "subscription.asked"
"""Event: {subscription}: it waits for its confirmation, or {subscriber, known}: it stands already, {…, full}."""


@transaction.atomic
def ask(*, municipality: Municipality, email: str, wanted: Wanted, rhythm: Rhythm, language: str, at: datetime) -> None:
    """Note an unconfirmed subscription and mail a link to confirm it.

    Asking again mails again, but not for a button that was pressed twice. Who has the same one already, or as many as
    one may have, is told so by mail, with the link to manage them. Raises Invalid (address).
    """
    address = checked_email(email)
    subscriber, _new = Subscriber.objects.get_or_create(
        municipality=municipality, email=address, defaults={"created_at": at, "language": language}
    )
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    mine = subscriber.subscriptions
    digest = wanted.digest()
    same = mine.filter(digest=digest).first()
    if same is not None and same.confirmed_at is not None:
        emit(ASKED, at=at, subscriber=subscriber.pk, known=True)
        return
    if mine.filter(confirmed_at__isnull=False).count() >= PER_ADDRESS:
        emit(ASKED, at=at, subscriber=subscriber.pk, full=True)
        return
    if same is None:
        oldest = mine.filter(confirmed_at=None).order_by("-created_at", "-pk")[PENDING_PER_ADDRESS - 1 :]
        mine.filter(pk__in=[row.pk for row in oldest]).delete()
        same = _put(subscriber, wanted, digest, rhythm, at)
    elif same.rhythm == rhythm.value and at - same.created_at < PATIENCE:
        return
    else:
        same.rhythm, same.created_at = rhythm.value, at
        same.save(update_fields=["rhythm", "created_at"])
    if not mine.filter(confirmed_at__isnull=False).exists():
        Subscriber.objects.filter(pk=subscriber.pk).update(language=language)
    emit(ASKED, at=at, subscription=same.pk)


def _put(subscriber: Subscriber, wanted: Wanted, digest: str, rhythm: Rhythm, at: datetime) -> Subscription:
    """The row with its criteria."""
    keys, box = wanted.keys(), wanted.box
    row = Subscription.objects.create(
        subscriber=subscriber,
        rhythm=rhythm.value,
        wanted=wanted.as_json(),
        digest=digest,
        dimensions=len({dimension for dimension, _key in keys}),
        rough=wanted.rough,
        west=box.west if box else None,
        south=box.south if box else None,
        east=box.east if box else None,
        north=box.north if box else None,
        created_at=at,
    )
    Criterion.objects.bulk_create(
        Criterion(subscription=row, municipality_id=subscriber.municipality_id, dimension=dimension, key=key)
        for dimension, key in keys
    )
    return row


@transaction.atomic
def confirm(*, subscription: Subscription, at: datetime) -> None:
    """The address is proven for this subscription; again is the same. An address that bounced gets a new try."""
    Subscription.objects.filter(pk=subscription.pk, confirmed_at=None).update(confirmed_at=at)
    Subscriber.objects.filter(pk=subscription.subscriber_id).update(bounced_at=None)
    subscription.refresh_from_db()


@transaction.atomic
def change_rhythm(*, subscription: Subscription, rhythm: Rhythm) -> None:
    """Another rhythm from now on; what was found and not told yet comes with the next mail of the new one."""
    Subscription.objects.filter(pk=subscription.pk).update(rhythm=rhythm.value)
    subscription.refresh_from_db()


@transaction.atomic
def end(*, subscription: Subscription) -> None:
    """End one; with the last one the address goes as well."""
    subscriber = Subscriber.objects.select_for_update().get(pk=subscription.subscriber_id)
    Subscription.objects.filter(pk=subscription.pk).delete()
    if not subscriber.subscriptions.exists():
        subscriber.delete()


@transaction.atomic
def end_rhythm(*, subscriber: Subscriber, rhythm: Rhythm | None = None) -> None:
    """End all of one rhythm (one click, RFC 8058), or all; with the last one the address goes as well."""
    ended = subscriber.subscriptions.all()
    if rhythm is not None:
        ended = ended.filter(rhythm=rhythm.value)
    ended.delete()
    if not subscriber.subscriptions.exists():
        Subscriber.objects.filter(pk=subscriber.pk).delete()


def note_bounce(*, subscriber_id: int, at: datetime) -> None:
    """The address does not work: nobody writes there until a subscription is confirmed anew."""
    Subscriber.objects.filter(pk=subscriber_id, bounced_at=None).update(bounced_at=at)


@transaction.atomic
def forget(*, at: datetime) -> int:
    """Delete what nobody confirmed, addresses that do not work, and old notes on what was told. Returns how many
    subscriptions."""
    old = Subscription.objects.filter(confirmed_at=None, created_at__lt=at - timedelta(days=PENDING_DAYS))
    number = old.count()
    old.delete()
    bounced = Subscriber.objects.filter(bounced_at__lt=at - timedelta(days=BOUNCED_DAYS))
    number += Subscription.objects.filter(subscriber__in=bounced).count()
    bounced.delete()
    Subscriber.objects.filter(subscriptions=None).delete()
    before = at - KEEP
    # What was not told for so long never will be: its mailing was given up.
    Hit.objects.filter(Q(told_at__lt=before) | Q(told_at=None, at__lt=before)).delete()
    Mailing.objects.filter(Q(done_at__lt=before) | Q(done_at=None, failed_at__lt=before)).delete()
    return number

"""The verbs of deliveries: write what was planned, note rejections, forget people and old words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.policy import NO_MAILBOX
from cases.models import Case, Contact, Follow
from cases.services import note_bounce
from notifications.models import Delivery, blank, new_message_id
from notifications.plans import Happening, Planned
from notifications.policy import FLEETING, KEEP, MAIL, STAFF, Purpose, Role
from notifications.recipients import forward_is_open, still_watches, wants
from notifications.rendering import render, sender_address
from outbox.models import Event
from subscriptions import services as subscriptions
from subscriptions.models import Subscriber

M = TypeVar("M", bound=Model)
_CHUNK = 200
_SHAPES = [
    "municipality__boundary",
    "municipality__parent__boundary",
    "municipality__parent__parent__boundary",
    "district__boundary",
]
"""Outlines are large and no mail needs them."""
_URGENT = timedelta(hours=1)
"""How far an urgent mail moves ahead in the queue, which is ordered by when a mail was due."""


# What happened -------------------------------------------------------------------------------------------------------
def happening_of(event: Event) -> Happening | None:
    """The rows an event names; None if the case is gone meanwhile."""
    payload = event.payload
    rows = Case.objects.select_related(
        "municipality__parent__parent", "topic__category", "contact", "unit", "stage", "district", "report"
    )
    case = _named(rows.defer(*_SHAPES), payload.get("case"))
    if case is None:
        return None
    return Happening(
        name=event.name,
        case=case,
        at=event.at,
        entry=_named(case.entries.all(), payload.get("entry")),
        follow=_named(case.follows.all(), payload.get("follow")),
        support=_named(case.supports.all(), payload.get("support")),
    )


def _named(rows: QuerySet[M], pk: int | None) -> M | None:
    """The row an event names; no query where it names none."""
    # Not `first()`: sorting one row makes Django compare all columns of all joined tables, which takes longer.
    return None if pk is None else next(iter(rows.filter(pk=pk).order_by()), None)


def write(*, planned: Iterable[Planned], event: Event | None) -> int:
    """Render mails and store them as deliveries that are due at once; returns how many were planned.

    The same event again adds nothing, so a consumer that was killed half-way is simply run again. Not in one
    transaction, since rendering for many followers must not hold the write lock.
    """
    rows = []
    for mail in planned:
        if mail.to.address.endswith(f"@{NO_MAILBOX}"):
            continue  # the phone of a crew
        rows.append(_row(mail, event))
        if len(rows) % _CHUNK == 0:
            Delivery.objects.bulk_create(rows[-_CHUNK:], ignore_conflicts=True)
    if rest := len(rows) % _CHUNK:
        Delivery.objects.bulk_create(rows[-rest:], ignore_conflicts=True)
    return len(rows)


def _row(mail: Planned, event: Event | None) -> Delivery:
    rendered, town, now = render(mail), mail.municipality, timezone.now()
    host = town.host if town else sender_address(None).rpartition("@")[2]
    return Delivery(
        event=event,
        channel=MAIL,
        recipient=mail.to.key,
        role=mail.to.role.value,
        follow_id=mail.to.id if mail.to.role is Role.FOLLOWER else None,
        subscriber_id=mail.to.id if mail.to.role is Role.SUBSCRIBER else None,
        case=mail.case,
        municipality=town,
        purpose=mail.purpose.value,
        language=mail.to.language,
        address=mail.to.address,
        sender=rendered.sender,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        headers=rendered.headers,
        message_id=new_message_id(host),
        created_at=now,
        due_at=now - _URGENT if mail.urgent else now,
    )


# While sending -------------------------------------------------------------------------------------------------------
def still_wanted(delivery: Delivery) -> bool:
    """Whether the recipient still is one: since the mail was written they may have stopped it or been deleted."""
    if not delivery.address:
        return False
    role = Role(delivery.role)
    if role is Role.REPORTER:
        contact = Contact.objects.filter(case__id=delivery.case_id or 0).first()
        if contact is None or contact.email.lower() != delivery.address:
            return False
        unconfirmed = contact.confirmed_at is None and contact.mails_stopped_at is None
        return wants(contact) or (unconfirmed and delivery.purpose == Purpose.RECEIPT)
    if role is Role.FOLLOWER:
        return Follow.objects.filter(pk=delivery.follow_id or 0, bounced_at=None).exists()
    if role is Role.SUBSCRIBER:
        found = Subscriber.objects.filter(pk=delivery.subscriber_id or 0)
        return (found if delivery.purpose == Purpose.SUBSCRIBE else found.filter(bounced_at=None)).exists()
    if role is Role.WATCHER:
        return still_watches(delivery.recipient, delivery.case_id)
    if role is Role.OUTSIDE:
        return delivery.purpose == Purpose.FORWARD_ENDED or forward_is_open(delivery.recipient)
    return True


def note_rejected(*, delivery: Delivery, code: int, at: datetime) -> None:
    """The address does not work: shown on the case, and nobody writes there again. Once per delivery.

    A follower's or subscriber's address is only marked: they never get in the way of a clerk.
    """
    with transaction.atomic():
        if not Delivery.objects.filter(pk=delivery.pk, bounced=False).update(bounced=True):
            return
        role = Role(delivery.role)
        if role is Role.FOLLOWER:
            Follow.objects.filter(pk=delivery.follow_id or 0).update(bounced_at=at)
        elif role is Role.SUBSCRIBER:
            subscriptions.note_bounce(subscriber_id=delivery.subscriber_id or 0, at=at)
        elif delivery.case is not None and role in STAFF | {Role.REPORTER, Role.OUTSIDE}:
            with translation.override(settings.LANGUAGE_CODE):
                reason = _("The mail “%(subject)s” could not be delivered (%(code)d).") % {
                    "subject": delivery.subject,
                    "code": code,
                }
            note_bounce(case=delivery.case, address_of=role.value, reason=reason, at=at)


def after_sending(delivery: Delivery, *, at: datetime) -> dict[str, Any]:
    """The columns to store with "sent": a fleeting mail keeps neither address nor words."""
    if delivery.purpose in FLEETING:
        return {"sent_at": at, "address": "", "text": "", "html": "", "headers": {}, "blanked_at": at}
    return {"sent_at": at}


# Forgetting ----------------------------------------------------------------------------------------------------------
def forget(*, address: str, at: datetime) -> int:
    """Delete an address and all words sent to it; what waits is not sent any more. Returns how many deliveries."""
    with transaction.atomic():
        return blank(Delivery.objects.to_address(address), at=at) if address.strip() else 0


def forget_reporter(*, case_id: int, at: datetime) -> int:
    """The same for the reporter of one case, whose contact is deleted."""
    with transaction.atomic():
        rows = Delivery.objects.filter(case_id=case_id, role=Role.REPORTER.value, blanked_at=None)
        return blank(rows, at=at)


def forget_case(*, case_id: int, at: datetime) -> int:
    """The same for everybody who was ever written to about a case, whose words are deleted."""
    with transaction.atomic():
        return blank(Delivery.objects.kept().filter(case_id=case_id), at=at)


def forget_old(*, at: datetime) -> int:
    """Blank what is older than KEEP, and the mails of followers and subscribers who are gone. Returns how many
    deliveries."""
    unfollowed = Delivery.objects.kept().filter(role=Role.FOLLOWER.value, follow=None)
    ended = Delivery.objects.kept().filter(role=Role.SUBSCRIBER.value, subscriber=None)
    done = blank(unfollowed, at=at) + blank(ended, at=at)
    while ids := list(Delivery.objects.kept().filter(created_at__lt=at - KEEP).values_list("pk", flat=True)[:_CHUNK]):
        done += blank(Delivery.objects.filter(pk__in=ids), at=at)
    return done

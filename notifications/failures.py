"""Mails that did not go out: which they are, and what somebody may do about them by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Q

from notifications.models import Delivery, DeliveryQuerySet
from notifications.tasks import drain_deliveries
from outbox import leases
from outbox.bell import ring_after_commit

log = structlog.get_logger("anliegen.mail")


def failures(*, municipality_id: int | None = None) -> DeliveryQuerySet:
    """Unfinished mails whose last try failed, and those that were given up; the latest first.

    `municipality_id` restricts to the mails of one municipality; None: all, those of the platform too.
    """
    # Each half by its own partial index; one condition for both would walk over every mail there ever was.
    parked = Delivery.objects.parked().values("pk")
    failing = Delivery.objects.unfinished().exclude(error="").values("pk")
    rows: DeliveryQuerySet = Delivery.objects.filter(Q(pk__in=parked) | Q(pk__in=failing))
    if municipality_id is not None:
        rows = rows.filter(municipality_id=municipality_id)
    return rows.order_by("-pk")


def masked(address: str) -> str:
    """ "erika@example.org" → "e…@example.org": enough to see which provider refuses, not who was written to."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…{at}{domain}" if at else ""


def resend(*, ids: Iterable[int], at: datetime, municipality_id: int | None = None) -> int:
    """Try failed mails again now, with all their tries; returns how many.

    Left out is what the recipient's own server refused for ever: the address is wrong, and stays wrong.
    """
    with transaction.atomic():
        rows = failures(municipality_id=municipality_id).filter(pk__in=list(ids), bounced=False).order_by()
        count = leases.retry(rows, at=at) + leases.hurry(rows, at=at)
        if count:
            log.info("mails_resent_by_hand", mails=count)
            ring_after_commit(drain_deliveries)
    return count


def give_up(*, ids: Iterable[int], at: datetime, municipality_id: int | None = None) -> int:
    """Mails that shall never go out; they leave the list and alert nobody any more. Returns how many."""
    rows = failures(municipality_id=municipality_id).filter(pk__in=list(ids)).order_by()
    count = leases.give_up(rows, at=at)
    if count:
        log.info("mails_given_up_by_hand", mails=count)
    return count

"""Deliveries: what goes out, to whom, and what became of it. The row is the mail; sending only reads it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Case, Follow
from geo.models import Municipality
from notifications.policy import MAIL
from outbox.models import Event, Leased, LeasedQuerySet
from subscriptions.models import Subscriber


class DeliveryQuerySet(LeasedQuerySet["Delivery"]):
    """Reading rules of deliveries."""

    def to_address(self, address: str) -> DeliveryQuerySet:
        """Everything that went or will go to an address, in any case of letters."""
        return self.filter(address=address.strip().lower())

    def kept(self) -> DeliveryQuerySet:
        """Deliveries that still hold address and words."""
        return self.filter(blanked_at=None)


class Delivery(Leased):
    """One message to one recipient. Rendered when it is made, so that what went out is on record.

    Done and sent: `sent_at`. Done without: dropped, because the recipient no longer wanted it or was forgotten.
    Parked (`failed_at`): rejected for ever (`bounced`), or tried too often.
    """

    event = models.ForeignKey(Event, models.SET_NULL, null=True, blank=True, related_name="+")
    """What it tells of. Events are pruned after a month, deliveries are not."""
    channel = models.CharField(max_length=10, default=MAIL)
    recipient = models.CharField(max_length=80)
    """Role and id: "reporter", "follow:12", "unit:3". With event and channel it stands once."""
    role = models.CharField(max_length=10)
    """What the recipient is to the case; see policy.Role."""
    follow = models.ForeignKey(Follow, models.SET_NULL, null=True, blank=True, related_name="+")
    subscriber = models.ForeignKey(Subscriber, models.SET_NULL, null=True, blank=True, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True, related_name="deliveries")
    municipality = models.ForeignKey(Municipality, models.CASCADE, null=True, blank=True, related_name="+")
    purpose = models.CharField(max_length=20)
    """Which mail; see policy.Purpose."""
    language = models.CharField(max_length=5)
    address = models.EmailField(blank=True)
    sender = models.EmailField()
    """Envelope sender: where bounces go."""
    subject = models.CharField(max_length=250)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    """Further headers: From, Reply-To, List-Unsubscribe …"""
    message_id = models.CharField(max_length=320, unique=True)
    """The same for every try, so that a mail that had to be sent twice is seen once."""
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    bounced = models.BooleanField(default=False)
    blanked_at = models.DateTimeField(null=True, blank=True)
    """When address and words were deleted."""

    objects = DeliveryQuerySet.as_manager()  # type: ignore[misc]  # narrower than its base

    class Meta(Leased.Meta):
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "channel", "recipient"], name="delivery_once"),
        ]
        indexes = [
            *Leased.Meta.indexes,
            models.Index(fields=["address"], condition=Q(blanked_at=None), name="delivery_address"),
            models.Index(fields=["created_at"], condition=Q(blanked_at=None), name="delivery_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} to {self.recipient}"


def new_message_id(host: str) -> str:
    """`<random@host>` for a new delivery."""
    return f"<{uuid.uuid4()}@{host}>"


def blank(rows: models.QuerySet[Delivery], *, at: datetime) -> int:
    """Delete address and words of deliveries; what was not sent yet never will be. Returns how many rows."""
    rows.filter(done_at=None).update(done_at=at)
    return rows.update(address="", text="", html="", headers={}, blanked_at=at)

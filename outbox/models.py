"""Tables: what happened (Event), who still has to react (Job), and the lease columns any such table
shares.
"""

from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

UNFINISHED = Q(done_at=None, failed_at=None)
PARKED = Q(done_at=None, failed_at__isnull=False)


L = TypeVar("L", bound="Leased")


class LeasedQuerySet(models.QuerySet[L]):
    """Reading rules of leased tables. Times are aware datetimes."""

    def unfinished(self) -> Self:
        """Neither done nor parked."""
        return self.filter(UNFINISHED)

    def claimable(self, at: datetime) -> Self:
        """Due at `at` and in nobody's hands, the longest waiting first."""
        free = Q(leased_until=None) | Q(leased_until__lte=at)
        return self.unfinished().filter(free, due_at__lte=at).order_by("due_at", "pk")

    def parked(self) -> Self:
        """Given up; somebody has to look (see outbox.retry)."""
        return self.filter(PARKED)


class Leased(models.Model):
    """A row of work, done by whoever holds its lease. Subclasses inherit Meta (`class Meta(Leased.Meta)`)."""

    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_owner = models.CharField(max_length=200, blank=True, default="", editable=False)
    """"<process>/<token>": the process that may be found dead, and one run of `drain` in it."""
    tries = models.PositiveSmallIntegerField(default=0)
    """How often it was begun, so that an item that kills its worker is counted as well."""
    error = models.TextField(blank=True, default="")
    """Why the last try failed, short and without personal data."""
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    """When it was parked after too many tries or a permanent error."""

    objects = LeasedQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["due_at"], condition=UNFINISHED, name="%(app_label)s_%(class)s_due"),
            models.Index(
                fields=["lease_owner"],
                condition=Q(done_at=None) & ~Q(lease_owner=""),
                name="%(app_label)s_%(class)s_lease",
            ),
            models.Index(fields=["failed_at"], condition=PARKED, name="%(app_label)s_%(class)s_parked"),
        ]


class Event(models.Model):
    """Something that happened, written in the transaction in which it happened. The payload names ids
    only.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class Job(Leased):
    """One consumer's duty to handle one event."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="jobs")
    consumer = models.CharField(max_length=100)

    class Meta(Leased.Meta):
        constraints = [models.UniqueConstraint(fields=["event", "consumer"], name="outbox_job_once")]

    def __str__(self) -> str:
        return f"{self.consumer} of event #{self.event_id}"


class Change(models.Model):
    """A row of some rule was changed: a random number, written by triggers. See outbox.kept."""

    value = models.BigIntegerField()

    def __str__(self) -> str:
        return f"change {self.pk}"

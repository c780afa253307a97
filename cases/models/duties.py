"""What is kept on purpose, and what was deleted."""

from __future__ import annotations

from django.db import models

from accounts.models import User
from cases.models.case import Case
from cases.policy import Part
from geo.models import Municipality


class Hold(models.Model):
    """A case of which nothing is deleted by itself: a law suit, an open complaint."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="holds")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], name="hold_once", condition=models.Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"


class Erasure(models.Model):
    """That something was deleted: the log. It names no person."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="erasures")
    number = models.CharField(max_length=24, blank=True)
    """Of the case; "" for what belonged to no case."""
    part = models.CharField(max_length=20, choices=[(part.value, part.value) for part in Part])
    pieces = models.PositiveIntegerField(default=1)
    """How many rows or files."""
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    """Who did it on request; null: the nightly job."""
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["municipality", "-at"], name="erasure_log")]

    def __str__(self) -> str:
        return f"erasure {self.pk}"

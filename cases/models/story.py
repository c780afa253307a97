"""What happened to a case, what somebody is typing, and the files of both."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.gis.db import models

from accounts.models import User
from cases.models.case import Case
from cases.models.states import new_secret
from cases.policy import Actor, Deed
from geo.models import Municipality


class Entry(models.Model):
    """One thing that happened to a case. Append-only: timeline, messages, notes and audit in one.

    Only `erase` may blank an entry.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="entries")
    deed = models.CharField(max_length=24, choices=[(deed.value, deed.value) for deed in Deed])
    at = models.DateTimeField()
    actor = models.CharField(max_length=10, choices=[(actor.value, actor.value) for actor in Actor])
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    public = models.BooleanField(default=False)
    for_reporter = models.BooleanField(default=False)
    """Shown on the reporter's own page as well (messages both ways)."""
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    """Facts of the deed, such as {"from": "new", "to": "open", "stage": 3}; never contact data."""
    client_key = models.UUIDField(null=True, blank=True)
    payload = models.CharField(max_length=64, blank=True)
    """SHA-256 of what was asked under client_key: the same key with another payload is a conflict."""
    version = models.PositiveIntegerField()
    """The case's version after this entry."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "client_key"], name="entry_client_key")]
        indexes = [
            models.Index(fields=["case", "at", "id"], name="entry_timeline"),
            models.Index(fields=["at", "id"], name="entry_latest"),
            models.Index(fields=["at"], name="entry_feedback", condition=models.Q(deed=Deed.FEEDBACK.value)),
            models.Index(fields=["case"], name="entry_came_back", condition=models.Q(deed=Deed.UNPLANNED.value)),
        ]
        ordering: ClassVar[list[str]] = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.deed} {self.case_id}"


class Draft(models.Model):
    """What somebody has typed in the plain forms so far. Deleted when it is sent, or after 30 days."""

    municipality = models.ForeignKey(Municipality, models.CASCADE)
    kind = models.CharField(max_length=20)
    secret = models.CharField(max_length=32, unique=True, default=new_secret)
    client_key = models.UUIDField(default=uuid.uuid4)
    data = models.JSONField(default=dict)
    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True)
    """What became of it, so that a second sending leads to the same receipt."""
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"draft {self.pk}"


class File(models.Model):
    """An uploaded file. Never public by itself: `public_name` is given by a release and dies with it."""

    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True, related_name="files")
    draft = models.ForeignKey(Draft, models.CASCADE, null=True, blank=True, related_name="files")
    entry = models.ForeignKey(Entry, models.SET_NULL, null=True, blank=True, related_name="files")
    key = models.CharField(max_length=32, unique=True, default=new_secret)
    """Name of the folder in the storage."""
    public_name = models.CharField(max_length=32, unique=True, null=True, blank=True)
    format = models.CharField(max_length=10)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    client_key = models.UUIDField(null=True, blank=True)
    role = models.CharField(max_length=10, blank=True, default="", db_default="")
    """What of the work a crew's photo shows: "before" or "after"; "" of all others."""
    ready_at = models.DateTimeField(null=True, blank=True)
    """When the variants were made; before that only a placeholder is shown."""
    failed = models.BooleanField(default=False)
    redaction = models.JSONField(null=True, blank=True)
    """Areas that are painted over in every variant, as cases.areas stores them; null: none."""
    redacted_at = models.DateTimeField(null=True, blank=True)
    original_deleted_at = models.DateTimeField(null=True, blank=True)
    """Since then only the variants are kept, and a redaction stands for good."""
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "client_key"], name="file_client_key")]

    def __str__(self) -> str:
        return f"file {self.pk}"

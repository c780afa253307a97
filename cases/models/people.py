"""Who else a case concerns: supporters, followers, colleagues who watch it, and who looked at what is kept apart."""

from __future__ import annotations

from django.contrib.gis.db import models

from accounts.models import User
from cases.models.case import Case
from cases.models.states import new_secret


class Support(models.Model):
    """Somebody noticed it too. Once confirmed, the address is kept only as a keyed hash, to count each once."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="supports")
    email_hash = models.CharField(max_length=64)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=5, default="de")
    token = models.CharField(max_length=32, default=new_secret, unique=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "email_hash"], name="support_once")]
        indexes = [models.Index(fields=["email_hash"], name="support_person")]

    def __str__(self) -> str:
        return f"support {self.pk}"


class Follow(models.Model):
    """Somebody wants to hear of a case."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="follows")
    email = models.EmailField()
    language = models.CharField(max_length=5, default="de")
    token = models.CharField(max_length=32, default=new_secret, unique=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "email"], name="follow_once")]
        indexes = [models.Index(fields=["email"], name="follow_email")]

    def __str__(self) -> str:
        return f"follow {self.pk}"


class Watcher(models.Model):
    """A member of staff who wants to hear of a case that is not theirs."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="watchers")
    user = models.ForeignKey(User, models.CASCADE, related_name="watching")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="watch_once")]

    def __str__(self) -> str:
        return f"watcher {self.pk}"


class Look(models.Model):
    """That a member of staff looked at what is kept apart: contact data, or the original of a photo. Append-only."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="looks")
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=10)
    """See policy.LookedAt."""
    purpose = models.CharField(max_length=12)
    """See policy.LookFor."""
    file = models.ForeignKey("cases.File", models.SET_NULL, null=True, blank=True, related_name="+")
    """The photo, where its original was looked at."""

    class Meta:
        indexes = [models.Index(fields=["case", "at", "id"], name="look_case")]

    def __str__(self) -> str:
        return f"look {self.pk}"

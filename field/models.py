"""What the interface must remember beside the cases."""

from __future__ import annotations

from django.db import models

from accounts.models import User
from cases.models import Case, File


class Shot(models.Model):
    """A photo that arrived from a phone, under the key the phone gave it.

    Two shots with the same content share one File, and each is found by its own key.
    """

    key = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="shots")
    file = models.ForeignKey(File, models.CASCADE, related_name="shots")
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=10, blank=True)
    """"before", "after" or ""."""
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"shot {self.key}"

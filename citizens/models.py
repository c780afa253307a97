"""The right to see what belongs to an e-mail address: asked for, opened by the link of a mail, soon gone."""

from __future__ import annotations

from django.db import models

from geo.models import Municipality


class Access(models.Model):
    """One link to "Meine Meldungen". Rows of addresses that nothing belongs to are deleted by the worker at once."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="+")
    email = models.EmailField()
    language = models.CharField(max_length=5, default="de")
    asked_at = models.DateTimeField(db_index=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    """Since when the one browser that followed the link may look."""

    class Meta:
        verbose_name_plural = "accesses"

    def __str__(self) -> str:
        return f"access {self.pk}"


class Passkey(models.Model):
    """The public part of a key on somebody's device: opens what belongs to the address, on the site it was made on."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="+")
    email = models.EmailField(db_index=True)
    language = models.CharField(max_length=5, default="de")
    credential_id = models.CharField(max_length=1400, unique=True)
    """In base64url, as the device names it; at most 1023 bytes (WebAuthn, section 4)."""
    credential = models.TextField()
    """Attested credential data (WebAuthn, section 6.5.1) in base64url: the id once more and the public key."""
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(db_index=True)
    """When it last opened the page; when it was made, before that."""

    def __str__(self) -> str:
        return f"passkey {self.pk}"

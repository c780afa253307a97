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

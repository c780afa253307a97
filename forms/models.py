"""Forms and their versions. A published version never changes: answers point to it for ever."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from geo.models import Municipality


class Form(models.Model):
    """A set of questions under a name; a form of a county holds for its municipalities."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, null=True, blank=True, related_name="forms")
    slug = models.SlugField(max_length=80)
    title = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "slug"], name="form_slug", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.slug


class FormVersion(models.Model):
    """One wording of a form. Immutable from the moment it is published."""

    form = models.ForeignKey(Form, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "number"], name="form_version_number")]
        ordering = ["form", "-number"]

    def __str__(self) -> str:
        return f"{self.form_id} v{self.number}"

    def _refuse_if_published(self) -> None:
        if self.pk and FormVersion.objects.filter(pk=self.pk, published_at__isnull=False).exists():
            raise ValidationError(_("A published version does not change. Make a new one."))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save a draft or publish it; ValidationError for a published one."""
        self._refuse_if_published()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete a draft; ValidationError for a published one."""
        self._refuse_if_published()
        return super().delete(*args, **kwargs)

"""Forms and their versions. What was asked once stays as it was asked: a published version never changes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.localized import LocalizedField, localized
from geo.models import Municipality


class PublishedVersion(Exception):
    """Somebody tried to change or delete a published version."""


class Form(models.Model):
    """A set of questions under a short name; without municipality it is shared by all."""

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="forms", verbose_name=_("municipality")
    )
    slug = models.SlugField(_("short name"), max_length=80)
    title = LocalizedField(_("title"))

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "slug"], name="form_slug_once_in_municipality"),
            models.UniqueConstraint(
                fields=["slug"], condition=Q(municipality__isnull=True), name="form_shared_slug_once"
            ),
        ]

    def __str__(self) -> str:
        return localized(self.title) or self.slug

    @property
    def current(self) -> FormVersion | None:
        """The newest published version: the one new answers are asked with."""
        return self.versions.published().order_by("-number").first()


class FormVersionQuerySet(models.QuerySet["FormVersion"]):
    """Versions; refuses to change or delete published ones in bulk."""

    def published(self) -> FormVersionQuerySet:
        """What may be answered."""
        return self.filter(published_at__isnull=False)

    def update(self, **values: Any) -> int:
        """Changes drafts; raises `PublishedVersion` where a published version is among the rows."""
        self._refuse_published()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Deletes drafts; raises `PublishedVersion` where a published version is among the rows."""
        self._refuse_published()
        return super().delete()

    def _refuse_published(self) -> None:
        if self.published().exists():
            raise PublishedVersion


class FormVersion(models.Model):
    """The questions at one time, as JSON (see `forms.definition`). One draft a form, the rest published."""

    form = models.ForeignKey(Form, models.PROTECT, related_name="versions", verbose_name=_("form"))
    number = models.PositiveIntegerField(_("number"))
    definition = models.JSONField(_("definition"), default=dict)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = FormVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a form")
        verbose_name_plural = _("versions of forms")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_number_once"),
            models.UniqueConstraint(
                fields=["form"], condition=Q(published_at__isnull=True), name="form_version_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves a draft, or publishes it; raises `PublishedVersion` for one that is published already."""
        self._refuse_published()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Deletes a draft; raises `PublishedVersion` for a published version."""
        self._refuse_published()
        return super().delete(*args, **kwargs)

    def _refuse_published(self) -> None:
        """What the database says counts, not what this object remembers."""
        if self.pk is not None and FormVersion.objects.filter(pk=self.pk).published().exists():
            raise PublishedVersion

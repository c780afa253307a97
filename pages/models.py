"""What a municipality writes itself: its pages, its statement on accessibility, its video in sign language."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from geo.localized import LocalizedField
from geo.models import Municipality
from pages.policy import ABOUT, Conformance, Method

KEYS = [(key.value, about.title) for key, about in ABOUT.items()]
CONFORMANCE = [
    (Conformance.FULL.value, _("fully conformant")),
    (Conformance.PARTIAL.value, _("partly conformant")),
    (Conformance.NOT.value, _("not conformant")),
]
METHODS = [
    (Method.SELF.value, _("an assessment of our own")),
    (Method.EXTERNAL.value, _("an assessment by somebody else")),
]


class Page(models.Model):
    """A text in Markdown. One of a county holds for its municipalities, until one of them writes its own."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="pages")
    key = models.CharField(_("page"), max_length=20, choices=KEYS)
    text = LocalizedField(_("text"), blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        constraints = [models.UniqueConstraint(fields=["municipality", "key"], name="page_once")]

    def __str__(self) -> str:
        return f"{self.get_key_display()}, {self.municipality}"


class Statement(models.Model):
    """What only the municipality can say about the accessibility of its pages; the rest of the statement is made."""

    municipality = models.OneToOneField(Municipality, models.CASCADE, related_name="accessibility_statement")
    conformance = models.CharField(_("state"), max_length=10, choices=CONFORMANCE, default=Conformance.PARTIAL.value)
    failing = LocalizedField(_("What is not accessible yet"), blank=True)
    burden = LocalizedField(_("What would be a disproportionate burden, and why"), blank=True)
    outside = LocalizedField(_("What the law does not cover"), blank=True)
    method = models.CharField(_("found out by"), max_length=10, choices=METHODS, default=Method.SELF.value)
    prepared_on = models.DateField(_("prepared on"))
    reviewed_on = models.DateField(_("last reviewed on"))
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("statement on accessibility")
        verbose_name_plural = _("statements on accessibility")

    def __str__(self) -> str:
        return str(self.municipality)


class Video(models.Model):
    """The video in German Sign Language. `name` is its name in the storage, new with every upload."""

    municipality = models.OneToOneField(Municipality, models.CASCADE, related_name="sign_video")
    name = models.CharField(max_length=80, unique=True)
    format = models.CharField(max_length=10)
    bytes = models.PositiveBigIntegerField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("video in sign language")
        verbose_name_plural = _("videos in sign language")

    def __str__(self) -> str:
        return self.name

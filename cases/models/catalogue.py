"""What a municipality sets up: what cases are about, labels of states, prepared answers, who settles what."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from cases.models.states import MEANS, STATES, WAITS_FOR
from cases.policy import WaitsFor
from geo.localized import localized
from geo.models import Municipality


class Topic(models.Model):
    """What a case is about: a category of reports, a service. A row of a county holds for its municipalities, until
    one of them has its own row with the same slug."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="topics")
    slug = models.SlugField(max_length=80)
    name = models.JSONField(_("Name"))
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    position = models.PositiveIntegerField(default=0)
    working_days = models.PositiveSmallIntegerField(_("Working days until settled"), default=10)
    confidential = models.BooleanField(_("never public"), default=False)
    active = models.BooleanField(default=True)
    original_days = models.PositiveSmallIntegerField(null=True, blank=True)
    """Days after closing until the originals of photos are deleted; null: as its group or municipality has it."""
    contact_days = models.PositiveSmallIntegerField(null=True, blank=True)
    """The same for name, e-mail and phone of the reporter."""
    photo_days = models.PositiveSmallIntegerField(null=True, blank=True)
    """The same for the photos themselves."""
    case_days = models.PositiveSmallIntegerField(null=True, blank=True)
    """The same for all words and the place; what stays is a number to count."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "slug"], name="topic_slug")]
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return localized(self.name)


class Stage(models.Model):
    """A label of a machine state ("eingeplant"), with the words for the page and the mail."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="stages")
    slug = models.SlugField(max_length=60)
    state = models.CharField(max_length=10, choices=STATES)
    label = models.JSONField(_("Label"))
    public_text = models.JSONField(_("Text on the page and in the mail"), default=dict, blank=True)
    mail_text = models.JSONField(_("Text in the mail"), default=dict, db_default={}, blank=True)
    """What mails say instead of `public_text`; empty: the same."""
    position = models.PositiveIntegerField(default=0)
    hides = models.BooleanField(_("takes the case off the public pages"), default=False)
    waits_for = models.CharField(
        _("waits for"),
        max_length=10,
        choices=WAITS_FOR,
        default=WaitsFor.OTHERS.value,
        db_default=WaitsFor.OTHERS.value,
    )
    """Whom a case in this stage waits for; read of stages of a waiting state only."""
    means = models.CharField(_("stands for"), max_length=12, choices=MEANS, blank=True, default="", db_default="")
    """What verbs find it by: the label of a duplicate, of what was forwarded."""
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "slug"], name="stage_slug")]
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return localized(self.label)


class TextBlock(models.Model):
    """A prepared answer for staff."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="text_blocks")
    slug = models.SlugField(max_length=60)
    state = models.CharField(max_length=10, choices=STATES, blank=True)
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True)
    title = models.CharField(max_length=120)
    text = models.JSONField()
    position = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "slug"], name="text_block_slug")]
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title


class Responsibility(models.Model):
    """topic × area → unit; the most specific row wins (see routing.weight)."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="responsibilities")
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True)
    area = models.MultiPolygonField(srid=4326, null=True, blank=True)
    area_name = models.CharField(max_length=120, blank=True)
    unit = models.ForeignKey(Unit, models.CASCADE)
    text = models.JSONField(_("Text for the citizen"), default=dict, blank=True)

    def __str__(self) -> str:
        return f"{self.topic or '*'} × {self.area_name or '*'} → {self.unit}"

"""A report of a citizen: the detail row beside its Case, its photos, and what a category asks."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case, File, Topic
from forms.models import Form, FormVersion
from geo.localized import LocalizedField, localized
from geo.models import Municipality
from reports.policy import RULES, PhotoRule, Rules, Sort

SORTS = [
    (Sort.DEFECT.value, _("Defect")),
    (Sort.IDEA.value, _("Idea")),
    (Sort.PRAISE.value, _("Praise")),
    (Sort.COMPLAINT.value, _("Complaint")),
]
PHOTO_RULES = [
    (PhotoRule.OPTIONAL.value, _("Photos as they like")),
    (PhotoRule.REQUIRED.value, _("At least one photo")),
    (PhotoRule.NONE.value, _("No photos")),
]


class Category(models.Model):
    """What only reports need to know of a Topic. Groups of categories are topics without a category."""

    topic = models.OneToOneField(Topic, models.CASCADE, related_name="category")
    sort = models.CharField(_("Kind"), max_length=10, choices=SORTS, default=Sort.DEFECT.value)
    icon = models.CharField(max_length=40, default="pin")
    help = models.JSONField(_("Help"), default=dict, blank=True)
    keywords = models.CharField(max_length=300, blank=True)
    frequent = models.BooleanField(_("among the frequent ones"), default=False)
    release_at_once = models.BooleanField(_("public without review"), default=False)
    danger = models.BooleanField(_("danger: on-call service"), default=False)
    danger_text = models.JSONField(default=dict, blank=True)
    redirect_text = models.JSONField(_("Not ours: say whose"), default=dict, blank=True)
    """With a text the category takes no reports but tells where to go (wrong parking, private property)."""
    form = models.ForeignKey(Form, models.SET_NULL, null=True, blank=True)
    photo_rule = models.CharField(
        _("Photos"),
        max_length=10,
        choices=PHOTO_RULES,
        default=PhotoRule.OPTIONAL.value,
        db_default=PhotoRule.OPTIONAL.value,
    )
    staff_only = models.BooleanField(_("only staff choose it"), default=False, db_default=False)
    contact_for_field = models.BooleanField(_("crews see who reported"), default=False, db_default=False)
    """Name, phone and e-mail stand on the jobs of the field view."""
    season_from = models.CharField(max_length=5, blank=True, default="", db_default="")
    """First day of the year on which citizens may choose it ("05-01"); "" with `season_until`: all the year."""
    season_until = models.CharField(max_length=5, blank=True, default="", db_default="")
    """Last day; before `season_from` the season lasts beyond New Year."""

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return str(self.topic)

    @property
    def rules(self) -> Rules:
        """What holds for the category's kind."""
        return RULES[Sort(self.sort)]

    def in_season(self, day: date) -> bool:
        """Whether the day lies within the time of the year in which it may be chosen."""
        if not (self.season_from and self.season_until):
            return True
        today, first, last = day.strftime("%m-%d"), self.season_from, self.season_until
        return first <= today <= last if first <= last else today >= first or today <= last

    def offered(self, day: date) -> bool:
        """Whether citizens may choose it on this day. Staff may always."""
        return not self.staff_only and self.in_season(day)


class Report(models.Model):
    """The words of a report. Nothing of it is public until released; text and each photo separately."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="report")
    text = models.TextField()
    public_text = models.TextField(blank=True)
    """What is released: the citizen's text, or the clerk's wording of it."""
    text_released = models.BooleanField(default=False)
    address = models.CharField(max_length=250, blank=True)
    address_by_citizen = models.BooleanField(default=False)
    """Typed in words by the citizen (not from our gazetteer): public only together with the text."""
    asset = models.CharField(max_length=80, blank=True, default="", db_default="")
    """Which thing it is about, as its label names it ("Laterne 4711"); brought by a link or a QR code. Internal."""
    answers = models.JSONField(default=dict, blank=True)
    form_version = models.ForeignKey(FormVersion, models.PROTECT, null=True, blank=True)

    def __str__(self) -> str:
        return f"report {self.case_id}"


class Photo(models.Model):
    """A picture of a report, by the reporter or by staff."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="photos")
    file = models.OneToOneField(File, models.CASCADE, related_name="photo")
    position = models.PositiveSmallIntegerField(default=0)
    by_staff = models.BooleanField(default=False)
    released = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"photo {self.pk}"


class Emergency(models.Model):
    """A prepared set for a day like a flood: which categories citizens may choose, and what the first pages say. It
    runs from `begun_at` until `until`, and ends by itself; one of a county holds for its towns until they have one."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="emergencies")
    slug = models.SlugField(max_length=60)
    name = LocalizedField(_("Name"))
    notice = LocalizedField(_("Notice on the first page"))
    phones = models.JSONField(_("Telephone numbers"), default=list, blank=True)
    """[[whose, number], …]"""
    topics = models.JSONField(_("Categories"), default=list)
    """Slugs; also of categories that only staff choose on other days."""
    begun_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    begun_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "emergencies"
        constraints = [models.UniqueConstraint(fields=["municipality", "slug"], name="emergency_slug")]
        ordering = ["slug"]

    def __str__(self) -> str:
        return localized(self.name)

    def runs(self, at: datetime) -> bool:
        """Whether it is on at an instant."""
        return self.begun_at is not None and self.until is not None and self.begun_at <= at < self.until


class MapCount(models.Model):
    """How many public reports of a topic (0: of all) lie in a cell of the map, by state; see reports.counts.

    Derived from Case alone and folded from MapDelta: never written by hand, not part of a backup, without foreign keys.
    """

    municipality_id = models.BigIntegerField()
    topic_id = models.BigIntegerField()
    cell = models.BigIntegerField()
    """A cell of `geo.grid` with a one in front of its 2·level bits, so that one number says level and place."""
    n_new = models.IntegerField(default=0)
    n_open = models.IntegerField(default=0)
    n_waiting = models.IntegerField(default=0)
    n_done = models.IntegerField(default=0)
    n_rejected = models.IntegerField(default=0)
    n_withdrawn = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality_id", "topic_id", "cell"], name="map_count_once"),
        ]

    def __str__(self) -> str:
        return f"cell {self.cell} of {self.municipality_id}"


class MapDelta(models.Model):
    """One report more (1) or less (-1) on the map, not yet folded into MapCount; written by triggers."""

    id = models.BigAutoField(primary_key=True)
    municipality_id = models.BigIntegerField()
    topic_id = models.BigIntegerField()
    state = models.CharField(max_length=10)
    grid = models.BigIntegerField()
    n = models.SmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["municipality_id", "grid"], name="map_delta_place")]

    def __str__(self) -> str:
        return f"{self.n:+} at {self.grid}"


class PublicWords(models.Model):
    """The words by which everybody finds a public report, folded; see reports.words.

    Derived and written by triggers in the transaction that changes what they come from: never by hand, not part of a
    backup, without foreign keys. What is not public has no row.
    """

    case_id = models.BigIntegerField(primary_key=True)
    words = models.TextField()
    marks = models.TextField()
    """Municipality, topic, district and month, such as "m1 t12 d3 z202611"."""

    class Meta:
        verbose_name_plural = "public words"

    def __str__(self) -> str:
        return f"public words of {self.case_id}"


class DeskWords(models.Model):
    """The words by which staff find a case: everything about it, and apart from that who reported it."""

    case_id = models.BigIntegerField(primary_key=True)
    words = models.TextField()
    contact = models.TextField()
    """Name and addresses of who handed it in; not everybody may read them."""
    marks = models.TextField()

    class Meta:
        verbose_name_plural = "words for the desk"

    def __str__(self) -> str:
        return f"words of {self.case_id}"

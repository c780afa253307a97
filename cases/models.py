"""The one case mechanism: what every report, application and registration has in common.

Everything that lists, maps and counts filter by stands on Case itself: three filters over a million rows take 0.3 ms
on one indexed table and 14 ms over a join.
"""

from __future__ import annotations

import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.policy import Permission
from accounts.services import reach
from cases.policy import ACTIVE, CLOSED, FACTS, Actor, Deed, Facts, State
from geo.localized import localized
from geo.models import District, Municipality

STATES = [
    (State.NEW.value, _("received")),
    (State.OPEN.value, _("in progress")),
    (State.WAITING.value, _("waiting")),
    (State.DONE.value, _("settled")),
    (State.REJECTED.value, _("closed without action")),
    (State.WITHDRAWN.value, _("withdrawn")),
]


def new_secret() -> str:
    """128 random bits for an address that only the right person knows, 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


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
    position = models.PositiveIntegerField(default=0)
    hides = models.BooleanField(_("takes the case off the public pages"), default=False)
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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "slug"], name="text_block_slug")]
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title


class Responsibility(models.Model):
    """topic × area → unit; the most specific row wins (see services.unit_for)."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="responsibilities")
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True)
    area = models.MultiPolygonField(srid=4326, null=True, blank=True)
    area_name = models.CharField(max_length=120, blank=True)
    unit = models.ForeignKey(Unit, models.CASCADE)
    text = models.JSONField(_("Text for the citizen"), default=dict, blank=True)

    def __str__(self) -> str:
        return f"{self.topic or '*'} × {self.area_name or '*'} → {self.unit}"


class Contact(models.Model):
    """Who handed in a case. A row of its own, so that it can be deleted while the case stays."""

    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    public_name = models.BooleanField(default=False)
    token = models.CharField(max_length=32, default=new_secret, unique=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    mails_stopped_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    """When the reporter last opened the page of the report; see cases.reading."""
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["confirmed_at", "created_at"], name="contact_unconfirmed"),
            models.Index(fields=["email"], name="contact_email"),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class CaseQuerySet(models.QuerySet["Case"]):
    """Reading rules. `public()` for everybody, `visible_to(user)` for staff; nothing else decides."""

    def public(self) -> CaseQuerySet:
        """Cases of which something is released and nothing hides them."""
        return self.filter(public_at__isnull=False, confidential=False)

    def visible_to(self, user: User | Any) -> CaseQuerySet:
        """Cases of the own municipality, or handed to an own unit (or a unit of the own municipality).

        Confidential ones only for the complaint management, the unit or person they were handed to.
        """
        see, trusted = reach(user, Permission.SEE), reach(user, Permission.CONFIDENTIAL)
        if not see:
            return self.none()
        handed = models.Q(unit_id__in=see.units) | models.Q(assignee_id=user.pk)
        of_house = models.Q(municipality_id__in=see.municipalities) | models.Q(
            unit_id__in=Unit.objects.filter(municipality_id__in=see.municipalities).values("pk")
        )
        of_trusted = models.Q(municipality_id__in=trusted.municipalities)
        return self.filter(handed | (of_house & models.Q(confidential=False)) | of_trusted)

    def active(self) -> CaseQuerySet:
        """Cases that still need something."""
        return self.filter(state__in=ACTIVE)

    def closed(self) -> CaseQuerySet:
        """Cases that are settled, rejected or withdrawn."""
        return self.filter(state__in=CLOSED)


class Case(models.Model):
    """One concern of a citizen, from the first second to the deletion."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="cases", db_index=False)
    kind = models.CharField(max_length=20)
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="cases")
    number = models.CharField(max_length=24, unique=True, null=True)
    secret = models.CharField(max_length=32, unique=True, default=new_secret)
    state = models.CharField(max_length=10, choices=STATES, default=State.NEW.value)
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="cases", db_index=False)
    assignee = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="assigned_cases")
    priority = models.SmallIntegerField(default=0)
    confidential = models.BooleanField(default=False)
    source = models.CharField(max_length=20, default="web")
    contact = models.OneToOneField(Contact, models.SET_NULL, null=True, blank=True, related_name="case")
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="own_cases")
    language = models.CharField(max_length=5, default="de")
    point = models.PointField(srid=4326, null=True, blank=True)
    grid = models.BigIntegerField(null=True, blank=True)
    district = models.ForeignKey(District, models.SET_NULL, null=True, blank=True)
    public_at = models.DateTimeField(null=True, blank=True)
    """Since when the public pages show it; null while nothing is released, or a stage hides it."""
    public_before = models.DateTimeField(null=True, blank=True)
    """What `public_at` was before a stage hid it; comes back with the next stage that does not hide."""
    client_key = models.UUIDField(null=True, blank=True)
    import_key = models.CharField(max_length=80, null=True, blank=True)
    former_number = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    state_since = models.DateTimeField()
    first_answer_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    """The day the municipality publicly expects to be done."""
    waiting_since = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    delete_after = models.DateField(null=True, blank=True)
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="duplicates")

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "client_key"], name="case_client_key"),
            models.UniqueConstraint(fields=["municipality", "import_key"], name="case_import_key"),
        ]
        indexes = [
            models.Index(fields=["municipality", "state", "-submitted_at"], name="case_state"),
            models.Index(fields=["municipality", "topic", "-submitted_at"], name="case_topic"),
            models.Index(fields=["unit", "state", "due_at"], name="case_unit"),
            models.Index(
                fields=["municipality", "grid"],
                name="case_public_grid",
                condition=models.Q(public_at__isnull=False),
            ),
            models.Index(
                fields=["municipality", "-submitted_at", "-id"],
                name="case_public_new",
                condition=models.Q(public_at__isnull=False),
            ),
            models.Index(fields=["former_number"], name="case_former", condition=~models.Q(former_number="")),
        ]

    def __str__(self) -> str:
        return self.number or f"case {self.pk}"

    @property
    def facts(self) -> Facts:
        """What the program knows of the case's state."""
        return FACTS[State(self.state)]

    @property
    def state_label(self) -> str:
        """The word shown for the state: the stage's label, else the state's own."""
        return localized(self.stage.label) if self.stage else str(self.get_state_display())


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
        indexes = [models.Index(fields=["case", "at", "id"], name="entry_timeline")]
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
    ready_at = models.DateTimeField(null=True, blank=True)
    """When the variants were made; before that only a placeholder is shown."""
    failed = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "client_key"], name="file_client_key")]

    def __str__(self) -> str:
        return f"file {self.pk}"


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

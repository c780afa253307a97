"""The case itself and who handed it in.

Everything that lists, maps and counts filter by stands on Case itself: three filters over a million rows take 0.3 ms
on one indexed table and 14 ms over a join.
"""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.absence import deputised
from accounts.models import Unit, User
from accounts.policy import Permission
from accounts.services import reach
from cases.models.catalogue import Stage, Topic
from cases.models.kept import KeptField
from cases.models.states import STATES, WAITS_FOR, new_secret
from cases.policy import ACTIVE, CLOCK_STOPPED, CLOSED, FACTS, Facts, Means, State
from geo.localized import localized
from geo.models import District, Municipality


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


ANSWERED, STILL_THERE, OUTSIDE_ANSWERED, HANDED_BACK = 1, 2, 4, 8
"""Bits of Case.unanswered: what nobody on staff has followed with anything yet."""
TEXT_WAITS, PHOTO_WAITS, STAFF_PHOTO_WAITS = 1, 2, 4
"""Bits of Case.unreleased: the reporter's text, a photo, a photo of staff is neither released nor kept back."""
_ACTIVE_VALUES = [State.NEW.value, State.OPEN.value, State.WAITING.value]
TO_REVIEW = (
    models.Q(state=State.NEW.value)
    | models.Q(unanswered__gt=0)
    | models.Q(unreleased__gte=STAFF_PHOTO_WAITS)
    | models.Q(unreleased__gt=0, state__in=_ACTIVE_VALUES)
)
"""Whatever may have to be reviewed: the condition of an index, few however many are settled."""
IN_WORK = models.Q(state__in=_ACTIVE_VALUES)
"""Whatever is not closed: the condition of indexes, few however many are settled."""


class CaseQuerySet(models.QuerySet["Case"]):
    """Reading rules. `public()` for everybody, `visible_to(user)` for staff; nothing else decides."""

    def public(self) -> CaseQuerySet:
        """Cases of which something is released and nothing hides them."""
        return self.filter(public_at__isnull=False, confidential=False)

    def real(self) -> CaseQuerySet:
        """Without what somebody practises on: for lists, numbers and whatever runs by itself."""
        return self.filter(practice_by=None)

    def visible_to(self, user: User | Any) -> CaseQuerySet:
        """Cases of the own municipality, or handed to an own unit (or a unit of the own municipality), or to somebody
        the person stands in for today. Of practice cases only the own ones.

        Confidential ones only for the complaint management, the unit or person they were handed to.
        """
        see, trusted = reach(user, Permission.SEE), reach(user, Permission.CONFIDENTIAL)
        if not see:
            return self.none()
        handed = models.Q(unit_id__in=see.units) | models.Q(assignee_id__in=deputised(user))
        of_house = models.Q(municipality_id__in=see.municipalities) | models.Q(
            unit_id__in=Unit.objects.filter(municipality_id__in=see.municipalities).values("pk")
        )
        of_trusted = models.Q(municipality_id__in=trusted.municipalities)
        mine = models.Q(practice_by=None) | models.Q(practice_by=user.pk)
        # What is true of most cases first: databases look at an "or" from left to right, row by row.
        return self.filter(mine, of_trusted | (of_house & models.Q(confidential=False)) | handed)

    def active(self) -> CaseQuerySet:
        """Cases that still need something."""
        return self.filter(state__in=ACTIVE)

    def closed(self) -> CaseQuerySet:
        """Cases that are settled, rejected or withdrawn."""
        return self.filter(state__in=CLOSED)


WORKLIST_INDEXES = [
    models.Index(fields=["municipality", "unit", "submitted_at"], name="case_to_review", condition=TO_REVIEW),
    models.Index(
        fields=["municipality", "-priority", "due_at", "submitted_at", "id"], name="case_urgent", condition=IN_WORK
    ),
    models.Index(fields=["municipality", "due_at", "submitted_at", "id"], name="case_due_open", condition=IN_WORK),
    models.Index(
        fields=["municipality", "waits_for", "state_since", "id"],
        name="case_waiting",
        condition=models.Q(state=State.WAITING.value),
    ),
    models.Index(fields=["municipality", "-submitted_at", "-id"], name="case_newest"),
    models.Index(fields=["municipality", "-changed_at", "-id"], name="case_changed"),
    models.Index(fields=["municipality", "due_at", "submitted_at", "id"], name="case_due"),
    models.Index(fields=["municipality", "-priority", "due_at", "submitted_at", "id"], name="case_priority"),
    models.Index(fields=["municipality", "-supported", "submitted_at", "id"], name="case_supported"),
    models.Index(fields=["district", "-submitted_at", "-id"], name="case_district_new"),
    models.Index(fields=["unit", "-submitted_at", "-id"], name="case_unit_new"),
    models.Index(fields=["assignee", "municipality"], name="case_assigned"),
    models.Index(fields=["unit", "municipality"], name="case_unit_place"),
    models.Index(fields=["municipality", "closed_at"], name="case_closed", condition=models.Q(closed_at__isnull=False)),
    models.Index(
        fields=["municipality", "first_answer_at"],
        name="case_answered",
        condition=models.Q(first_answer_at__isnull=False),
    ),
]
"""What the desk lists and counts by; docs/decisions tells why each is there."""


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
    erased_at = models.DateTimeField(null=True, blank=True)
    """Since when nothing is left of it but what can be counted; see cases.duties."""
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="duplicates")
    assigned_at = models.DateTimeField(null=True, blank=True)
    """Since when it lies with its unit."""
    accepted_at = models.DateTimeField(null=True, blank=True)
    """When that unit said that it is theirs."""
    waits_for = models.CharField(max_length=10, choices=WAITS_FOR, blank=True, default="", db_default="")
    """Whom a waiting case waits for; "" in all other states."""
    resubmit_on = models.DateField(null=True, blank=True)
    """Put aside until the morning of this day (Wiedervorlage)."""
    file_number = models.CharField(max_length=60, blank=True, default="", db_default="")
    """Its number in another system of the town hall."""
    file_url = models.URLField(max_length=500, blank=True, default="", db_default="")
    forwarded_to = models.CharField(max_length=120, blank=True, default="", db_default="")
    """Public name of the outside body that has it; see cases.forwarding."""
    part_of = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="parts")
    """The main case of an internal part, which is never public and writes to no citizen."""

    practice_by = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="practice_cases")
    """Who practises on it: it is never public, is in no list and no number, writes no mail, and goes with a reset."""
    unanswered = KeptField(default=0, db_default=0)
    """Kept from its entries: ANSWERED, STILL_THERE, OUTSIDE_ANSWERED, HANDED_BACK; 0 when staff did something since."""
    unreleased = KeptField(default=0, db_default=0)
    """Kept from report and photos: TEXT_WAITS, PHOTO_WAITS, STAFF_PHOTO_WAITS."""
    supported = KeptField(default=0, db_default=0)
    """Kept: how many people confirmed that they noticed it too."""

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
                fields=["municipality", "topic", "state", "grid"],
                name="case_public_pins",
                condition=models.Q(public_at__isnull=False, confidential=False, kind="report"),
            ),
            models.Index(
                fields=["municipality", "state", "grid"],
                name="case_public_state",
                condition=models.Q(public_at__isnull=False, confidential=False, kind="report"),
            ),
            models.Index(
                fields=["municipality", "-submitted_at", "-id"],
                name="case_public_new",
                condition=models.Q(public_at__isnull=False),
            ),
            models.Index(fields=["former_number"], name="case_former", condition=~models.Q(former_number="")),
            models.Index(
                fields=["municipality", "resubmit_on"],
                name="case_resubmission",
                condition=models.Q(resubmit_on__isnull=False),
            ),
            *WORKLIST_INDEXES,
        ]

    def __str__(self) -> str:
        return self.number or f"case {self.pk}"

    @property
    def facts(self) -> Facts:
        """What the program knows of the case's state."""
        return FACTS[State(self.state)]

    @property
    def state_label(self) -> str:
        """The word shown for the state: the stage's label, else the state's own; with the outside body that has it."""
        if self.stage is not None:
            return localized(self.label_of(self.stage))
        if self.forwarded_to and State(self.state) in CLOCK_STOPPED:
            return _("forwarded to %(name)s") % {"name": self.forwarded_to}
        return str(self.get_state_display())

    def label_of(self, stage: Stage) -> dict[str, str]:
        """A stage's label on this case, by language: what lies with an outside body says with which."""
        words: dict[str, str] = stage.label
        if stage.means != Means.FORWARDED.value or not self.forwarded_to:
            return words
        found = {}
        for language, label in words.items():
            with translation.override(language):
                found[language] = _("%(label)s to %(name)s") % {"label": label, "name": self.forwarded_to}
        return found

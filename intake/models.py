"""Mails that came in, and how fetching them goes. Each mail is a row first; what becomes of it follows."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from cases.models import Case, Draft
from geo.models import Municipality
from intake.policy import Outcome, Reason
from outbox.models import Leased, LeasedQuerySet

OUTCOMES = [
    (Outcome.DRAFT.value, _("Report begun")),
    (Outcome.ANSWER.value, _("Answer")),
    (Outcome.BOUNCE.value, _("Undeliverable")),
    (Outcome.REFUSED.value, pgettext_lazy("mail", "Not taken")),
]
REASONS = [
    (Reason.NEW.value, _("It became the draft of a report.")),
    (Reason.MARK.value, _("An answer to a mail of ours; it stands on the case.")),
    (Reason.THREAD.value, _("An answer from the reporter's address to a mail of ours; it stands on the case.")),
    (Reason.UNDELIVERABLE.value, _("A mail of ours did not arrive; it is noted where it was written.")),
    (Reason.REPORT.value, _("A delivery report that means nothing for us.")),
    (Reason.AUTOMATIC.value, _("A machine wrote it, such as a notice of absence. It is not answered.")),
    (Reason.LIST.value, _("Sent to many: a mailing list or a newsletter. It is not answered.")),
    (Reason.LOOP.value, _("Our own mail came back. It is not answered.")),
    (Reason.OFTEN.value, _("This sender wrote too many mails within an hour.")),
    (Reason.EMPTY.value, _("There are neither words nor a picture in it.")),
    (Reason.ENCRYPTED.value, _("It is encrypted or sealed and cannot be read here.")),
    (Reason.NO_SENDER.value, _("It names no sender.")),
    (Reason.TOO_LARGE.value, _("It is too large.")),
    (Reason.NESTED.value, _("It is built of too many parts.")),
    (Reason.CLOSED.value, _("An answer on a report that takes none any more.")),
]


class IncomingMailQuerySet(LeasedQuerySet["IncomingMail"]):
    """Reading rules of incoming mails."""

    def kept(self) -> IncomingMailQuerySet:
        """Mails that still hold sender and words."""
        return self.filter(blanked_at=None)

    def by(self, address: str) -> IncomingMailQuerySet:
        """What an address sent, in any case of letters."""
        return self.filter(sender=address.strip().lower())


class IncomingMail(Leased):
    """One mail, kept before anything is made of it. `outcome` is "" until then; parked: an error of ours."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="incoming_mails", db_index=False)
    message_id = models.CharField(max_length=330)
    """Its Message-ID; with a mark behind it when another mail came under the same one; "sha256:…" without one."""
    digest = models.CharField(max_length=64)
    """SHA-256 of sender, subject and body: the same mail on two ways is one."""
    received_at = models.DateTimeField()
    bytes = models.PositiveBigIntegerField()
    recipient = models.CharField(max_length=254, blank=True)
    """Where it was sent to, as the envelope says."""
    raw_key = models.CharField(max_length=32, blank=True)
    """Name of the mail in the storage (`incoming/<key>`), "" when it is deleted."""
    sender = models.CharField(max_length=254, blank=True)
    sender_name = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    """All its words, with quotations and signature."""
    attachments = models.JSONField(default=list, blank=True)
    """Names of what came with it and is no picture that was taken."""
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True)
    reason = models.CharField(max_length=20, choices=REASONS, blank=True)
    case = models.ForeignKey(Case, models.SET_NULL, null=True, blank=True, related_name="incoming_mails")
    draft = models.ForeignKey(Draft, models.SET_NULL, null=True, blank=True, related_name="incoming_mails")
    linked_at = models.DateTimeField(null=True, blank=True)
    """When the sender was written the link to the draft."""
    closed_at = models.DateTimeField(null=True, blank=True)
    """When nothing was left to do; by itself for answers and what machines wrote."""
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    blanked_at = models.DateTimeField(null=True, blank=True)
    """When sender and words were deleted."""

    objects = IncomingMailQuerySet.as_manager()  # type: ignore[misc]  # narrower than its base

    class Meta(Leased.Meta):
        constraints = [models.UniqueConstraint(fields=["municipality", "message_id"], name="incoming_once")]
        indexes = [
            *Leased.Meta.indexes,
            models.Index(fields=["municipality", "-received_at", "-id"], name="incoming_list"),
            models.Index(fields=["sender", "received_at"], condition=Q(blanked_at=None), name="incoming_sender"),
            models.Index(fields=["received_at"], condition=Q(blanked_at=None), name="incoming_kept"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"

    @property
    def path(self) -> str:
        """Where it lies in the storage as it came, "" when it is deleted."""
        return f"{FOLDER}/{self.raw_key}" if self.raw_key else ""


FOLDER = "incoming"


class Mailbox(models.Model):
    """How fetching the mailbox of a municipality goes."""

    municipality = models.OneToOneField(Municipality, models.CASCADE, related_name="mailbox")
    polled_at = models.DateTimeField(null=True, blank=True)
    """The last try."""
    worked_at = models.DateTimeField(null=True, blank=True)
    """The last one that worked."""
    failing_since = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    """Why the last try failed, without password and person."""

    class Meta:
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return f"mailbox of {self.municipality_id}"

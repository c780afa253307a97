"""Cases in other hands: forwarded to an outside body, merged into another case."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from cases.models.case import Case
from cases.models.states import new_secret


class Forward(models.Model):
    """A case in the hands of an outside body, which answers by the link in its mail and has no account."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="forwards")
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="forwards")
    """The outside body, where it is known as a unit."""
    name = models.CharField(_("Outside body"), max_length=120)
    email = models.EmailField(_("E-mail"))
    text = models.TextField(_("What they are asked for"), blank=True)
    with_contact = models.BooleanField(_("they may see who reported"), default=False)
    photos = models.JSONField(null=True, blank=True)
    """Ids of files that staff chose to show beside the released ones."""
    token = models.CharField(max_length=32, default=new_secret, unique=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    """When they last wrote or changed something."""
    reminded_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    """Settled, handed back or withdrawn: the link only tells that."""

    class Meta:
        indexes = [
            models.Index(fields=["sent_at"], name="forward_open", condition=models.Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"forward {self.pk}"


class Merge(models.Model):
    """That a case was found to be the same as another, and what moved there, so that it can be undone."""

    duplicate = models.ForeignKey(Case, models.CASCADE, related_name="merges")
    original = models.ForeignKey(Case, models.CASCADE, related_name="merged")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    before = models.JSONField(default=dict)
    """State, stage, clock and what else of the duplicate comes back with undoing; ids of what moved."""
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["duplicate"], name="merge_once", condition=models.Q(undone_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"merge {self.pk}"

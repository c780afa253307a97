"""What the desk keeps for itself: saved views of the work list, and deeds done to many cases at once."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.services import memberships
from cases.models import Case
from outbox.models import Leased


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Reading rules of saved views."""

    def of(self, user: User) -> SavedViewQuerySet:
        """Those of the person, and those shared with one of their units."""
        units = [one.unit_id for one in memberships(user) if one.unit_id is not None]
        towns = [one.municipality_id for one in memberships(user) if one.unit_id is None]
        shared = Q(unit_id__in=units) | Q(unit__municipality_id__in=towns)
        return self.filter(Q(owner=user) | shared).order_by("position", "name", "id")


class SavedView(models.Model):
    """A list with its filters under a name of its own."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="saved_views")
    """With whom it is shared; nobody: private."""
    name = models.CharField(_("Name"), max_length=60)
    query = models.CharField(max_length=1500)
    """The address bar of the work list, without the question mark."""
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "name", "id"]

    def __str__(self) -> str:
        return self.name


class Outcome(StrEnum):
    """What became of one case of a bulk."""

    DONE = "done"
    CHANGED = "changed"
    """Somebody changed the case after it was chosen: nothing was done."""
    REFUSED = "refused"


OUTCOMES = [
    (Outcome.DONE.value, _("done")),
    (Outcome.CHANGED.value, _("changed meanwhile")),
    (Outcome.REFUSED.value, _("not possible")),
]


class Bulk(models.Model):
    """One deed for many cases: chosen, filled in, looked at beforehand, then done in the background."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="bulks")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    """The client_key of each case is made of it, so that nothing is done twice."""
    deed = models.CharField(max_length=40)
    query = models.CharField(max_length=1500, blank=True)
    """The work list the cases were chosen in."""
    chosen = models.JSONField(default=list)
    """[case, version that was seen] of each."""
    data = models.JSONField(default=dict)
    """What was filled in."""
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    undoes = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, related_name="undone_by")

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="bulk_age")]

    def __str__(self) -> str:
        return f"bulk {self.pk}"


class BulkItem(Leased):
    """One case of a bulk that is under way."""

    bulk = models.ForeignKey(Bulk, models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    """The version that was seen when the case was chosen."""
    data = models.JSONField(default=dict)
    """What is filled in for this case alone."""
    before = models.JSONField(default=dict)
    """What the deed changed, as it was."""
    after = models.PositiveIntegerField(null=True, blank=True)
    """The version that the deed made."""
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta(Leased.Meta):
        constraints = [models.UniqueConstraint(fields=["bulk", "case"], name="bulk_case_once")]

    def __str__(self) -> str:
        return f"bulk {self.bulk_id}: case {self.case_id}"

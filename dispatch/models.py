"""A job: a case on the list of a team for a day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from cases.models import Case


class Job(models.Model):
    """A case has one job at most; planned anew, it moves. One that is not done on its day rolls over by itself:
    lists of today show it as long as the case needs something and lies with the team."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="job")
    team = models.ForeignKey(Unit, models.CASCADE, related_name="jobs", verbose_name=_("Team"))
    day = models.DateField(_("Day"))
    position = models.PositiveIntegerField(default=0)
    """Its place in the order of the day; equal ones by id."""
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["team", "day", "position"], name="job_of_team")]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"job {self.case_id} {self.day}"


class Presence(models.Model):
    """When the field view of a person last spoke to the server, and what it still had to send. Only the last time is
    kept: it says whether a list has arrived, not where somebody was when."""

    user = models.OneToOneField(User, models.CASCADE, related_name="presence")
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="presences")
    """The team whose list was open."""
    seen_at = models.DateTimeField()
    waiting = models.PositiveIntegerField(default=0)
    """Entries that the phone has not sent yet."""
    needs_you = models.PositiveIntegerField(default=0)
    """Entries that wait for a decision on the phone."""

    def __str__(self) -> str:
        return f"presence {self.user_id}"

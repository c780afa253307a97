"""What the platform notes about itself: signs of life of its processes, and troubles an operator was told of."""

from __future__ import annotations

from django.db import models


class Beat(models.Model):
    """The last sign of life of a kind of process, whichever machine it runs on."""

    process = models.CharField(max_length=20, unique=True)
    """See watch.policy.Process."""
    at = models.DateTimeField()
    machine = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.process} at {self.at:%Y-%m-%d %H:%M:%S}"


class Trouble(models.Model):
    """One thing that is or was wrong, so that an operator is told of it once, and once that it is over.

    A row stays for a month after it is over: its `told_at` is what keeps a trouble that comes and goes from mailing
    each time.
    """

    key = models.CharField(max_length=60, unique=True)
    level = models.CharField(max_length=10)
    title = models.CharField(max_length=120)
    text = models.TextField()
    """As it was found last, without personal data."""
    since = models.DateTimeField()
    over_at = models.DateTimeField(null=True, blank=True)
    """When it was first not found any more; None while it lasts."""
    told_at = models.DateTimeField(null=True, blank=True)
    told_level = models.CharField(max_length=10, blank=True, default="")
    mended_told_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    """When somebody last began to tell of it: others wait for a while."""

    def __str__(self) -> str:
        return f"{self.key} since {self.since:%Y-%m-%d %H:%M}"


class Departure(models.Model):
    """A municipality leaves the platform. The row stays when all of it is gone: what it was called, when, who."""

    slug = models.SlugField(max_length=50)
    name = models.CharField(max_length=160)
    ags = models.CharField(max_length=8, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    """Not deleted before."""
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=120, blank=True, default="")
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.CharField(max_length=120, blank=True, default="")
    rows = models.PositiveBigIntegerField(default=0)
    files = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                condition=models.Q(cancelled_at=None, deleted_at=None),
                name="departure_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.asked_at:%Y-%m-%d}"

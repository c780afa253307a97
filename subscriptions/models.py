"""Who wants to hear of what, what was found for them, and the mails it leads to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, new_secret
from geo.models import Municipality
from outbox.models import Leased
from subscriptions.policy import Rhythm

RHYTHMS = [
    (Rhythm.ONCE.value, _("at once")),
    (Rhythm.DAILY.value, _("once a day, in the evening")),
    (Rhythm.WEEKLY.value, _("once a week, on Mondays")),
]


class Subscriber(models.Model):
    """An e-mail address in a municipality. It goes with its last subscription."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="subscribers")
    email = models.EmailField()
    language = models.CharField(max_length=5, default="de")
    token = models.CharField(max_length=32, default=new_secret, unique=True)
    """Opens the page that manages the subscriptions; only ever sent to a confirmed address."""
    bounced_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "email"], name="subscriber_once")]

    def __str__(self) -> str:
        return f"subscriber {self.pk}"


class Subscription(models.Model):
    """One selection of reports that somebody wants to hear of. Each is confirmed by itself."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    rhythm = models.CharField(max_length=10, choices=RHYTHMS, default=Rhythm.DAILY.value)
    wanted = models.JSONField(default=dict)
    """What is asked for; see subscriptions.wanted.Wanted."""
    digest = models.CharField(max_length=64)
    """Of `wanted`: the same selection stands once."""
    dimensions = models.PositiveSmallIntegerField()
    """In how many respects a report has to fit; see Criterion."""
    rough = models.BooleanField(default=False)
    """The criteria find a little too much (words, a circle): a find is checked against `wanted`."""
    west = models.FloatField(null=True, blank=True)
    south = models.FloatField(null=True, blank=True)
    east = models.FloatField(null=True, blank=True)
    north = models.FloatField(null=True, blank=True)
    """The box around the place in WGS84 degrees; null without a place."""
    token = models.CharField(max_length=32, default=new_secret, unique=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "digest"], name="subscription_once")]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(confirmed_at=None), name="subscription_pending"),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk}"


class Criterion(models.Model):
    """One key that a report must have in one respect: a category, a district, a cell of the map, letters of a word.

    A report fits a subscription when it has a key of each of its respects. So one question to one index finds the
    subscriptions of a new report, however many there are.
    """

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="criteria")
    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="+", db_index=False)
    dimension = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=110)

    class Meta:
        verbose_name_plural = "criteria"
        indexes = [
            models.Index(fields=["municipality", "key", "subscription", "dimension"], name="criterion_key"),
        ]

    def __str__(self) -> str:
        return self.key


class Mailing(Leased):
    """One mail to one subscriber that is to be put together, done under a lease and once."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="mailings")
    rhythm = models.CharField(max_length=10, choices=RHYTHMS)
    key = models.CharField(max_length=40)
    """What tells it from the subscriber's others: the report, or the day."""
    reports = models.PositiveIntegerField(default=0)
    """How many it told of."""
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(Leased.Meta):
        constraints = [models.UniqueConstraint(fields=["subscriber", "rhythm", "key"], name="mailing_once")]

    def __str__(self) -> str:
        return f"{self.rhythm} mailing {self.key}"


class Hit(models.Model):
    """A report that became public and fits a subscription. Told once."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="hits")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    mailing = models.ForeignKey(Mailing, models.SET_NULL, null=True, blank=True, related_name="hits")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "case"], name="hit_once")]
        indexes = [models.Index(fields=["at"], condition=Q(told_at=None), name="hit_untold")]

    def __str__(self) -> str:
        return f"hit {self.pk}"

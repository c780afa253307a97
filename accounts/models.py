"""People: users, the units of a town hall, and who has which role where."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import policy
from geo.fields import SealedTextField
from geo.models import Municipality

ROLES = [
    (policy.Role.ADMIN.value, _("Administrator")),
    (policy.Role.MANAGER.value, _("Complaint management")),
    (policy.Role.CLERK.value, _("Clerk")),
    (policy.Role.FIELD.value, _("Field worker")),
    (policy.Role.EDITOR.value, _("Editor")),
    (policy.Role.COUNTY.value, _("County administrator")),
]
RHYTHMS = [
    (policy.MailRhythm.AT_ONCE.value, _("at once")),
    (policy.MailRhythm.DIGEST.value, _("once in the morning, all together")),
    (policy.MailRhythm.NONE.value, _("no mail")),
]


class UserManager(BaseUserManager["User"]):
    """Users are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person without any role; the address is stored in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """The operator of the platform (`manage.py createsuperuser`)."""
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can log in."""

    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(_("Name"), max_length=120)
    language = models.CharField(max_length=5, default="de")
    is_active = models.BooleanField(default=True)
    sessions_ended_at = models.DateTimeField(null=True, blank=True)
    """Whoever logged in before is logged out: a part of what sessions are checked against."""
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """As Django has it, ending all sessions by `sessions_ended_at` too; without one nothing changes."""
        usual: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        if self.sessions_ended_at is None:
            return usual
        ended = f"{usual}{self.sessions_ended_at.timestamp():.6f}"
        return salted_hmac("accounts.sessions", ended, secret=secret, algorithm="sha256").hexdigest()

    @property
    def has_mailbox(self) -> bool:
        """Whether mails reach this person. The account of a crew phone has none, and no password."""
        return not self.email.endswith(f"@{policy.NO_MAILBOX}")

    def get_full_name(self) -> str:
        """Name as shown to colleagues."""
        return self.name


class Unit(models.Model):
    """A Fachamt, a building yard, or an outside body that settles cases."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="units")
    name = models.CharField(_("Name"), max_length=120)
    slug = models.SlugField(max_length=60)
    email = models.EmailField(_("E-mail"), blank=True)
    on_call_email = models.EmailField(_("E-mail of the on-call service"), blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    on_call_phone = models.CharField(_("Phone of the on-call service"), max_length=40, blank=True)
    external = models.BooleanField(_("outside body"), default=False)
    public_name = models.CharField(_("Name on public pages"), max_length=120, blank=True)
    active = models.BooleanField(default=True)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="teams", verbose_name=_("Team of")
    )
    """The unit this one is a team of; a team has no teams of its own."""
    mail_rhythm = models.CharField(
        _("Mail about new cases"), max_length=10, choices=RHYTHMS, default="at_once", db_default="at_once"
    )
    hours = models.JSONField(_("Office hours"), default=dict, db_default={}, blank=True)
    """{weekday: [["08:00", "12:30"], …]}, weekdays "0" (Monday) to "6"; see `accounts.hours`. {} for none."""
    digest_at = models.DateTimeField(null=True, blank=True)
    """Up to when the morning mails have told of cases; null before the first one."""
    depot_lon = models.FloatField(_("Depot, longitude"), null=True, blank=True)
    depot_lat = models.FloatField(_("Depot, latitude"), null=True, blank=True)
    """WGS 84, degrees: where its tours begin and end. Both or neither; a team without one starts at its unit's."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "slug"], name="unit_slug")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_name(self) -> str:
        """Name for citizens."""
        return self.public_name or self.name

    @property
    def depot(self) -> tuple[float, float] | None:
        """(longitude, latitude) of where its tours begin and end; a team without a depot starts at its unit's."""
        if self.depot_lon is not None and self.depot_lat is not None:
            return (self.depot_lon, self.depot_lat)
        return self.parent.depot if self.parent is not None else None

    @property
    def mailbox(self) -> str:
        """Where its mails go: a team without an address of its own reads its unit's."""
        return self.email or (self.parent.email if self.parent is not None else "")


class Membership(models.Model):
    """A role of a person in a municipality, or in one unit of it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=20, choices=ROLES)
    directory_at = models.DateTimeField(null=True, blank=True)
    """When the municipality's directory last said so; null: given by hand, and no directory takes it away."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "municipality", "role"],
                condition=models.Q(unit__isnull=True),
                name="membership_once",
            ),
            models.UniqueConstraint(
                fields=["user", "unit", "role"],
                condition=models.Q(unit__isnull=False),
                name="membership_once_in_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.unit or self.municipality}"


class SetUpStep(models.Model):
    """A step of setting a municipality up that somebody has gone through; its settings may be changed later."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="setup_steps")
    step = models.CharField(max_length=20)
    done_at = models.DateTimeField()
    done_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "step"], name="setup_step_once")]
        ordering = ["municipality", "pk"]

    def __str__(self) -> str:
        return f"{self.step}, {self.municipality}"


class Absence(models.Model):
    """Days on which somebody is away, and who stands in for them. Both days belong to it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    deputy = models.ForeignKey(User, models.CASCADE, related_name="stands_in")
    from_on = models.DateField(_("First day"))
    until_on = models.DateField(_("Last day"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(until_on__gte=models.F("from_on")), name="absence_days"),
            models.CheckConstraint(condition=~models.Q(user=models.F("deputy")), name="absence_deputy"),
        ]
        indexes = [models.Index(fields=["deputy", "until_on"], name="absence_of_deputy")]
        ordering = ["from_on", "pk"]

    def __str__(self) -> str:
        return f"absence {self.pk}"


class Phone(models.Model):
    """A crew's phone: an account without mailbox and password, opened by this phone and a PIN.

    Enrolled by a code that works once; of code, phone and PIN only hashes are kept. Verbs: `accounts.phones`.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="phone")
    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="phones")
    code = models.CharField(max_length=64, null=True, blank=True, unique=True)
    """SHA-256 of the code that enrols it; null once it was used."""
    code_until = models.DateTimeField(null=True, blank=True)
    secret = models.CharField(max_length=64, null=True, blank=True, unique=True)
    """SHA-256 of what the phone itself keeps; null as long as none is enrolled."""
    pin = models.CharField(max_length=200, blank=True)
    """As `make_password` has it."""
    wrong = models.PositiveSmallIntegerField(default=0, db_default=0)
    """PINs that were wrong, since the last right one."""
    enrolled_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    """When it was last opened by its PIN."""
    revoked_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"phone {self.pk}"


class ApiKey(models.Model):
    """A program's key to the interfaces of one municipality (or of one unit of it), of which only a hash is kept.

    Verbs: `accounts.keys`.
    """

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="api_keys")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="api_keys")
    """Null: the whole municipality."""
    user = models.OneToOneField(User, models.CASCADE, null=True, blank=True, related_name="api_key")
    """The account that does what scopes of staff allow; without mailbox and password. Null for the other scopes."""
    name = models.CharField(max_length=120)
    begin = models.CharField(max_length=12)
    """How the key begins, so that people recognise it."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the key."""
    scopes = models.JSONField(default=list)
    """Values of policy.Scope."""
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    """When it was last used, to the minute."""
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class RuleChange(models.Model):
    """One change of a rule: who, when, what, and the values before and after. Written by `accounts.rulelog.note`,
    never changed."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="rule_changes")
    actor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    """None: a command of the platform, or somebody whose account is gone."""
    at = models.DateTimeField()
    subject = models.CharField(max_length=40)
    label = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    """{field: value} of what differs."""

    class Meta:
        indexes = [models.Index(fields=["municipality", "-at"], name="rule_change_latest")]
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject} {self.pk}"


def _key() -> str:
    return secrets.token_hex(8)


class Directory(models.Model):
    """A municipality's own directory of its people, by which they log in (OpenID Connect)."""

    municipality = models.OneToOneField(Municipality, models.CASCADE, related_name="directory")
    key = models.CharField(max_length=24, unique=True, default=_key)
    """Under this name accounts are linked; a new one with another issuer, whose numbers of people mean others."""
    active = models.BooleanField(_("Staff log in with it"), default=False)
    issuer = models.CharField(_("Address of the directory (issuer)"), max_length=300)
    client_id = models.CharField(_("Client ID"), max_length=200)
    client_secret = SealedTextField(_("Client secret"), max_length=600, blank=True)
    groups_claim = models.CharField(_("Name of the claim with the groups"), max_length=100, default="groups")
    strong_acr = models.CharField(_("Levels (acr) that mean a second factor"), max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "directories"

    def __str__(self) -> str:
        return f"{self.municipality}, {self.issuer}"


class DirectoryGroup(models.Model):
    """Which role a group of the directory gives."""

    directory = models.ForeignKey(Directory, models.CASCADE, related_name="groups")
    group = models.CharField(_("Group"), max_length=250)
    role = models.CharField(max_length=20, choices=ROLES)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.group} {self.role}"

"""Municipalities and what lies in them: districts, streets, addresses.

Geometry is WGS84 (EPSG:4326), nullable, and every table that holds one has an integer `id`: SpatiaLite's
spatial index is keyed by the rowid.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from geo.colour import lightened, validate_accent
from geo.fields import SealedURLField
from geo.localized import localized
from geo.policy import IDEA_DAYS, KIND_ADDRESS, KINDS, PATIENCE, STATES
from geo.spatial import at_point
from geo.validators import RELAY_LENGTH
from geo.validators import default_working_days as default_working_days
from geo.validators import validate_closed_days as validate_closed_days
from geo.validators import validate_mailbox as validate_mailbox
from geo.validators import validate_origins as validate_origins
from geo.validators import validate_patience as validate_patience
from geo.validators import validate_relay as validate_relay
from geo.validators import validate_texts as validate_texts
from geo.validators import validate_working_days as validate_working_days
from net.sealed import unseal_password


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    """Reading rules of municipalities."""

    def active(self) -> MunicipalityQuerySet:
        """Those that take part."""
        return self.filter(active=True)

    def covering(self, point: Point) -> models.QuerySet[Municipality]:
        """Active ones whose boundary covers `point` (WGS84), counties as well as their children."""
        return at_point(self.active(), "boundary", point)

    def owning(self, point: Point | None) -> Municipality | None:
        """The deepest municipality whose boundary covers `point`; a county owns what no child owns.

        On a shared border the one with the lower id owns it, so that the answer is always the same.
        """
        if point is None:
            return None
        found = {one.id: one for one in self.covering(point).defer("boundary").order_by()}
        for one in found.values():
            if one.parent_id in found:  # a county covers what its child covers: no further query for the chain
                one.parent = found[one.parent_id]
        parents = {one.parent_id for one in found.values()}
        return min((one for one in found.values() if one.id not in parents), key=lambda one: one.id, default=None)

    def default(self) -> Municipality | None:
        """The default municipality, else the oldest one; None in an empty database."""
        return self.active().order_by("-is_default", "id").first()

    def of_host(self, host: str) -> Municipality | None:
        """The municipality of a host name (any case, port ignored), also a closed one; else the default one."""
        name = (host.rsplit(":", 1)[0] if not host.endswith("]") else host).lower().rstrip(".")
        exact = models.Case(models.When(host=name, then=0), default=1)
        return self.filter(models.Q(active=True) | models.Q(host=name)).order_by(exact, "-is_default", "id").first()


class Municipality(models.Model):
    """A town, municipality or county with its own site; what it leaves empty its parent fills in."""

    slug = models.SlugField(_("short name"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100)
    designation = models.CharField(_("designation"), max_length=50, default="Gemeinde")
    ags = models.CharField(
        _("official key (AGS)"),
        max_length=8,
        blank=True,
        db_index=True,
        validators=[RegexValidator(r"^(\d{5}|\d{8})$", _("An official key has 5 or 8 digits."))],
    )
    state_key = models.CharField(
        _("state"), max_length=2, choices=[(key, name) for key, (_code, name) in STATES.items()]
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("county")
    )
    host = models.CharField(
        _("host name"),
        max_length=253,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", _("Write the host name in lower case."))],
    )
    is_default = models.BooleanField(_("answers unknown hosts"), default=False)
    boundary = models.MultiPolygonField(_("boundary"), srid=4326, null=True, blank=True)
    prefix = models.CharField(
        _("prefix of numbers"),
        max_length=6,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{2,6}$", _("Two to six capital letters."))],
    )
    sender_name = models.CharField(_("sender"), max_length=100, blank=True)
    sender_address = models.EmailField(_("sender address"), blank=True)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    smtp_relay = SealedURLField(_("own mail relay"), max_length=RELAY_LENGTH, blank=True, validators=[validate_relay])
    intake_address = models.EmailField(_("address for reports by mail"), blank=True, default="", db_default="")
    """Mails to it become drafts, or answers by a mark after its "+"; see package intake."""
    intake_imap = SealedURLField(
        _("mailbox that is fetched"),
        max_length=RELAY_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[validate_mailbox],
    )
    accent = models.CharField(_("accent colour"), max_length=7, default="#1d4f91", validators=[validate_accent])
    coat_of_arms = models.CharField(
        _("coat of arms"), max_length=200, blank=True, help_text=_("Path below the static files.")
    )
    phone_on_call = models.CharField(_("on-call number"), max_length=50, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=50, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    texts = models.JSONField(_("texts"), default=dict, blank=True, validators=[validate_texts])
    allow_anonymous = models.BooleanField(_("reports without e-mail"), default=True)
    first_answer_days = models.PositiveSmallIntegerField(_("first answer within working days"), default=3)
    working_days = models.JSONField(_("working days"), default=default_working_days, validators=[validate_working_days])
    closed_days = models.JSONField(
        _("further closed days"), default=list, blank=True, validators=[validate_closed_days]
    )
    embed_origins = models.JSONField(
        _("sites that may embed the widget"), default=list, db_default=[], blank=True, validators=[validate_origins]
    )
    patience = models.JSONField(
        _("working days until a reminder"), default=dict, db_default={}, blank=True, validators=[validate_patience]
    )
    """{subject: [days until the reminder, days until the escalation]}; 0: never. What is missing, the county says,
    else geo.policy.PATIENCE. Read it by `waits`."""
    proof_of_work = models.BooleanField(_("proof of work at all times"), default=False, db_default=False)
    """Without it only under attack; see geo.proof.policy."""
    keys_only = models.BooleanField(_("programs need a key to hand in reports"), default=False, db_default=False)
    """Holds for Open311; see accounts.keys."""
    original_days = models.PositiveSmallIntegerField(_("originals of photos are kept for days"), null=True, blank=True)
    contact_days = models.PositiveSmallIntegerField(_("contact data are kept for days"), null=True, blank=True)
    photo_days = models.PositiveSmallIntegerField(_("photos are kept for days"), null=True, blank=True)
    case_days = models.PositiveSmallIntegerField(_("words and place are kept for days"), null=True, blank=True)
    """All four counted from closing; null: as the county has it, else cases.policy.KEEP_DAYS and ORIGINAL_DAYS."""
    idea_goal = models.PositiveIntegerField(_("supporters an idea needs"), null=True, blank=True)
    idea_days = models.PositiveSmallIntegerField(_("days an idea has to find them"), null=True, blank=True)
    """Both null: as the county has it, else ideas need no supporters."""
    #: Another number whenever names of its gazetteer change (see geo.names); never shown.
    names_stamp = models.BigIntegerField(null=True, blank=True, editable=False)

    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="geo_one_default_municipality",
                violation_error_message=_("There is another default municipality."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a circle of parents."""
        if self.pk is not None and self.parent is not None and self.pk in self.parent.chain_ids():
            raise ValidationError({"parent": _("A municipality cannot lie within itself.")})

    @property
    def title(self) -> str:
        """Designation and name as people say them: “Stadt Harsewinkel”, “Landkreis Heidekreis”, “Heek”."""
        if not self.designation or self.name.startswith(self.designation):
            return self.name
        if self.designation == "Landkreis" and self.name.lower().endswith("kreis"):
            return f"Landkreis {self.name}"
        return f"{self.designation} {self.name}"

    @property
    def subdivision(self) -> str:
        """The state as `holidays` names it, "NW"."""
        return STATES[self.state_key][0]

    @property
    def accent_on_dark(self) -> str:
        """The accent colour, light enough to be read on the dark scheme."""
        return lightened(self.accent)

    def relay_url(self) -> str:
        """Its own relay with the password in clear, else its county's, else "". Raises net.sealed.Unreadable."""
        return next((unseal_password(one.smtp_relay) for one in self.chain() if one.smtp_relay), "")

    def idea_terms(self) -> tuple[int, int] | None:
        """(supporters an idea needs, days it has to find them) of the nearest that sets them; None: none needed."""
        for one in self.chain():
            if one.idea_goal:
                return one.idea_goal, one.idea_days or IDEA_DAYS
        return None

    def intake(self) -> str:
        """Its own address for reports by mail, else its county's, else ""."""
        return next((one.intake_address for one in self.chain() if one.intake_address), "")

    def chain(self) -> list[Municipality]:
        """Itself and its parents, nearest first: the order in which rows are inherited."""
        found: list[Municipality] = []
        one: Municipality | None = self
        while one is not None and all(one.pk != other.pk or other.pk is None for other in found):
            found.append(one)
            one = one.parent
        return found

    def chain_ids(self) -> list[int]:
        """The ids of `chain()`."""
        return [one.id for one in self.chain()]

    def family_ids(self) -> list[int]:
        """Its own id and those of all below it: what a county's pages show."""
        found = [self.id]
        level = [self.id]
        while level:
            below = Municipality.objects.filter(parent_id__in=level).exclude(id__in=found)
            level = list(below.order_by("id").values_list("id", flat=True))
            found += level
        return found

    def text(self, key: str, language: str | None = None) -> str:
        """Its own text `key`, else the parent's, else ""."""
        for one in self.chain():
            found = localized(one.texts.get(key), language)
            if found:
                return found
        return ""

    def texts_for(self, language: str | None = None) -> dict[str, str]:
        """All texts of itself and its parents in one language, nearest wins."""
        found: dict[str, str] = {}
        for one in reversed(self.chain()):
            for key, value in one.texts.items():
                text = localized(value, language)
                if text:
                    found[key] = text
        return found

    def waits(self, subject: str) -> tuple[int, int]:
        """Working days until somebody is reminded of a subject of PATIENCE, and until it is escalated; 0: never."""
        found = next((one.patience[subject] for one in self.chain() if subject in one.patience), PATIENCE[subject])
        return found[0], found[1]

    def base_url(self) -> str:
        """Scheme, host and (unless it is the scheme's own) port, without a slash at the end."""
        scheme = str(settings.PUBLIC_SCHEME)
        port = str(settings.PUBLIC_PORT or "")
        usual = {"http": "80", "https": "443"}.get(scheme, "")
        return f"{scheme}://{self.host}" + (f":{port}" if port and port != usual else "")


class District(models.Model):
    """A part of a municipality (Ortsteil) with or without a boundary."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="districts")
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("short name"), max_length=100)
    boundary = models.MultiPolygonField(_("boundary"), srid=4326, null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "slug"], name="geo_district_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Street(models.Model):
    """A street of the gazetteer; `demo` marks invented ones."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="streets")
    name = models.CharField(_("name"), max_length=150)
    folded = models.CharField(max_length=200, db_index=True, editable=False)
    place = models.CharField(
        _("place"), max_length=100, blank=True, help_text=_("Only where a name exists several times.")
    )
    line = models.MultiLineStringField(_("course"), srid=4326, null=True, blank=True)
    demo = models.BooleanField(_("demo data"), default=False)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("street")
        verbose_name_plural = _("streets")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "folded", "place"], name="geo_street_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """One entry of the gazetteer: a house, a street as a whole, a point of interest or a district.

    Searched by `folded` (see `geo.folding.fold`), found backwards by `point`.
    """

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="addresses")
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS, default=KIND_ADDRESS)
    street = models.ForeignKey(Street, models.CASCADE, null=True, blank=True, related_name="addresses")
    house_number = models.CharField(_("house number"), max_length=20, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    place = models.CharField(_("place"), max_length=100, blank=True)
    district = models.ForeignKey(District, models.SET_NULL, null=True, blank=True, related_name="addresses")
    label = models.CharField(_("name"), max_length=250)
    folded = models.CharField(max_length=300, db_index=True, editable=False)
    point = models.PointField(_("place on the map"), srid=4326, null=True, blank=True)
    source = models.CharField(_("source"), max_length=50, blank=True)
    external_id = models.CharField(_("id in the source"), max_length=100, blank=True)
    demo = models.BooleanField(_("demo data"), default=False)

    class Meta:
        ordering = ["label", "id"]
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        indexes = [models.Index(fields=["municipality", "kind", "folded"], name="geo_address_search")]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "source", "external_id"],
                condition=~models.Q(external_id=""),
                name="geo_address_once",
            )
        ]

    def __str__(self) -> str:
        return self.label

"""Forms of the set-up. They read what was typed; the verbs check and set it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import hours
from accounts.models import ROLES, Unit
from accounts.policy import WHOLE_MUNICIPALITY, Role
from accounts.units import FIELDS, indented
from geo.localized import localized
from geo.models import Municipality
from geo.search import search
from geo.settling import MAIL_FIELDS, NAME_FIELDS, Relay, relay_of
from moderation.setup.seen import Seen
from reports.settling import Group

if TYPE_CHECKING:
    _TownForm = forms.ModelForm[Municipality]
    _UnitForm = forms.ModelForm[Unit]
else:
    _TownForm = _UnitForm = forms.ModelForm


def tell(form: forms.BaseForm, error: ValidationError) -> None:
    """Put what a verb refused to the fields of the form, everything else above it."""
    messages = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, texts in messages.items():
        form.add_error(name if name in form.fields else None, list(texts))


class NameForm(Seen, _TownForm):
    """What the municipality is called and how it is reached."""

    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")

    class Meta:
        model = Municipality
        fields = NAME_FIELDS
        labels = {
            "contact_phone": gettext_lazy("Phone for citizens"),
            "contact_email": gettext_lazy("E-mail for citizens"),
            "phone_on_call": gettext_lazy("On-call service outside of office hours"),
            "first_answer_days": gettext_lazy("First answer within so many working days"),
            "allow_anonymous": gettext_lazy("Citizens may report without an e-mail address"),
            "proof_of_work": gettext_lazy("Ask browsers for a proof of work at all times"),
        }
        help_texts = {
            "designation": gettext_lazy("Such as Stadt, Gemeinde, Flecken or Landkreis; stands before the name."),
            "contact_email": gettext_lazy("Stands on every page."),
            "first_answer_days": gettext_lazy("The receipt names the day."),
            "allow_anonymous": gettext_lazy("Recommended: many report only then. They follow by number and link."),
            "proof_of_work": gettext_lazy(
                "Against mass mailings by programs: the browser computes for a second, nobody has to read letters. "
                "Under attack it is asked for by itself, so you hardly need this."
            ),
        }

    def _post_clean(self) -> None:
        """The verb checks the model, not the form."""


class LookForm(Seen, forms.Form):
    """Accent colour and coat of arms."""

    accent = forms.CharField(
        label=gettext_lazy("Accent colour"),
        max_length=7,
        help_text=gettext_lazy(
            "A stripe and the current menu entry wear it. Never red, amber or green: they mean states."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "pattern": "#[0-9a-fA-F]{6}"}),
    )
    arms = forms.FileField(
        label=gettext_lazy("Coat of arms"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or WebP, best with a transparent ground and at least 108 pixels high."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    remove = forms.BooleanField(label=gettext_lazy("Show no coat of arms"), required=False)

    def clean_accent(self) -> str:
        """As the model writes it."""
        typed = str(self.cleaned_data["accent"]).strip().lower()
        return typed if typed.startswith("#") else f"#{typed}"


class MailForm(Seen, _TownForm):
    """Sender, where answers go, and the relay in parts."""

    RELAYS = (
        ("", gettext_lazy("The platform's relay (recommended)")),
        ("smtp+tls", gettext_lazy("Own relay with STARTTLS (mostly port 587)")),
        ("smtps", gettext_lazy("Own relay with TLS (mostly port 465)")),
        ("smtp", gettext_lazy("Own relay without encryption (only inside the house)")),
    )
    scheme = forms.ChoiceField(
        label=gettext_lazy("Which way do mails go out?"), choices=RELAYS, required=False, widget=forms.RadioSelect
    )
    host = forms.CharField(label=gettext_lazy("Machine"), required=False, max_length=200)
    port = forms.IntegerField(label=gettext_lazy("Port"), required=False, min_value=1, max_value=65535, localize=False)
    user = forms.CharField(label=gettext_lazy("User"), required=False, max_length=100)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=100,
        strip=False,
        help_text=gettext_lazy("Stays as it is when you leave this empty. It is kept encrypted and never shown."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Municipality
        fields = MAIL_FIELDS
        labels = {"sender_name": gettext_lazy("Name of the sender"), "reply_to": gettext_lazy("Answers go to")}
        help_texts = {
            "sender_address": gettext_lazy("Your mail server must allow the platform to send with it (SPF, DKIM)."),
            "reply_to": gettext_lazy("A mailbox somebody reads. Empty: the sender's address."),
        }

    def __init__(self, data: Any = None, *, instance: Municipality) -> None:
        relay = relay_of(instance)
        begin = {"scheme": relay.scheme, "host": relay.host, "port": relay.port, "user": relay.user}
        super().__init__(data, instance=instance, initial=begin, label_suffix="")

    def _post_clean(self) -> None:
        """The verb checks the model, not the form."""

    @property
    def relay(self) -> Relay:
        """What was typed of the relay."""
        typed = self.cleaned_data
        return Relay(typed["scheme"], typed["host"], typed["port"], typed["user"], typed["password"])


DEPOT: Final = ("depot_lon", "depot_lat")
NEAR: Final = 0.3
"""Degrees around the box of a municipality in which its yards lie: about 20 to 30 km."""


class UnitForm(Seen, _UnitForm):
    """An office, the yard, a company."""

    class Meta:
        model = Unit
        fields = [name for name in FIELDS if name not in {"hours", *DEPOT}]
        widgets: ClassVar[dict[str, Any]] = {"mail_rhythm": forms.RadioSelect}
        help_texts = {
            "parent": gettext_lazy("A team settles what its unit gives it; who works for the unit sees it too."),
            "mail_rhythm": gettext_lazy("The mail leads to a page on which everything can be done by phone."),
            "name": gettext_lazy("As colleagues say it."),
            "public_name": gettext_lazy("As it stands in a sentence, with its article: “der Bauhof”."),
            "email": gettext_lazy("Is told when somebody hands a case to it."),
            "on_call_email": gettext_lazy("Is told at once of reports that name a danger."),
            "external": gettext_lazy("Such as the state's road authority or a company."),
        }

    def __init__(self, *args: Any, town: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        assert isinstance(parent, forms.ModelChoiceField)
        units = Unit.objects.filter(municipality=town, parent=None, active=True)
        parent.queryset = units.exclude(pk=self.instance.pk).order_by("name")
        parent.empty_label = _("none: it is a unit of its own")
        if not parent.queryset.exists():
            del self.fields["parent"]
        self.fields["mail_rhythm"].required = False
        self.town = town
        own = [getattr(self.instance, name) for name in reversed(DEPOT)]
        self.fields["depot"] = forms.CharField(
            label=_("Where do its tours begin and end?"),
            required=False,
            max_length=120,
            initial="{:.5f}, {:.5f}".format(*own) if None not in own else "",
            help_text=_("Address of the yard, or latitude and longitude. Empty: at the first job."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        for day, word in enumerate(hours.DAYS):
            self.fields[f"hours-{day}"] = forms.CharField(
                label=word,
                required=False,
                max_length=80,
                initial=hours.written(self.instance.hours.get(str(day), [])),
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def days(self) -> list[forms.BoundField]:
        """The fields of the office hours, Monday to Sunday."""
        return [self[f"hours-{day}"] for day in range(7)]

    def clean(self) -> dict[str, Any]:
        """Office hours as times."""
        data: dict[str, Any] = super().clean() or {}
        data["hours"] = {}
        for day in range(7):
            try:
                times = hours.read(data.pop(f"hours-{day}", "") or "")
            except ValidationError as error:
                self.add_error(f"hours-{day}", error)
            else:
                data["hours"] |= {str(day): times} if times else {}
        return data

    def clean_depot(self) -> tuple[float, float] | None:
        """(longitude, latitude) in degrees, of an address of this municipality or as typed."""
        typed: str = self.cleaned_data["depot"].strip()
        if not typed:
            return None
        if found := re.fullmatch(r"(-?\d{1,2}[.,]\d+)\s*[,; ]\s*(-?\d{1,3}[.,]\d+)", typed):
            lat, lon = (float(one.replace(",", ".")) for one in found.groups())
        else:
            point = next((hit.point for hit in search(self.town, typed, limit=1)), None)
            if point is None:
                words = _("This address is not known here. Please check it, or type latitude and longitude.")
                raise ValidationError(words)
            lon, lat = point.x, point.y
        box = self.town.boundary
        west, south, east, north = box.extent if box is not None else (lon, lat, lon, lat)
        if not (west - NEAR <= lon <= east + NEAR and south - NEAR <= lat <= north + NEAR):
            raise ValidationError(_("This place lies far away. Latitude comes first, then longitude."))
        return (round(lon, 5), round(lat, 5))

    def facts(self) -> dict[str, Any]:
        """Arguments for `accounts.units.save_unit`; what was not asked stays."""
        typed = dict(self.cleaned_data)
        typed["depot_lon"], typed["depot_lat"] = typed.pop("depot") or (None, None)
        return {name: value for name, value in typed.items() if name != "mail_rhythm" or value}

    def _post_clean(self) -> None:
        """The verb checks the model, not the form."""


class CatalogueForm(forms.Form):
    """A checkbox and a unit per category, and the unit for the rest."""

    rest = forms.ChoiceField(
        label=gettext_lazy("Who settles everything else?"),
        required=False,
        help_text=gettext_lazy("Gets each report whose category names no unit."),
    )

    def __init__(self, *args: Any, groups: list[Group], units: list[Unit], rest: Unit | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups, self.units = groups, {str(unit.pk): unit for unit in units}
        choices = [(pk, str(unit)) for pk, unit in self.units.items()]
        field = self.fields["rest"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("nobody: complaint management hands it on")), *choices]
        self.initial["rest"] = str(rest.pk) if rest else ""
        for group in groups:
            for row in group.rows:
                slug, name = row.topic.slug, localized(row.topic.name)
                self.fields[f"on-{slug}"] = forms.BooleanField(label=name, required=False, initial=row.on)
                if row.routed:
                    label = _("Unit for %(category)s") % {"category": name}
                    begin = str(row.unit.pk) if row.unit else ""
                    self.fields[f"unit-{slug}"] = forms.ChoiceField(
                        label=label,
                        required=False,
                        initial=begin,
                        choices=[("", _("as everything else")), *choices],
                        widget=forms.Select(attrs={"class": "kern-form-input__select"}),
                    )

    def shown(self) -> list[dict[str, Any]]:
        """Groups with bound fields, for the template."""
        return [
            {
                "topic": group.topic,
                "rows": [
                    {
                        "row": row,
                        "on": self[f"on-{row.topic.slug}"],
                        "unit": self[f"unit-{row.topic.slug}"] if row.routed else None,
                    }
                    for row in group.rows
                ],
                "on": sum(bool(self[f"on-{row.topic.slug}"].value()) for row in group.rows),
            }
            for group in self.groups
        ]

    def chosen(self) -> dict[str, Any]:
        """Arguments for `reports.settling.set_catalogue`."""
        typed = self.cleaned_data
        rows = [row for group in self.groups for row in group.rows]
        return {
            "on": {row.topic.slug: bool(typed[f"on-{row.topic.slug}"]) for row in rows},
            "units": {row.topic.slug: self.units.get(typed[f"unit-{row.topic.slug}"]) for row in rows if row.routed},
            "rest": self.units.get(typed["rest"]),
        }


WHAT_ROLES_DO: Final = {
    Role.ADMIN: gettext_lazy("may do everything, also here"),
    Role.MANAGER: gettext_lazy("sees every report, releases, answers, hands on"),
    Role.CLERK: gettext_lazy("sees what their unit settles, answers, releases"),
    Role.FIELD: gettext_lazy("sees what their unit settles, without who reported it"),
    Role.EDITOR: gettext_lazy("releases texts and photos, writes the pages"),
    Role.COUNTY: gettext_lazy("sets the rules of the county, appoints administrators, sees no reports"),
}


class InviteForm(forms.Form):
    """Who is invited to what."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("The invitation goes there, with a link to choose a password."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[], widget=forms.RadioSelect)
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"),
        required=False,
        help_text=gettext_lazy("Needed for clerks and field workers: they see what their unit settles."),
    )

    def __init__(self, *args: Any, units: list[Unit], roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        which = self.fields["role"]
        assert isinstance(which, forms.ChoiceField)
        which.choices = [(role, f"{name}: {WHAT_ROLES_DO[Role(role)]}") for role, name in ROLES if Role(role) in roles]
        field.choices = [("", _("the whole house")), *((pk, indented(unit)) for pk, unit in self.units.items())]

    def facts(self) -> dict[str, Any]:
        """Arguments for `accounts.invitations.invite`."""
        typed = self.cleaned_data
        role = Role(typed["role"])
        unit = None if role in WHOLE_MUNICIPALITY else self.units.get(typed["unit"])
        return {"name": typed["name"], "email": typed["email"], "role": role, "unit": unit}

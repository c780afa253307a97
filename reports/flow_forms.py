"""What each step of the report flow reads from a request. The rules stand in `reports.services`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazystr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.errors import Invalid
from cases.following import checked_email
from geo.models import Municipality
from geo.spatial import check_point
from reports.categories import Group
from reports.models import Category
from reports.policy import ADDRESS_MAX, TEXT_MAX, Sort

ADDRESS_HINT = gettext_lazy("Street and number, or in words: “at the pond behind the school”.")


class PlaceForm(forms.Form):
    """A point, an address in words, or both."""

    address = forms.CharField(
        label=gettext_lazy("Address or description"),
        required=False,
        max_length=ADDRESS_MAX,
        strip=True,
        help_text=ADDRESS_HINT,
        widget=forms.TextInput(attrs={"autocomplete": "street-address", "id": "address"}),
        error_messages={"max_length": gettext_lazy("Please shorten the address to %(limit_value)d characters.")},
    )
    lat = forms.CharField(required=False, max_length=25, widget=forms.HiddenInput(attrs={"id": "lat"}))
    lon = forms.CharField(required=False, max_length=25, widget=forms.HiddenInput(attrs={"id": "lon"}))
    pinned = forms.BooleanField(required=False, widget=forms.HiddenInput(attrs={"id": "pinned"}))
    """Set by the map: the point counts, the address is only its name."""
    hit = forms.CharField(required=False, max_length=40)
    """ "lon,lat" of a found address, or "words" for the words as they stand."""

    def clean(self) -> dict[str, Any]:
        """Adds `point` (lon, lat) or None; nonsense in the hidden fields is no point."""
        typed = dict(self.cleaned_data)
        typed["point"] = coordinates(typed.get("lon", ""), typed.get("lat", ""))
        return typed


def coordinates(lon: str, lat: str) -> tuple[float, float] | None:
    """Two texts as (lon, lat), None for nonsense."""
    try:
        return check_point(float(lon.replace(",", ".")), float(lat.replace(",", ".")))
    except (ValueError, ValidationError):
        return None


class LinesField(forms.CharField):
    """Several lines; a line break counts as one character, though browsers send two."""

    def to_python(self, value: Any) -> str:
        """CR LF becomes LF before the length is checked."""
        return super().to_python(str(value or "").replace("\r\n", "\n")) or ""


#: The question for the words, by the sort of the category: praise is not "noticed".
ASKED = {
    Sort.DEFECT: gettext_lazy("What did you notice?"),
    Sort.IDEA: gettext_lazy("What is your idea?"),
    Sort.PRAISE: gettext_lazy("What did you like?"),
    Sort.COMPLAINT: gettext_lazy("What happened?"),
}


class WhatForm(forms.Form):
    """Category and text; the photos are stored by the view before anything is checked: they survive an error."""

    photos = forms.Field(label=gettext_lazy("Photos"), required=False, widget=forms.FileInput(attrs={"id": "photos"}))

    category = forms.CharField(
        label=gettext_lazy("Category"),
        max_length=80,
        error_messages={"required": gettext_lazy("Please choose what it is about.")},
    )
    text = LinesField(
        label=ASKED[Sort.DEFECT],
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 5, "id": "text", "data-counter": TEXT_MAX}),
        error_messages={
            "required": gettext_lazy("Please describe in a few words what you noticed."),
            "max_length": gettext_lazy("The text has %(show_value)d characters. Please shorten it to %(limit_value)d."),
        },
    )

    def __init__(self, *args: Any, groups: list[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_slug: dict[str, Category] = {one.topic.slug: one for group in groups for one in group.categories}
        if chosen := self.by_slug.get(str(self["category"].value() or "")):
            self.fields["text"].label = ASKED[Sort(chosen.sort)]

    def clean_category(self) -> str:
        """A category of the tree that takes reports."""
        slug = str(self.cleaned_data["category"])
        if slug not in self.by_slug:
            raise ValidationError(_("Please choose what it is about."))
        return slug


class EmailForm(forms.Form):
    """An e-mail address, checked as the verbs check it."""

    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        strip=True,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "id": "email", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Please write your e-mail address."),
            "max_length": gettext_lazy("This is not a valid e-mail address. Please check it."),
        },
    )

    def clean_email(self) -> str:
        """Lower case; the words of `checked_email` for a wrong one."""
        value = str(self.cleaned_data["email"])
        if not value:
            return ""
        try:
            return checked_email(value)
        except Invalid as invalid:
            raise ValidationError(invalid.errors["email"])


class ContactForm(EmailForm):
    """Who reports. Where the municipality allows it, everything may be empty."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=120,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "name", "id": "name"}),
        error_messages={"max_length": gettext_lazy("Please shorten the name.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        required=False,
        max_length=40,
        strip=True,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "id": "phone"}),
        error_messages={"max_length": gettext_lazy("Please shorten the phone number.")},
    )
    public_name = forms.BooleanField(
        label=gettext_lazy("Show my name publicly with the report"),
        required=False,
        widget=forms.CheckboxInput(attrs={"id": "public_name"}),
    )

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = not municipality.allow_anonymous
        self.fields["public_name"].help_text = lazystr(
            _("Only once you have confirmed your e-mail address. Nobody sees your address or phone number.")
        )

"""Taking a call or a letter: everything on one page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geo.models import Municipality
from geo.search import search
from geo.spatial import make_point
from reports.categories import tree
from reports.models import Category
from reports.policy import ADDRESS_MAX, TEXT_MAX

SOURCES = (
    ("phone", gettext_lazy("by telephone")),
    ("counter", gettext_lazy("at the counter")),
    ("letter", gettext_lazy("by letter")),
    ("mail", gettext_lazy("by e-mail")),
)


class EntryForm(forms.Form):
    """A report in the name of a citizen. Compulsory are category and words; the rest as far as it is known."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    source = forms.ChoiceField(
        label=gettext_lazy("How did it come in?"), choices=SOURCES, initial="phone", widget=forms.RadioSelect
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"))
    text = forms.CharField(
        label=gettext_lazy("What is it about?"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_MAX}),
        error_messages={"required": gettext_lazy("Please write a few words.")},
    )
    address = forms.CharField(label=gettext_lazy("Address or place in words"), required=False, max_length=ADDRESS_MAX)
    lat = forms.CharField(label=gettext_lazy("Latitude"), required=False, max_length=20)
    lon = forms.CharField(label=gettext_lazy("Longitude"), required=False, max_length=20)
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=120)
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput,
        help_text=gettext_lazy("They get a receipt with a link, and hear how it goes on once they have confirmed it."),
    )
    phone = forms.CharField(label=gettext_lazy("Phone"), required=False, max_length=40)

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        self.municipality = municipality
        self.tree = [
            (group, [one for one in group.categories if not one.redirect_text]) for group in tree(municipality)
        ]
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("Please choose")),
            *(
                (str(group.topic), [(one.topic.slug, str(one.topic)) for one in rows])
                for group, rows in self.tree
                if rows
            ),
        ]
        for name in ("lat", "lon"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        for name in ("name", "email", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def put(self, **values: str) -> None:
        """Change what the bound form shows."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, value in values.items():
            data[name] = value
        self.data = data

    def chosen(self) -> Category | None:
        """The category as far as it is typed, valid or not."""
        wanted = self.data.get("category", "")
        return next((one for _group, rows in self.tree for one in rows if one.topic.slug == wanted), None)

    def point(self) -> Point | None:
        """The point as far as it is typed, valid or not."""
        try:
            lat, lon = (float(str(self.data.get(name, "")).strip().replace(",", ".")) for name in ("lat", "lon"))
            return make_point(lon, lat)
        except (ValueError, forms.ValidationError):
            return None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["category"] = self.chosen()
        data["point"] = self.point()
        if data["point"] is None and (data.get("lat") or data.get("lon")):
            self.add_error("lat", _("These are no coordinates. Please check them or leave both empty."))
        elif data["point"] is None and data.get("address"):
            # An address that can only mean one house needs no second press.
            hits = [hit for hit in search(self.municipality, data["address"]) if hit.point]
            if len(hits) == 1 and hits[0].house_number:
                data["point"] = hits[0].point
        return data

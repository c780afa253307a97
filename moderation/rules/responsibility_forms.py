"""Forms of the table of responsibility: one row, and the question who is responsible at a place."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib.gis.geos import MultiPolygon, Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from accounts.units import indented
from cases.models import Responsibility, Topic
from cases.responsibility import TEXT_MAX
from geo.models import District
from geo.spatial import make_point
from moderation.rules.areas import LONGEST, area_of, text_of
from moderation.rules.blocks import Choices
from moderation.rules.words import InLanguages

EVERYWHERE: Final = "ueberall"
DISTRICT: Final = "ortsteil"
AREA: Final = "gebiet"


def without_confidential(topics: dict[str, Topic], choices: Choices) -> Choices:
    """The choices without what goes to the complaint management alone."""
    return [
        (group, [pair for pair in pairs if not topics[pair[0]].confidential])
        for group, pairs in choices
        if any(not topics[slug].confidential for slug, _name in pairs)
    ]


class ResponsibilityForm(InLanguages, forms.Form):
    """Category, place and unit of one row, with words for citizens."""

    topic = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    where = forms.ChoiceField(
        label=gettext_lazy("Where?"),
        widget=forms.RadioSelect,
        choices=[
            (EVERYWHERE, gettext_lazy("everywhere")),
            (DISTRICT, gettext_lazy("in one district")),
            (AREA, gettext_lazy("in an area drawn on the map")),
        ],
    )
    district = forms.ModelChoiceField(
        label=gettext_lazy("District"),
        queryset=District.objects.none(),
        required=False,
        help_text=gettext_lazy("Its boundary of today is taken over."),
    )
    geojson = forms.CharField(
        label=gettext_lazy("Area as GeoJSON"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("Filled by drawing. From a geographic information system you can paste a polygon."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "rules__code"}),
    )
    area_name = forms.CharField(
        label=gettext_lazy("Name of the area"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Such as “B 513” or “Am Mühlenbach”. Empty: the name of the district."),
    )
    unit = forms.ChoiceField(label=gettext_lazy("Who settles it?"))

    def __init__(
        self,
        data: Any = None,
        *,
        row: Responsibility,
        topics: dict[str, Topic],
        choices: Choices,
        units: list[Unit],
        districts: Any,
    ) -> None:
        first = {
            "topic": row.topic.slug if row.topic is not None else "",
            "where": AREA if row.area is not None else EVERYWHERE,
            "geojson": text_of(row.area),
            "area_name": row.area_name,
            "unit": str(row.unit_id or ""),
        }
        super().__init__(data, initial=first, label_suffix="")
        self.row, self.topics, self.units = row, topics, {str(unit.pk): unit for unit in units}
        topic, unit, district = (self.fields[name] for name in ("topic", "unit", "district"))
        assert isinstance(topic, forms.ChoiceField)
        assert isinstance(unit, forms.ChoiceField)
        assert isinstance(district, forms.ModelChoiceField)
        topic.choices = [("", _("every category")), *without_confidential(topics, choices)]
        unit.choices = [("", _("please choose")), *((pk, indented(one)) for pk, one in self.units.items())]
        district.queryset = districts
        district.empty_label = _("please choose")
        hint = _("Stands where citizens are told whose matter it is. May be empty.")
        self.add_words("text", _("Text for the citizen"), row.text, rows=2, hint=hint, longest=TEXT_MAX)
        self.texts = self.bound_words("text")

    def clean(self) -> dict[str, Any]:
        """The area that was chosen, drawn or pasted; what did not change stays as it is stored."""
        data = super().clean()
        data["area"] = None
        where = data.get("where")
        if where == DISTRICT:
            found = data.get("district")
            if found is None:
                self.add_error("district", _("Please choose a district."))
            else:
                data["area"] = found.boundary
                data["area_name"] = data.get("area_name") or found.name
        elif where == AREA:
            data["area"] = self._drawn(data.get("geojson") or "")
        return data

    def _drawn(self, text: str) -> MultiPolygon | None:
        if not text.strip():
            self.add_error("geojson", _("Please draw the area on the map, or paste it as GeoJSON."))
            return None
        if text.strip() == self.initial["geojson"]:
            return self.row.area
        try:
            return area_of(text)
        except ValidationError as error:
            self.add_error("geojson", error)
            return None

    def facts(self) -> dict[str, Any]:
        """Arguments for `cases.responsibility.save_responsibility`."""
        typed = self.cleaned_data
        return {
            "topic": self.topics.get(typed["topic"]),
            "unit": self.units[typed["unit"]],
            "area": typed["area"],
            "area_name": typed["area_name"],
            "text": self.words("text", self.row.text),
        }

    def tell(self, error: ValidationError) -> None:
        """The area's errors stand at its text."""
        if hasattr(error, "error_dict") and "area" in error.error_dict:
            error.error_dict["geojson"] = error.error_dict.pop("area")
        super().tell(error)


class AskForm(forms.Form):
    """A category and a place; read from the address bar, so that an answer can be sent to a colleague."""

    kategorie = forms.ChoiceField(label=gettext_lazy("Category"))
    adresse = forms.CharField(label=gettext_lazy("Address or place in words"), required=False, max_length=250)
    lat = forms.FloatField(label=gettext_lazy("Latitude"), required=False, localize=False)
    lon = forms.FloatField(label=gettext_lazy("Longitude"), required=False, localize=False)

    def __init__(self, data: Any = None, *, choices: Choices) -> None:
        if data is not None:
            # Written with a comma as well as with a point.
            data = {name: str(data.get(name, "")).strip() for name in self.base_fields}
            data |= {name: data[name].replace(",", ".") for name in ("lat", "lon")}
        super().__init__(data, label_suffix="")
        field = self.fields["kategorie"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(group, pairs[1:]) for group, pairs in choices if len(pairs) > 1]
        for name in ("lat", "lon"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def clean(self) -> dict[str, Any]:
        """Both coordinates or none; `point` is None without."""
        data: dict[str, Any] = super().clean() or {}
        data["point"] = None
        if (data.get("lat") is None) != (data.get("lon") is None):
            self.add_error("lat", _("Please give both latitude and longitude, or neither."))
        elif data.get("lat") is not None:
            try:
                data["point"] = make_point(data["lon"], data["lat"])
            except ValidationError as error:
                self.add_error("lat", error)
        return data

    @property
    def point(self) -> Point | None:
        """The place that was asked for."""
        found: Point | None = self.cleaned_data.get("point")
        return found

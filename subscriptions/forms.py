"""What somebody chooses when subscribing: which reports, how often, which address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geo.folding import fold
from geo.models import District, Municipality
from geo.search import Hit, search
from geo.services import inside as inside_town
from geo.services import locate
from geo.spatial import Box, check_point
from reports import numbering
from reports.categories import tree
from reports.flow_forms import EmailForm, coordinates
from reports.public_forms import HoneypotForm
from reports.search import SORTS, Filters
from subscriptions.describing import reach
from subscriptions.models import RHYTHMS
from subscriptions.policy import REACH, REACH_USUAL, Rhythm
from subscriptions.wanted import Circle, Wanted

_HITS = 6
_PLACE_MAX = 120
Choices = list[Any]


def selects(municipality: Municipality) -> dict[str, Choices]:
    """What can be chosen: categories by group, kinds, districts. What is never public is not offered."""
    groups: Choices = [("", _("all"))]
    for group in tree(municipality):
        offered = [one.topic for one in group.categories if one.rules.public and not one.redirect_text]
        if offered:
            whole = (group.topic.slug, _("%(group)s: all") % {"group": group.topic})
            groups.append((str(group.topic), [whole, *((topic.slug, str(topic)) for topic in offered)]))
    districts = District.objects.filter(municipality__in=municipality.family_ids()).values_list("slug", "name")
    return {
        "kategorie": groups,
        "stadtteil": [("", _("all")), *districts],
        "art": [("", _("all")), *((slug, label) for slug, (label, _sort) in SORTS.items())],
    }


def _name_of(lon: str, lat: str) -> str:
    """A place that came without a name."""
    point = coordinates(lon, lat) if lon and lat else None
    return locate(Point(*point, srid=4326)).text[:_PLACE_MAX] if point else ""


class SelectionForm(forms.Form):
    """Which reports: the fields are called as the map's filters are, so that its address bar fills them in."""

    q = forms.CharField(
        label=gettext_lazy("With these words"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For example a street. Every word must stand in the report."),
    )
    kategorie = forms.CharField(label=gettext_lazy("Category"), required=False, widget=forms.Select)
    stadtteil = forms.CharField(label=gettext_lazy("District"), required=False, widget=forms.Select)
    art = forms.CharField(label=gettext_lazy("Kind"), required=False, widget=forms.Select)
    ort = forms.CharField(
        label=gettext_lazy("Around a place"),
        required=False,
        max_length=_PLACE_MAX,
        help_text=gettext_lazy("Street and number, or the name of a place."),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    umkreis = forms.TypedChoiceField(
        label=gettext_lazy("How far around it"),
        required=False,
        choices=[(metres, metres) for metres in REACH],
        coerce=int,
        empty_value=None,
    )
    lat = forms.CharField(required=False, max_length=25, widget=forms.HiddenInput)
    lon = forms.CharField(required=False, max_length=25, widget=forms.HiddenInput)
    named = forms.CharField(required=False, max_length=_PLACE_MAX, widget=forms.HiddenInput)
    """The name that lat and lon belong to: with another name they mean nothing."""
    hit = forms.CharField(required=False, max_length=40)
    """ "lon,lat" of a found address."""

    def __init__(self, data: QueryDict, *, municipality: Municipality, bound: bool) -> None:
        initial: dict[str, Any] = {name: data.get(name, "") for name in SelectionForm.base_fields}
        initial["umkreis"] = initial["umkreis"] or REACH_USUAL
        initial["ort"] = initial["ort"] or _name_of(initial["lon"], initial["lat"])
        initial["named"] = initial["ort"]
        super().__init__(data if bound else None, initial=initial, use_required_attribute=False)
        self.municipality = municipality
        self.filters, self.problems = Filters.parse(data, municipality)
        self.typed = data
        self.hits: list[Hit] = []
        offered = {**selects(municipality), "umkreis": [(metres, reach(metres)) for metres in REACH]}
        for name, choices in offered.items():
            self.fields[name].widget.choices = choices
            self.fields[name].widget.attrs["class"] = "kern-form-input__select"

    def clean_q(self) -> str:
        """Words; the number of a report is none."""
        words = str(self.cleaned_data["q"])
        if numbering.looks_like(words):
            raise forms.ValidationError(
                _("This is the number of one report. You can follow it on its own page: choose “Follow” there.")
            )
        if words and not Wanted(words=words).folded():
            raise forms.ValidationError(_("Please write at least one letter."))
        return words

    def clean(self) -> dict[str, Any]:
        """Adds `circle`: the place, found in the gazetteer; several finds are shown to choose from."""
        if self.problems:
            self.add_error(None, self.problems)  # left out in silence, it would mean more mails than asked for
        typed = dict(self.cleaned_data)
        typed["circle"] = self._circle(typed)
        return typed

    def _circle(self, typed: dict[str, Any]) -> Circle | None:
        name = " ".join(str(typed.get("ort", "")).split())
        metres = int(typed.get("umkreis") or REACH_USUAL)
        point = coordinates(*typed.get("hit", "").split(",")) if typed.get("hit", "").count(",") == 1 else None
        if point is None and name == typed.get("named", ""):
            point = coordinates(typed.get("lon", ""), typed.get("lat", ""))
        if point is None and name:
            point, name = self._found(name)
        if point is None:
            return None
        lon, lat = check_point(*point)
        if not inside_town(self.municipality, Point(lon, lat, srid=4326)):
            self.add_error("ort", _("This place is outside of %(name)s.") % {"name": self.municipality.title})
            return None
        return Circle(round(lon, 5), round(lat, 5), metres, name or _("a place on the map"))

    def _found(self, name: str) -> tuple[tuple[float, float] | None, str]:
        hits = [one for one in search(self.municipality, name, limit=_HITS) if one.point is not None]
        exact = [one for one in hits if fold(one.label) == fold(name)]
        chosen = exact if len(exact) == 1 else hits if len(hits) == 1 else []
        if chosen and chosen[0].point is not None:
            return (chosen[0].point.x, chosen[0].point.y), chosen[0].label
        self.hits = hits
        if hits:
            self.add_error("ort", _("Which place do you mean? Please choose one."))
        else:
            self.add_error("ort", _("We do not know this place. Please try another spelling, or leave it empty."))
        return None, name

    @property
    def section(self) -> Box | None:
        """The section of the map, where one was chosen."""
        return self.filters.bbox

    @property
    def several(self) -> dict[str, list[tuple[str, str]]]:
        """(value, label) of filters with more than one value, which a single choice would lose."""
        found = {
            "kategorie": [(slug, self.filters.labels[("kategorie", slug)]) for slug in self.filters.categories],
            "stadtteil": [(slug, self.filters.labels[("stadtteil", slug)]) for slug in self.filters.districts],
            "art": [(slug, str(SORTS[slug][0])) for slug in self.filters.sorts],
        }
        return {name: values for name, values in found.items() if len(values) > 1}

    @property
    def left_out(self) -> bool:
        """Whether the map's filters held what a subscription has not: state and time."""
        filters = self.filters
        return bool(filters.status or filters.period or filters.since or filters.until)


class SubscribeForm(SelectionForm, EmailForm, HoneypotForm):
    """The selection, how often, and the address."""

    rhythm = forms.ChoiceField(
        label=gettext_lazy("How often should we write?"),
        choices=RHYTHMS,
        widget=forms.RadioSelect,
        initial=Rhythm.DAILY.value,
        error_messages={"required": gettext_lazy("Please choose how often.")},
    )
    field_order = ["q", "kategorie", "stadtteil", "art", "ort", "umkreis", "rhythm", "email"]

    def __init__(self, data: QueryDict, *, municipality: Municipality, bound: bool) -> None:
        super().__init__(data, municipality=municipality, bound=bound)
        self.initial["rhythm"] = Rhythm.DAILY.value

    @cached_property
    def wanted(self) -> Wanted:
        """What was chosen; of a form that was not sent, what the address bar says."""
        if self.is_bound:
            return Wanted.of(self.filters, getattr(self, "cleaned_data", {}).get("circle"))
        point = coordinates(self.initial["lon"], self.initial["lat"])
        reach_asked = str(self.initial["umkreis"])
        metres = int(reach_asked) if reach_asked in {str(one) for one in REACH} else REACH_USUAL
        return Wanted.of(self.filters, Circle(*point, metres, self.initial["ort"]) if point else None)


class RhythmForm(forms.Form):
    """Another rhythm for one subscription."""

    rhythm = forms.ChoiceField(label=gettext_lazy("How often"), choices=RHYTHMS)

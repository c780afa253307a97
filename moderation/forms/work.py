"""The daily work: state, words, assignment, category, place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.absence import away_on
from accounts.units import indented
from cases.models import Stage
from cases.policy import CLOSED, State
from geo.spatial import make_point
from moderation.case import choices
from moderation.forms.base import DeedForm, PhotosField, TextForm, words
from reports.models import Category
from reports.praise import thanks


class CategoryForm(DeedForm):
    """Another category out of the tree."""

    category = forms.ChoiceField(label=gettext_lazy("Category"))

    def prepare(self) -> None:
        self.tree = choices.categories(self.case)
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices.grouped(self.tree)
        self.initial.setdefault("category", str(self.case.topic.category.pk))

    def clean_category(self) -> Category:
        wanted = self.cleaned_data["category"]
        return next(one for group in self.tree for one in group.categories if str(one.pk) == wanted)


class PlaceForm(DeedForm):
    """Point and address; either may be missing."""

    address = forms.CharField(label=gettext_lazy("Address or place in words"), required=False, max_length=250)
    lat = forms.FloatField(label=gettext_lazy("Latitude"), required=False, localize=False, min_value=-90, max_value=90)
    lon = forms.FloatField(
        label=gettext_lazy("Longitude"), required=False, localize=False, min_value=-180, max_value=180
    )

    def prepare(self) -> None:
        for name in ("lat", "lon"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        self.initial.setdefault("address", self.case.report.address)
        if self.case.point is not None:
            self.initial.setdefault("lat", f"{self.case.point.y:.6f}")
            self.initial.setdefault("lon", f"{self.case.point.x:.6f}")
        if self.is_bound:
            # Written with a comma as well as with a point.
            self.put(**{name: str(self.data.get(name, "")).strip().replace(",", ".") for name in ("lat", "lon")})

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            if (data.get("lat") is None) != (data.get("lon") is None):
                self.add_error("lat", _("Please give both latitude and longitude, or neither."))
            elif data.get("lat") is not None:
                try:
                    data["point"] = make_point(data["lon"], data["lat"])
                except forms.ValidationError as error:
                    self.add_error("lat", error)
            elif not data.get("address"):
                self.add_error("address", _("Please give a point or an address."))
        return data


class MessageForm(TextForm):
    """Words to the reporter."""

    for_reporter = True


class QuestionForm(MessageForm):
    """Words to the reporter, who is to answer."""

    goes_to = State.WAITING


class NoteForm(DeedForm):
    """Words among colleagues."""

    text = words(gettext_lazy("Note"))


class UpdateForm(TextForm):
    """Words to everybody, with photos."""

    photos = PhotosField(label=gettext_lazy("Photos"), required=False)
    kept = forms.CharField(widget=forms.HiddenInput, required=False)


class MoveForm(UpdateForm):
    """State and stage, words, date, photos."""

    stage = forms.ChoiceField(label=gettext_lazy("New state"))
    expected_on = forms.DateField(
        label=gettext_lazy("Expected to be done on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    field_order = ("stage", "block", "text", "expected_on", "photos", "kept")
    states: frozenset[State] | None = None
    """Only these states are offered; None: all that the case may go to."""

    def prepare(self) -> None:
        super().prepare()
        self.stages = choices.stages(self.case, self.states)
        field = self.fields["stage"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices.stage_choices(self.stages)
        # Whether a reason is needed depends on the state that is chosen: the verb knows.
        self.fields["text"].label, self.fields["text"].required = _("Reason or text for citizens"), False
        if self.states is not None:
            self.initial.setdefault("stage", next((value for rows in self.stages.values() for value, _s in rows), ""))
        else:
            self.initial.setdefault("stage", choices.stage_value(State(self.case.state), self.case.stage))
        self.initial.setdefault("expected_on", self.case.expected_on)
        if self.case.parts.exclude(state__in=[state.value for state in CLOSED]).exists():
            self.fields["despite_parts"] = forms.BooleanField(
                label=_("Close it although parts of it are not settled yet"), required=False
            )

    def clean_stage(self) -> tuple[State, Stage | None]:
        wanted = self.cleaned_data["stage"]
        for state, rows in self.stages.items():
            for value, stage in rows:
                if value == wanted:
                    return state, stage
        raise forms.ValidationError(_("The case cannot go there any more."))


class SettleForm(MoveForm):
    """Done, with words and photos."""

    goes_to = State.DONE
    states = frozenset({State.DONE})

    def prepare(self) -> None:
        super().prepare()
        del self.fields["expected_on"]
        if sum(len(rows) for rows in self.stages.values()) == 1:
            self.fields["stage"].widget = forms.HiddenInput()


class AssignForm(DeedForm):
    """Unit and person."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)
    assignee = forms.ChoiceField(label=gettext_lazy("Person"), required=False)

    def prepare(self) -> None:
        self.units, self.people = choices.units(self.case), choices.people(self.case)
        away = away_on([one.pk for one, _w in self.people], timezone.localdate())
        unit, assignee = self.fields["unit"], self.fields["assignee"]
        assert isinstance(unit, forms.ChoiceField)
        assert isinstance(assignee, forms.ChoiceField)
        unit.choices = [("", _("no unit")), *((str(one.pk), indented(one)) for one in self.units)]
        assignee.choices = [
            ("", _("nobody in particular")),
            *((str(one.pk), choices.person_words(one, words, away.get(one.pk))) for one, words in self.people),
        ]
        self.initial.setdefault("unit", str(self.case.unit_id or ""))
        self.initial.setdefault("assignee", str(self.case.assignee_id or ""))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["unit"] = next((one for one in self.units if str(one.pk) == data.get("unit")), None)
        data["assignee"] = next((one for one, _w in self.people if str(one.pk) == data.get("assignee")), None)
        return data


class PassOnForm(AssignForm):
    """Praise: to whom, and the words of thanks."""

    text = words(gettext_lazy("Thanks to the citizen"))
    field_order = ("unit", "assignee", "text")

    def prepare(self) -> None:
        super().prepare()
        self.initial.setdefault("text", thanks(self.case, self.case.unit))
        self.fields["unit"].help_text = _("They get a mail with the words of praise, without e-mail and phone.")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        proposed = thanks(self.case, self.case.unit)
        if data.get("unit") != self.case.unit and data.get("text", "").strip() == proposed.strip():
            data["text"] = thanks(self.case, data.get("unit"))  # still the proposal, for another unit
        return data

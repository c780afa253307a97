"""The forms of the desk. They read what was typed; what is allowed, the verbs decide.

Every form carries the version the person saw and a key of its own, so that a change by somebody else is noticed and a
form sent twice counts once.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, File, Stage
from cases.policy import State
from cases.services import TEXT_MAX
from geo.localized import localized
from geo.spatial import make_point
from moderation import choices
from reports.models import Category, Photo


class PhotosInput(forms.FileInput):
    """A file control for several pictures."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, UploadedFile[Any]], name: str) -> Any:
        return files.getlist(name)


class PhotosField(forms.Field):
    """Uploaded pictures as a list; their content is checked where they are stored."""

    widget = PhotosInput(attrs={"accept": "image/*,.heic,.heif,.avif", "multiple": True})

    def clean(self, value: Any) -> list[UploadedFile[Any]]:
        uploads: list[UploadedFile[Any]] = list(value or [])
        if len(uploads) > settings.PHOTO_MAX_COUNT:
            raise forms.ValidationError(_("At most %(n)d photos at once.") % {"n": settings.PHOTO_MAX_COUNT})
        return uploads


def _area(rows: int = 5) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": TEXT_MAX})


class DeedForm(forms.Form):
    """Base of all: version and key. `case` is what the form is about."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": case.version, "client_key": uuid.uuid4(), **(kwargs.get("initial") or {})}
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        self.case = case
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and beginnings out of the case."""

    def put(self, **values: Any) -> None:
        """Change what the bound form shows, such as its version after a conflict."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, value in values.items():
            data[name] = str(value)
        self.data = data

    @property
    def kept_files(self) -> list[File]:
        """Pictures that came with an earlier try of this form; only files of this case count."""
        if "kept" not in self.fields:
            return []
        wanted = [int(one) for one in str(self["kept"].value() or "").split(",") if one.isdecimal() and len(one) < 18]
        return list(File.objects.filter(case=self.case, pk__in=wanted[:20])) if wanted else []


class WordingForm(DeedForm):
    """The text as everybody reads it, in the citizen's or an own wording."""

    text = forms.CharField(label=gettext_lazy("Public wording"), widget=_area(6), strip=True)

    def prepare(self) -> None:
        report = self.case.report
        self.initial.setdefault("text", report.public_text or report.text)

    @property
    def wording(self) -> str | None:
        """The own wording, None for the citizen's words as they are."""
        typed = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        return None if typed == self.case.report.text.replace("\r\n", "\n").strip() else typed


class ReleaseForm(WordingForm):
    """The text, and photos that go with it."""

    photos = forms.MultipleChoiceField(
        label=gettext_lazy("Release these photos as well"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        super().prepare()
        report = self.case.report
        # What was sent may be sent again: then a chosen photo is released already.
        self.waiting: Sequence[Photo] = [one for one in report.photos.all() if self.is_bound or not one.released]
        field = self.fields["photos"]
        assert isinstance(field, forms.MultipleChoiceField)
        numbers = {photo.pk: number for number, photo in enumerate(report.photos.all(), 1)}
        field.choices = [(str(photo.pk), _("Photo %(n)d") % {"n": numbers[photo.pk]}) for photo in self.waiting]
        if not self.waiting:
            del self.fields["photos"]


class PhotoForm(DeedForm):
    """One photo of the case."""

    photo = forms.IntegerField(widget=forms.HiddenInput)

    def clean_photo(self) -> Photo:
        found = Photo.objects.select_related("file", "report__case").filter(
            report__case=self.case, pk=self.cleaned_data["photo"]
        )
        photo = found.first()
        if photo is None:
            raise forms.ValidationError(_("This photo does not belong to the case."))
        return photo


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


def _words(label: Any) -> forms.CharField:
    missing = {"required": gettext_lazy("Please write a few words.")}
    return forms.CharField(label=label, widget=_area(), error_messages=missing)


class TextForm(DeedForm):
    """Words, with prepared ones to choose."""

    block = forms.ChoiceField(label=gettext_lazy("Text block"), required=False)
    text = _words(gettext_lazy("Text"))

    def prepare(self) -> None:
        field = self.fields["block"]
        assert isinstance(field, forms.ChoiceField)
        self.blocks = choices.blocks(self.case)
        field.choices = [("", _("Choose a text block")), *((str(block.pk), block.title) for block in self.blocks)]
        if not self.blocks:
            del self.fields["block"]

    def insert(self) -> None:
        """Put the chosen text block below what was typed, in the language of the reporter."""
        chosen = next((block for block in self.blocks if str(block.pk) == self.data.get("block")), None)
        if chosen is not None:
            typed = str(self.data.get("text", "")).strip()
            words = localized(chosen.text, self.case.language)
            self.put(text=f"{typed}\n\n{words}" if typed else words, block="")


class MessageForm(TextForm):
    """Words to the reporter."""


class NoteForm(DeedForm):
    """Words among colleagues."""

    text = _words(gettext_lazy("Note"))


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

    def clean_stage(self) -> tuple[State, Stage | None]:
        wanted = self.cleaned_data["stage"]
        for state, rows in self.stages.items():
            for value, stage in rows:
                if value == wanted:
                    return state, stage
        raise forms.ValidationError(_("The case cannot go there any more."))


class SettleForm(MoveForm):
    """Done, with words and photos."""

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
        unit, assignee = self.fields["unit"], self.fields["assignee"]
        assert isinstance(unit, forms.ChoiceField)
        assert isinstance(assignee, forms.ChoiceField)
        unit.choices = [("", _("no unit")), *((str(one.pk), one.name) for one in self.units)]
        assignee.choices = [
            ("", _("nobody in particular")),
            *((str(one.pk), f"{one} ({words})" if words else str(one)) for one, words in self.people),
        ]
        self.initial.setdefault("unit", str(self.case.unit_id or ""))
        self.initial.setdefault("assignee", str(self.case.assignee_id or ""))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["unit"] = next((one for one in self.units if str(one.pk) == data.get("unit")), None)
        data["assignee"] = next((one for one, _w in self.people if str(one.pk) == data.get("assignee")), None)
        return data

"""The forms of the desk. They read what was typed; what is allowed, the verbs decide.

Every form carries the version the person saw and a key of its own, so that a change by somebody else is noticed and a
form sent twice counts once.
"""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.models import Case, File, TextBlock
from cases.policy import State
from cases.services import TEXT_MAX
from geo.localized import localized
from moderation.case import choices
from reports.placeholders import NAMED, fill, fill_name, left_open


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


def area(rows: int = 5) -> forms.Textarea:
    """Several lines of text, as long as the verbs take."""
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


def words(label: Any) -> forms.CharField:
    """A field for words that must not be empty."""
    missing = {"required": gettext_lazy("Please write a few words.")}
    return forms.CharField(label=label, widget=area(), error_messages=missing)


class TextForm(DeedForm):
    """Words, with prepared ones to choose."""

    block = forms.ChoiceField(label=gettext_lazy("Text block"), required=False)
    text = words(gettext_lazy("Text"))
    goes_to: State | None = None
    """The state that the words lead to; its text blocks stand on top."""
    for_reporter = False
    """Nobody but the reporter reads the words, so their name may stand in them."""
    trial = False
    """Only tried out: the name of the reporter is not shown before it is sent."""

    def prepare(self) -> None:
        field = self.fields["block"]
        assert isinstance(field, forms.ChoiceField)
        self.blocks = choices.blocks(self.case, self.goes_to)
        offered = choices.block_choices(self.blocks, self.case, self.goes_to)
        field.choices = [("", _("Choose a text block")), *offered]
        if not self.blocks:
            del self.fields["block"]

    def words_of(self, block: TextBlock) -> str:
        """A text block in the language of the reporter, filled with what is known of the case."""
        language = self.case.language
        return fill(localized(block.text, language), self.case, at=timezone.now(), language=language)

    @property
    def filled_blocks(self) -> list[tuple[TextBlock, str]]:
        """All text blocks with their words."""
        return [(block, self.words_of(block)) for block in self.blocks]

    def clean_text(self) -> str:
        """Nothing goes out with a placeholder that nobody filled."""
        typed = str(self.cleaned_data["text"])
        if self.for_reporter:
            typed = fill_name(typed, self.case, language=self.case.language) if not self.trial else typed
        found = left_open(typed)
        if self.trial and self.for_reporter:
            found = [one for one in found if one.strip("{}").lower() not in NAMED]
        if found:
            raise forms.ValidationError(
                ngettext(
                    "Please replace %(found)s: nothing is known to put in here.",
                    "Please replace %(found)s: nothing is known to put in there.",
                    len(found),
                )
                % {"found": ", ".join(found)}
            )
        return typed

    def insert(self) -> None:
        """Put the chosen text block below what was typed, in the language of the reporter."""
        chosen = next((block for block in self.blocks if str(block.pk) == self.data.get("block")), None)
        if chosen is not None:
            typed = str(self.data.get("text", "")).strip()
            words = self.words_of(chosen)
            self.put(text=f"{typed}\n\n{words}" if typed else words, block="")

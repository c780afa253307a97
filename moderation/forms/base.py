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
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, File
from cases.services import TEXT_MAX
from geo.localized import localized
from moderation import choices


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

"""The file number of another system."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.filing import NUMBER_MAX, URL_MAX
from moderation.forms.base import DeedForm


class FileForm(DeedForm):
    """Number and address; both empty take the link away."""

    file_number = forms.CharField(label=_("File number"), required=False, max_length=NUMBER_MAX)
    url = forms.CharField(
        label=_("Address in the other system"),
        required=False,
        max_length=URL_MAX,
        widget=forms.URLInput(attrs={"placeholder": "https://…", "autocomplete": "off"}),
    )

    def prepare(self) -> None:
        self.initial.setdefault("file_number", self.case.file_number)
        self.initial.setdefault("url", self.case.file_url)

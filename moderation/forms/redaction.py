"""What of a photo nobody may see, and what for somebody looks at its original."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.areas import Area, Unreadable, from_lines, to_lines
from cases.policy import LookFor
from moderation.forms.base import DeedForm

LOOKS = [
    (LookFor.QUESTION.value, _("to ask the reporter something")),
    (LookFor.ANSWER.value, _("to answer the reporter")),
    (LookFor.CHECK.value, _("to check whether the report is genuine")),
    (LookFor.INFORMATION.value, _("information or correction, as the person has a right to")),
    (LookFor.EVIDENCE.value, _("police, court or insurance")),
]
LOOKS_AT_ORIGINALS = [
    (LookFor.REDACTION.value, _("to see what is painted over")),
    (LookFor.CHECK.value, _("to check whether the report is genuine")),
    (LookFor.EVIDENCE.value, _("police, court or insurance")),
]


class RedactionForm(DeedForm):
    """Areas, one a line, in percents; the script writes them as well."""

    areas = forms.CharField(
        label=_("Areas in percent, one a line"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_areas(self) -> list[Area]:
        try:
            return from_lines(self.cleaned_data["areas"])
        except Unreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from unreadable

    @property
    def typed(self) -> list[Area]:
        """The areas as far as they can be read, for showing them."""
        try:
            return from_lines(str(self["areas"].value() or ""))
        except Unreadable:
            return []

    def take_in(self, others: list[Area]) -> None:
        """What somebody else painted over meanwhile stays painted over."""
        mine = self.typed
        self.put(areas=to_lines([*others, *(area for area in mine if area not in others)]))


class OriginalForm(forms.Form):
    """What for."""

    purpose = forms.ChoiceField(label=_("What for?"), choices=LOOKS_AT_ORIGINALS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)

"""Cases that belong together, or in other hands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case
from moderation.forms.base import DeedForm, TextForm
from reports.numbering import find


class MergeForm(TextForm):
    """The number of the case that stays, and words for the reporter of this one."""

    number = forms.CharField(
        label=gettext_lazy("Number of the case that stays"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("Please give the number of the other case.")},
    )
    field_order = ("number", "block", "text")

    def prepare(self) -> None:
        super().prepare()
        self.fields["text"].label, self.fields["text"].required = _("Words for the reporter (optional)"), False

    def clean_number(self) -> Case:
        found = find(self.cleaned_data["number"], self.case.municipality)
        if found is None:
            raise forms.ValidationError(_("There is no case with this number."))
        return found


class CompareForm(forms.Form):
    """Which of two cases stays; with the versions that were compared."""

    stays = forms.ChoiceField(label=gettext_lazy("Which case stays?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("Words for the reporter of the other case (optional)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 4000}),
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, cases: tuple[Case, Case], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.cases = {str(case.pk): case for case in cases}
        field = self.fields["stays"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (pk, _("%(number)s, reported on %(day)s") % {"number": case.number, "day": f"{case.submitted_at:%d.%m.%Y}"})
            for pk, case in self.cases.items()
        ]
        for pk, case in self.cases.items():
            self.fields[f"version_{pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, min_value=1, initial=case.version
            )

    def original(self) -> Case:
        """The case that stays, once the form is valid."""
        return self.cases[self.cleaned_data["stays"]]

    def version_of(self, case: Case) -> int:
        """The version of a case that the person saw."""
        version: int = self.cleaned_data[f"version_{case.pk}"]
        return version


class UnmergeForm(DeedForm):
    """Nothing to type."""

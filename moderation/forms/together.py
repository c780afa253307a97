"""Cases that belong together, or in other hands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forwarding import DAYS, DAYS_MAX
from cases.models import Case
from geo.models import Municipality
from moderation.case import choices
from moderation.forms.base import DeedForm, TextForm, words
from reports.handing_over import goals
from reports.numbering import find
from reports.splitting import Part


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
        self.fields["text"].label, self.fields["text"].required = _("Words for the reporter"), False

    def clean_number(self) -> Case:
        found = find(self.cleaned_data["number"], self.case.municipality)
        if found is None:
            raise forms.ValidationError(_("There is no case with this number."))
        return found


class CompareForm(forms.Form):
    """Which of two cases stays; with the versions that were compared."""

    stays = forms.ChoiceField(label=gettext_lazy("Which case stays?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("Words for the reporter of the other case"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 4000}),
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, cases: tuple[Case, Case], **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
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


class ForwardForm(DeedForm):
    """To whom, what they are asked, and what they may see."""

    unit = forms.ChoiceField(label=gettext_lazy("Known outside body"), required=False)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Everybody reads it: “forwarded to …”."),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    text = words(gettext_lazy("What do you ask them for?"))
    shown = forms.MultipleChoiceField(
        label=gettext_lazy("Photos that are not public, for them"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    with_contact = forms.BooleanField(
        label=gettext_lazy("They may see who reported it"),
        required=False,
        help_text=gettext_lazy("Only if they must get in touch themselves. It is noted in the history."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("The link works for so many days"), min_value=1, max_value=DAYS_MAX, initial=DAYS
    )

    def prepare(self) -> None:
        self.units = [unit for unit in choices.units(self.case) if unit.external]
        unit, shown = self.fields["unit"], self.fields["shown"]
        assert isinstance(unit, forms.ChoiceField)
        assert isinstance(shown, forms.MultipleChoiceField)
        unit.choices = [("", _("another one")), *((str(one.pk), one.name) for one in self.units)]
        photos = [
            (number, photo)
            for number, photo in enumerate(self.case.report.photos.select_related("file"), 1)
            if not photo.released
        ]
        shown.choices = [(str(photo.file_id), _("Photo %(n)d") % {"n": number}) for number, photo in photos]
        if not self.units:
            del self.fields["unit"]
            self.fields["name"].required = self.fields["email"].required = True
        if not photos:
            del self.fields["shown"]
        if self.case.contact is None:
            del self.fields["with_contact"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        unit = next((one for one in self.units if str(one.pk) == data.get("unit")), None)
        data["unit"] = unit
        if unit is not None:
            data["name"], data["email"] = data.get("name") or unit.shown_name, data.get("email") or unit.email
        if not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Please say who gets it."))
        if not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Please give an e-mail address."))
        return data


class SendAgainForm(DeedForm):
    """For how long the new link works."""

    days = forms.IntegerField(
        label=gettext_lazy("The link works for so many days"), min_value=1, max_value=DAYS_MAX, initial=DAYS
    )


class TakeBackForm(DeedForm):
    """Nothing to type."""


class SplitForm(DeedForm):
    """Up to three parts at once: what, who, and the words for them."""

    ROWS = (1, 2, 3)

    def prepare(self) -> None:
        self.tree, self.units = choices.categories(self.case), choices.units(self.case)
        units = [("", _("by responsibility")), *((str(one.pk), one.name) for one in self.units)]
        for row in self.ROWS:
            needed = row == 1
            nothing = [] if needed else [("", _("no further part"))]
            self.fields[f"category_{row}"] = forms.ChoiceField(
                label=_("Part %(n)d: category") % {"n": row},
                choices=[*nothing, *choices.grouped(self.tree)],
                required=needed,
            )
            self.fields[f"unit_{row}"] = forms.ChoiceField(
                label=_("Part %(n)d: unit") % {"n": row}, choices=units, required=False
            )
            text = words(_("Part %(n)d: what is to be done") % {"n": row})
            text.required, text.widget = needed, forms.Textarea(attrs={"rows": 3, "maxlength": 4000})
            self.fields[f"text_{row}"] = text
        self.initial.setdefault("category_1", str(self.case.topic.category.pk))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        found = {str(one.pk): one for group in self.tree for one in group.categories}
        units = {str(one.pk): one for one in self.units}
        data["parts"] = []
        for row in self.ROWS:
            category, text = found.get(data.get(f"category_{row}", "")), data.get(f"text_{row}", "")
            if row > 1 and bool(category) != bool(text):
                missing = f"text_{row}" if category else f"category_{row}"
                self.add_error(missing, _("A part needs a category and words."))
            elif category is not None and text:
                data["parts"].append(Part(category, text, units.get(data.get(f"unit_{row}", ""))))
        return data


class HandOverForm(DeedForm):
    """To whom."""

    to = forms.ChoiceField(label=gettext_lazy("To which municipality?"))

    def prepare(self) -> None:
        self.goals = {str(one.pk): one for one in goals(self.case)}
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(pk, one.title) for pk, one in self.goals.items()]
        field.help_text = _(
            "Number and secret link stay. Contact data, photos and history go with it; you do not see it any more. "
            "The reporter is told once."
        )

    def clean_to(self) -> Municipality:
        return self.goals[self.cleaned_data["to"]]

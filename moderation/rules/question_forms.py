"""The form of one question: what all types share, what the chosen type needs, and when it is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forms.field_type import Field
from forms.reading import LONGEST
from moderation.rules import condition_choices as conditions
from moderation.rules.category_forms import languages
from moderation.rules.option_field import Options, OptionsField
from moderation.setup.seen import Seen

TYPES: Final[dict[str, Any]] = {
    "choice": gettext_lazy("Choose one answer"),
    "choices": gettext_lazy("Choose any number of answers"),
    "yesno": gettext_lazy("Yes or no"),
    "text": gettext_lazy("A line of text"),
    "textarea": gettext_lazy("Several lines of text"),
    "integer": gettext_lazy("A whole number"),
    "decimal": gettext_lazy("A number with decimals"),
    "date": gettext_lazy("A day"),
    "phone": gettext_lazy("A telephone number"),
    "email": gettext_lazy("An e-mail address"),
    "agree": gettext_lazy("A box to tick"),
}
PATTERNS: Final = (
    ("", gettext_lazy("anything")),
    ("plate", gettext_lazy("a number plate")),
    ("mast_number", gettext_lazy("the number of a mast")),
    ("postcode", gettext_lazy("a postcode")),
    ("digits", gettext_lazy("digits only")),
)
DAYS: Final[dict[str, tuple[dict[str, str], Any]]] = {
    "": ({}, gettext_lazy("any day")),
    "past": ({"max": "today"}, gettext_lazy("today or earlier")),
    "future": ({"min": "today"}, gettext_lazy("today or later")),
}
KEPT: Final = "kept"
LABEL_MAX, HELP_MAX, UNIT_MAX = 200, 500, 20


class QuestionForm(Seen, forms.Form):
    """One question of a `kind`; `earlier` are the questions asked before it."""

    type = forms.ChoiceField(label=gettext_lazy("How is it answered?"), choices=list(TYPES.items()))

    def __init__(
        self, data: Any = None, *, kind: str, earlier: Sequence[Field], question: Field | None, begin: dict[str, Any]
    ) -> None:
        self.kind, self.earlier, self.question = kind, earlier, question
        super().__init__(data, initial={**begin, "type": kind}, label_suffix="")
        self._texts("label", gettext_lazy("Question"), LABEL_MAX, needed=True)
        self._texts("help", gettext_lazy("Help"), HELP_MAX)
        self._of_type()
        self.fields["required"] = forms.BooleanField(label=_("Must be answered"), required=False)
        self.fields["private"] = forms.BooleanField(
            label=_("Only staff see the answer"),
            required=False,
            help_text=_("Such as number plates; else it is public together with the text."),
        )
        if earlier:
            self._when(begin.get("kept_parts", []))

    def _now(self) -> str:
        """Mark of the question as it stands in the draft, whatever the form was begun with."""
        return hashlib.sha256(json.dumps(self.question, sort_keys=True).encode()).hexdigest()[:24]

    def _texts(self, name: str, label: Any, longest: int, *, needed: bool = False) -> None:
        for code, language in languages():
            self.fields[f"{name}_{code}"] = forms.CharField(
                label=f"{label} ({language})",
                required=needed and code == settings.LANGUAGE_CODE,
                max_length=longest,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def _of_type(self) -> None:
        kind = self.kind
        if kind in ("choice", "choices"):
            self.fields["options"] = OptionsField(
                label=_("Answers to choose from"), help_text=_("Empty rows are left out.")
            )
        if kind in ("choices", "integer"):
            few, many = (_("At least"), _("At most"))
            low = 0 if kind == "choices" else None
            self.fields["min"] = forms.IntegerField(label=few, required=False, min_value=low, localize=False)
            self.fields["max"] = forms.IntegerField(label=many, required=False, min_value=low, localize=False)
        elif kind == "decimal":
            self.fields["min"] = forms.FloatField(label=_("At least"), required=False, localize=True)
            self.fields["max"] = forms.FloatField(label=_("At most"), required=False, localize=True)
        if kind in ("integer", "decimal"):
            self._texts("unit", gettext_lazy("Unit of measure, such as metres"), UNIT_MAX)
        if kind == "text":
            self.fields["pattern"] = forms.ChoiceField(label=_("It is"), choices=PATTERNS, required=False)
        if kind in ("text", "textarea"):
            self.fields["max_length"] = forms.IntegerField(
                label=_("Longest answer, in characters"), required=False, min_value=1, max_value=LONGEST, localize=False
            )
        if kind == "date":
            days: list[tuple[str, Any]] = [(key, words) for key, (_bounds, words) in DAYS.items()]
            if self.initial.get("days") == KEPT:
                days.append((KEPT, _("as it is")))
            self.fields["days"] = forms.ChoiceField(label=_("Which days are possible?"), choices=days, required=False)

    def _when(self, kept: Sequence[dict[str, Any]]) -> None:
        choices = conditions.choices(self.earlier, kept)
        for row in range(conditions.ROWS):
            self.fields[f"when_{row}"] = forms.ChoiceField(
                label=_("Ask only if") if not row else _("and"),
                choices=[("", _("always") if not row else "–"), *choices],
                required=False,
            )
            self.fields[f"amount_{row}"] = forms.CharField(
                label=_("Number or day"),
                required=False,
                max_length=20,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
        self.fields["joint"] = forms.ChoiceField(
            label=_("Of several conditions"),
            choices=[("all", _("all must hold")), ("any", _("one is enough"))],
            required=False,
        )

    # For the template ---------------------------------------------------------------------------------------------
    def labels(self) -> list[forms.BoundField]:
        """Question and help in each language."""
        return [self[f"{name}_{code}"] for name in ("label", "help") for code, _language in languages()]

    def specials(self) -> list[forms.BoundField]:
        """What the type needs."""
        units = [f"unit_{code}" for code, _language in languages()]
        names = ("options", "min", "max", *units, "pattern", "max_length", "days")
        return [self[name] for name in names if name in self.fields]

    def conditions(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The rows of conditions with what is typed beside them."""
        if "when_0" not in self.fields:
            return []
        return [(self[f"when_{row}"], self[f"amount_{row}"]) for row in range(conditions.ROWS)]

    def compares(self) -> bool:
        """Whether a number or day can be asked about."""
        return any(field["type"] in conditions.COMPARED for field in self.earlier)

    # What was typed -----------------------------------------------------------------------------------------------
    def raw(self) -> dict[str, Any]:
        """Everything as it was typed, to begin another form with."""
        return {
            name: field.widget.value_from_datadict(self.data, self.files, name)
            for name, field in self.fields.items()
            if name != "type"
        }

    def clean(self) -> dict[str, Any]:
        """Conditions need their number or day."""
        data = super().clean()
        try:
            data["when"] = self._chosen(data)
        except ValueError as error:
            self.add_error(f"amount_{error.args[0]}", _("Please write the number or day."))
        return data

    def _chosen(self, data: Mapping[str, Any]) -> dict[str, Any] | None:
        if not self.earlier:
            return None
        rows = [(data.get(f"when_{row}", ""), data.get(f"amount_{row}", "")) for row in range(conditions.ROWS)]
        return conditions.put_together(data.get("joint") or "all", rows, self.earlier)

    def field(self) -> Field:
        """The question as a form definition has it, without its short name where it is new."""
        typed = self.cleaned_data
        kept = self.question or {}
        field: Field = {"slug": kept.get("slug", ""), "type": self.kind, "label": self._text("label")}
        if text := self._text("help"):
            field["help"] = text
        field |= {name: True for name in ("required", "private") if typed[name]}
        if typed.get("when"):
            field["when"] = typed["when"]
        for name in ("options", "min", "max", "pattern", "max_length"):
            if typed.get(name) not in (None, ""):
                field[name] = list(typed[name]) if name == "options" else typed[name]
        if self.kind in ("integer", "decimal") and (unit := self._text("unit")):
            field["unit"] = unit
        if self.kind == "decimal" and "decimals" in kept:
            field["decimals"] = kept["decimals"]
        if self.kind == "date":
            days = typed.get("days", "")
            stays: dict[str, Any] = {name: kept[name] for name in ("min", "max") if name in kept}
            field.update(stays if days == KEPT else DAYS[days][0])
        return field

    def _text(self, name: str) -> dict[str, str]:
        """Texts by language; languages that are not asked for stay."""
        before = (self.question or {}).get(name)
        known = dict(before) if isinstance(before, Mapping) else {}
        typed = {code: self.cleaned_data.get(f"{name}_{code}", "") for code, _language in languages()}
        return {code: text for code, text in {**known, **typed}.items() if text}

    def refuse(self, error: ValidationError) -> None:
        """Say above the form what the verb refused."""
        for told in error.messages:
            self.add_error(None, told)


def beginning(question: Field | None, earlier: Sequence[Field]) -> dict[str, Any]:
    """The values a form of this question begins with."""
    if question is None:
        return {}
    begin: dict[str, Any] = {name: question.get(name) for name in ("required", "private", "pattern", "max_length")}
    begin |= {name: question.get(name) for name in ("min", "max")}
    for name in ("label", "help", "unit"):
        text = question.get(name) or {}
        text = {settings.LANGUAGE_CODE: text} if isinstance(text, str) else text
        begin |= {f"{name}_{code}": text.get(code, "") for code, _language in languages()}
    begin["options"] = Options(question.get("options", []))
    bounds = {name: question[name] for name in ("min", "max") if name in question}
    begin["days"] = next((key for key, (known, _words) in DAYS.items() if known == bounds), KEPT)
    joint, parts = conditions.taken_apart(question.get("when"), earlier)
    begin |= {"joint": joint, "kept_parts": [part for part, _typed in parts]}
    for row, (part, typed) in enumerate(parts):
        begin |= {f"when_{row}": conditions.key(part), f"amount_{row}": typed}
    return begin

"""A definition as a Django form: for showing in a page, with or without JavaScript, and for reading a POST.

Django's fields only show; what is checked and how is said in one place, `forms.answers.validate`. Questions
with a condition are all shown, each with its sentence "Only if …", and carry data attributes by which
`static/js/form-conditions.js` shows and hides them; what nobody asked for is dropped on the server.
"""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from forms.answers import validate
from forms.conditions import Answers, Condition, in_words
from forms.definition import Definition, fields_of
from forms.field_type import Answer, Field
from forms.field_types import TYPES
from geo.localized import localized


class QuestionField(forms.Field):
    """Shows one question. `slug`, `type` and `when` (JSON or "") are for the page's script."""

    def __init__(self, field: Field, fields: Mapping[str, Field], language: str) -> None:
        self.slug, self.type = field["slug"], field["type"]
        self.when = json.dumps(field["when"], ensure_ascii=False) if field.get("when") else ""
        label, unit = localized(field["label"], language), localized(field.get("unit"), language)
        super().__init__(
            required=bool(field.get("required")),
            label=f"{label} ({unit})" if unit else label,
            help_text=_help(field, fields, language),
            widget=TYPES[self.type].widget(field, language),
        )

    def clean(self, value: Any) -> Any:
        """What was sent, as it was sent; the form checks all answers together."""
        return value


class QuestionsForm(forms.Form):
    """The form `build_form` makes. After `is_valid()`, `cleaned_data` are the answers to store."""

    use_required_attribute = False  # a browser must not insist on a question that may not be asked

    def __init__(
        self,
        definition: Definition,
        *,
        data: Mapping[str, Any] | None,
        answers: Answers,
        language: str,
        prefix: str | None,
    ) -> None:
        fields = fields_of(definition)
        by_slug = {field["slug"]: field for field in fields}
        initial = {
            slug: TYPES[by_slug[slug]["type"]].initial(answer) for slug, answer in answers.items() if slug in by_slug
        }
        super().__init__(data=data, prefix=prefix, initial=initial)
        self.definition, self.language = definition, language
        for field in fields:
            self.fields[field["slug"]] = QuestionField(field, by_slug, language)

    def clean(self) -> dict[str, Answer]:
        """Checks all answers in order; errors go to their fields."""
        answers, errors = validate(self.definition, self.cleaned_data, language=self.language)
        for slug, messages in errors.items():
            self.add_error(slug, [forms.ValidationError(message) for message in messages])
        return answers


def build_form(
    definition: Definition,
    *,
    data: Mapping[str, Any] | None = None,
    answers: Answers | None = None,
    language: str,
    prefix: str | None = None,
) -> QuestionsForm:
    """The form in `language`: bound when `data` (a QueryDict) is given, else filled with earlier `answers`."""
    with translation.override(language):
        return QuestionsForm(definition, data=data, answers=answers or {}, language=language, prefix=prefix)


def condition_text(condition: Condition, fields: Mapping[str, Field], language: str) -> str:
    """The condition as a sentence in the active language."""

    def say(field: Field, value: Any) -> tuple[str, str]:
        shown = [value] if field["type"] == "choices" else value
        text = "" if value is None else TYPES[field["type"]].show(shown, field, language)
        return localized(field["label"], language), text

    return _("Only if %(condition)s.") % {"condition": in_words(condition, fields, say)}


def _help(field: Field, fields: Mapping[str, Field], language: str) -> str:
    text = localized(field.get("help"), language)
    if not field.get("when"):
        return text
    sentence = condition_text(field["when"], fields, language)
    return format_html("<span data-only-if>{} </span>{}", sentence, text)

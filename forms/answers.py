"""Answers to a form: checked the same way whether a browser or a program sent them, and shown."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from forms.conditions import Answers, holds
from forms.definition import Definition, fields_of
from forms.field_type import Answer
from forms.field_types import TYPES
from forms.reading import Invalid
from geo.localized import localized

Errors = dict[str, list[str]]


def validate(
    definition: Definition, raw: object, *, language: str, today: date | None = None
) -> tuple[dict[str, Answer], Errors]:
    """Answers to store and errors by field, in the words of `language`.

    `raw` is a QueryDict or parsed JSON, which may hold anything. Fields are looked at in order: one whose
    condition does not hold is not asked, its answer is dropped without an error; names the form does not know
    are ignored. An answer with an error counts as not given for later conditions. What is no object at all is
    an error under "__all__".
    """
    answers: dict[str, Answer] = {}
    errors: Errors = {}
    today = today or timezone.localdate()
    with translation.override(language):
        if not isinstance(raw, Mapping):
            return {}, {"__all__": [_("The answers must be an object with a name for each field.")]}
        for field in fields_of(definition):
            if not holds(field.get("when"), answers):
                continue
            slug, field_type = field["slug"], TYPES[field["type"]]
            value = raw.getlist(slug) if isinstance(raw, QueryDict) and field_type.many else raw.get(slug)
            try:
                answer = None if is_blank(value) else field_type.parse(value, field, today)
            except Invalid as error:
                errors[slug] = [str(error)]
                continue
            if answer is not None:
                answers[slug] = answer
            elif field.get("required"):
                errors[slug] = [_missing(field["type"])]
    return answers, errors


def present(definition: Definition, answers: Answers, language: str, *, public: bool) -> list[tuple[str, str]]:
    """Label and answer as text, in the order of asking. `public` leaves out what is for staff only."""
    with translation.override(language):
        return [
            (
                localized(field["label"], language),
                TYPES[field["type"]].show(answers[field["slug"]], field, language),
            )
            for field in fields_of(definition)
            if field["slug"] in answers and not (public and field.get("private"))
        ]


def is_blank(value: Any) -> bool:
    """Whether nothing was sent: None, empty text or spaces, an empty list, a list of empty texts."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list) and all(one == "" for one in value))


def _missing(field_type: str) -> str:
    if field_type == "agree":
        return _("Please tick this box to go on.")
    return _("Please answer this question.")

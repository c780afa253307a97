"""What every type of question can do, and what the types share."""

from abc import ABC, abstractmethod
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from geo.localized import localized

Field = dict[str, Any]
Answer = str | int | bool | list[str]


class FieldType(ABC):
    """What every type can do. `parse` gets what was sent, never None or empty text."""

    #: Keys of a definition beyond the common ones.
    keys: ClassVar[frozenset[str]] = frozenset()
    #: Several values under one name.
    many: ClassVar[bool] = False

    def check(self, field: Field) -> list[str]:
        """Problems of the definition in words."""
        return []

    @abstractmethod
    def parse(self, value: object, field: Field, today: date) -> Answer | None:
        """The answer to store, None when it says nothing; raises `Invalid`."""

    def widget(self, field: Field, language: str) -> forms.Widget:
        """The control a browser shows."""
        return forms.TextInput()

    def initial(self, answer: Answer) -> object:
        """An answer as the control wants it."""
        return answer

    def show(self, answer: Answer, field: Field, language: str) -> str:
        """An answer as text, in the active language."""
        return with_unit(str(answer), field, language)


def has_text(value: object) -> bool:
    """Whether a label has its German text and nothing but texts."""
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        return False
    return bool(str(value.get("de", "")).strip())


def with_unit(text: str, field: Field, language: str) -> str:
    """The text and the question's unit, kept on one line."""
    unit = localized(field.get("unit"), language)
    return f"{text}\N{NO-BREAK SPACE}{unit}" if unit else text


def wrong_order(low: Any, high: Any) -> list[str]:
    """The problem of a range that is upside down."""
    if low is not None and high is not None and low > high:
        return [_("“min” is larger than “max”.")]
    return []

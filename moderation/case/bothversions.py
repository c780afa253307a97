"""What somebody typed beside what stands there now, where somebody else was faster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from django import forms

from moderation.forms.base import PhotosField

LEFT_OUT = frozenset({"block", "kept", "reason"})
"""Fields that prepare something or tell something new; of the case itself they say nothing."""


@dataclass(frozen=True)
class Both:
    """One field in both versions."""

    label: str
    now: str
    mine: str


class Beginning(Protocol):
    """What a form begins with now: a form, or what is read like one."""

    fields: dict[str, forms.Field]

    def __getitem__(self, name: str) -> Any:
        """Something with `value()`."""


def both_versions(typed: forms.BaseForm, fresh: Beginning) -> list[Both]:
    """The fields in which what was typed is not what the form of the case as it is now begins with."""
    found = []
    for bound in typed.visible_fields():
        field = bound.field
        if bound.name in LEFT_OUT or bound.name not in fresh.fields or isinstance(field, PhotosField):
            continue
        now, mine = _said(fresh.fields[bound.name], fresh[bound.name].value()), _said(field, bound.value())
        if now and now != mine:
            found.append(Both(str(bound.label), now, mine or "–"))
    return found


def _said(field: forms.Field, value: Any) -> str:
    """A value as people read it: the words of a choice, not its key."""
    if value is None or value == "":
        return ""
    if isinstance(field, forms.ChoiceField):
        values = {str(one) for one in value} if isinstance(value, list | tuple) else {str(value)}
        return ", ".join(label for key, label in _options(field.choices) if key in values)
    if isinstance(field, forms.BooleanField):
        return "✓" if field.to_python(value) else ""
    return str(value).replace("\r\n", "\n").strip()


def _options(choices: Any) -> list[tuple[str, str]]:
    """Key and words of all choices, those in groups as well."""
    found: list[tuple[str, str]] = []
    for key, label in choices:
        found += _options(label) if isinstance(label, list | tuple) else [(str(key), str(label))]
    return found

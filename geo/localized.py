"""Texts in rows: `{"de": "…", "en": "…"}`, and how one language is picked out of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

#: The language every text has.
FALLBACK = "de"


def localized(value: Mapping[str, str] | str | None, language: str | None = None) -> str:
    """Pick the text of `language` (default: the active one), then German, then any that is not empty.

    A plain string is returned as it is, None and {} give "".
    """
    if not value:
        return ""
    if isinstance(value, str):
        return value
    wanted = (language or get_language() or FALLBACK).split("-")[0].lower()
    for key in (wanted, FALLBACK, *value):
        text = value.get(key)
        if text:
            return str(text)
    return ""


def validate_localized(value: Any) -> None:
    """Accept {} or {"language": "text", …}; with texts there must be a German one."""
    if not isinstance(value, dict):
        raise ValidationError(_("A text is written as {“de”: “…”, “en”: “…”}."), code="localized")
    for language, text in value.items():
        if not isinstance(language, str) or not 2 <= len(language) <= 8 or not isinstance(text, str):
            raise ValidationError(_("A text is written as {“de”: “…”, “en”: “…”}."), code="localized")
    if any(value.values()) and not value.get(FALLBACK):
        raise ValidationError(_("The German text is missing."), code="localized_german")


class LocalizedField(models.JSONField):
    """A text per language, `{"de": "…", "en": "…"}`; read it with `localized()`."""

    default_validators = [validate_localized]
    description = _("Text in several languages")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

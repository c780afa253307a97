"""Texts in several languages in a form: one field per language, read and written as one text of a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from geo.localized import FALLBACK
from moderation.setup.seen import Seen

if TYPE_CHECKING:
    _Form = forms.Form
else:
    _Form = object


class InLanguages(Seen, _Form):
    """Mixin for a form; a text `name` stands in fields `name_de`, `name_en` …, one for each language of the site."""

    def add_words(
        self,
        name: str,
        label: str,
        value: Mapping[str, str] | None,
        *,
        rows: int = 0,
        hint: str = "",
        longest: int,
        needed: bool = False,
    ) -> None:
        """Add the fields of one text, in rows of a textarea or (0) as one line; German is what others fall
        back to; `needed` asks for it alone."""
        for language, word in settings.LANGUAGES:
            attrs: dict[str, Any] = {"lang": language} | ({"rows": rows} if rows else {})
            self.fields[f"{name}_{language}"] = forms.CharField(
                label=f"{label} ({word})",
                required=needed and language == FALLBACK,
                max_length=longest,
                initial=(value or {}).get(language, ""),
                help_text=hint if language == FALLBACK else "",
                widget=forms.Textarea(attrs=attrs) if rows else forms.TextInput(attrs=attrs),
            )

    def words(self, name: str, stored: Mapping[str, str] | None = None) -> dict[str, str]:
        """What was typed of a text; languages the site does not show stay as they are stored."""
        known = [language for language, _word in settings.LANGUAGES]
        kept = {language: text for language, text in (stored or {}).items() if language not in known}
        return kept | {language: self.cleaned_data.get(f"{name}_{language}", "") for language in known}

    def bound_words(self, name: str) -> list[Any]:
        """The fields of one text, for the template."""
        return [self[f"{name}_{language}"] for language, _word in settings.LANGUAGES]

    def tell(self, error: ValidationError) -> None:
        """Put what a verb refused to the fields; what is said of a text stands at its German field."""
        messages = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, texts in messages.items():
            field = next((one for one in (name, f"{name}_{FALLBACK}") if one in self.fields), None)
            self.add_error(field, list(texts))

"""Answers to choose from, written in several languages: rows of inputs that work without a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from geo.localized import FALLBACK
from moderation.rules.category_forms import languages
from reports.questioning import short_name

SPARE: Final = 3
"""Empty rows at the end."""
MOST: Final = 60
LONGEST: Final = 200
_NOTHING: Final = SafeString('<span class="options__space"></span>')


class Options(list[dict[str, Any]]):
    """Options as a form definition has them; in words their German labels."""

    def __str__(self) -> str:
        return ", ".join(str(one["label"].get(FALLBACK, "")) for one in self)


class OptionsWidget(forms.Widget):
    """A row per option: its stored value (hidden), its label per language, a button that moves it up."""

    use_fieldset = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Options:
        """The rows with a German label, in the order of the page; more than MOST are left out."""
        found = Options()
        for row in range(MOST + SPARE):
            label = {code: str(data.get(f"{name}-{row}-{code}", "")).strip() for code, _language in languages()}
            if any(label.values()):
                value = str(data.get(f"{name}-{row}-value", ""))[:100]
                found.append({"value": value, "label": {code: text for code, text in label.items() if text}})
        return found

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """A form without any row still says that there is none."""
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The rows and some empty ones."""
        base = (attrs or {}).get("id", f"id_{name}")
        rows = [*(value or []), *({"value": "", "label": {}} for _n in range(SPARE))]
        lines = (
            (
                format_html(
                    '<input type="hidden" name="{}-{}-value" value="{}">{}{}',
                    name,
                    number,
                    row["value"],
                    self._inputs(name, number, row, base),
                    self._up(name, number, row),
                ),
            )
            for number, row in enumerate(rows)
        )
        return format_html(
            '<ol class="options">{}</ol>', format_html_join("", '<li class="options__row">{}</li>', lines)
        )

    def _inputs(self, name: str, number: int, row: dict[str, Any], base: str) -> SafeString:
        return format_html_join(
            "",
            '<input class="kern-form-input__input" type="text" name="{}-{}-{}" id="{}" value="{}" maxlength="{}"'
            ' autocomplete="off" aria-label="{}" placeholder="{}">',
            (
                (
                    name,
                    number,
                    code,
                    base if not number and not place else f"{base}-{number}-{code}",
                    row["label"].get(code, ""),
                    LONGEST,
                    _("Answer %(n)d in %(language)s") % {"n": number + 1, "language": language},
                    language,
                )
                for place, (code, language) in enumerate(languages())
            ),
        )

    def _up(self, name: str, number: int, row: dict[str, Any]) -> SafeString:
        if not number or not row["label"]:
            return _NOTHING
        words = _("Move up: %(name)s") % {"name": row["label"].get(FALLBACK, "")}
        return format_html(
            '<button class="catalogue__button" type="submit" name="{}-up" value="{}" formnovalidate>'
            '<span aria-hidden="true">↑</span><span class="kern-sr-only">{}</span></button>',
            name,
            number,
            words,
        )


class OptionsField(forms.Field):
    """At least one option, each with a German label; new ones get a value made of it."""

    widget = OptionsWidget

    def clean(self, value: Any) -> Options:
        """As a form definition has them; ValidationError in words."""
        options = Options(value or [])
        if not options:
            raise ValidationError(_("Please write at least one answer to choose from."))
        if len(options) > MOST:
            raise ValidationError(_("At most %(n)d answers are possible.") % {"n": MOST})
        taken = {one["value"] for one in options if one["value"]}
        for one in options:
            if not one["label"].get(FALLBACK):
                raise ValidationError(_("Every answer needs its German words."))
            if any(len(text) > LONGEST for text in one["label"].values()):
                raise ValidationError(_("Please shorten the text to %(max)d characters.") % {"max": LONGEST})
            if not one["value"]:
                one["value"] = short_name(one["label"][FALLBACK], taken)
                taken.add(one["value"])
        return options


def moved_up(options: Options, number: int) -> Options:
    """With the row of this number one place earlier."""
    rows = Options(options)
    if 0 < number < len(rows):
        rows[number - 1], rows[number] = rows[number], rows[number - 1]
    return rows

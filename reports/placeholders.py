"""Placeholders in text blocks: `{nummer}` becomes the number of the report, and so on, in the language of the reporter.

What cannot be filled (no such placeholder, or nothing to put in) stays as it is, so that whoever sends it sees it.
The name of the reporter is filled by the verb's surface at the moment of sending, and only where nobody else reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case
from geo.localized import localized
from reports.showing import place_of

PATTERN = re.compile(r"\{([a-zäöüß_]{2,20})\}", re.IGNORECASE)


@dataclass(frozen=True)
class Placeholder:
    """What stands for what; `value` returns "" where there is nothing to put in."""

    means: Any
    value: Callable[[Case, datetime], str]


def _day(at: datetime | None) -> str:
    return date_format(localtime(at), "DATE_FORMAT") if at is not None else ""


PLACEHOLDERS: dict[str, Placeholder] = {
    "nummer": Placeholder(gettext_lazy("number of the report"), lambda case, at: case.number or ""),
    "ort": Placeholder(gettext_lazy("place, as everybody may read it"), lambda case, at: place_of(case)),
    "kategorie": Placeholder(gettext_lazy("category"), lambda case, at: localized(case.topic.name)),
    "stelle": Placeholder(
        gettext_lazy("unit, by its name for citizens"), lambda case, at: case.unit.shown_name if case.unit else ""
    ),
    "frist": Placeholder(gettext_lazy("day on which it is due"), lambda case, at: _day(case.due_at)),
    "erwartet": Placeholder(
        gettext_lazy("day on which it is expected to be done"),
        lambda case, at: date_format(case.expected_on, "DATE_FORMAT") if case.expected_on else "",
    ),
    "eingang": Placeholder(gettext_lazy("day on which it was received"), lambda case, at: _day(case.submitted_at)),
    "heute": Placeholder(gettext_lazy("today"), lambda case, at: _day(at)),
    "gemeinde": Placeholder(gettext_lazy("town, with its designation"), lambda case, at: case.municipality.title),
}
NAMED: dict[str, Any] = {
    "anrede": gettext_lazy("“Guten Tag” with the name of the reporter, as far as it is known; in messages only"),
    "name": gettext_lazy("name of the reporter; in messages only"),
}
"""Filled when the words are sent, and only where the reporter alone reads them."""


def fill(text: str, case: Case, *, at: datetime, language: str) -> str:
    """A text block with everything filled that is known of the case, but no name."""

    def value(found: re.Match[str]) -> str:
        known = PLACEHOLDERS.get(found.group(1).lower())
        return (known.value(case, at) if known is not None else "") or found.group()

    with translation.override(language):
        return PATTERN.sub(value, text)


def fill_name(text: str, case: Case, *, language: str) -> str:
    """The name of the reporter, for words that nobody else reads."""
    name = case.contact.name.strip() if case.contact is not None else ""
    with translation.override(language):
        greeting = _("Hello %(name)s") % {"name": name} if name else _("Hello")
    values = {"anrede": greeting, "name": name}
    return PATTERN.sub(lambda found: values.get(found.group(1).lower()) or found.group(), text)


def left_open(text: str) -> list[str]:
    """Placeholders that still stand in a text, each once, as written."""
    return list(dict.fromkeys(found.group() for found in PATTERN.finditer(text)))


def unknown(text: str) -> list[str]:
    """Placeholders of a text block that nothing will ever fill."""
    return [one for one in left_open(text) if one.strip("{}").lower() not in {*PLACEHOLDERS, *NAMED}]

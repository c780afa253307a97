"""The verbs and questions of pages: which text holds, write it, take it back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.hours import shown
from accounts.models import Unit, User
from accounts.units import in_order
from geo.localized import FALLBACK, localized, validate_localized
from geo.models import Municipality
from geo.policy import STATES
from pages.authorities import AUTHORITIES
from pages.markdown import html
from pages.models import Page
from pages.policy import TEXT_MAX, Key

FOLDER: Final = Path(__file__).resolve().parent / "standard"
_NO_DIGIT: Final = re.compile(r"[^0-9+]")
_PLACE: Final = re.compile(r"\{\{ *([a-z_]+) *\}\}")


@dataclass(frozen=True)
class Text:
    """The words of a page in one language, and whose they are: None for the standard ones."""

    source: str
    language: str
    owner: Municipality | None = None
    changed_at: datetime | None = None

    def shown(self, municipality: Municipality) -> SafeString:
        """As HTML for the site of a municipality, which fills in the placeholders."""
        return html(filled(self.source, municipality))


def text_of(municipality: Municipality, key: Key, language: str | None = None) -> Text:
    """The text that holds: the municipality's own, its county's, what was written before there were pages, the
    standard one. A language that was not written falls back to German, and says so."""
    wanted = (language or get_language() or FALLBACK).split("-")[0].lower()
    chain = municipality.chain()
    rows = {row.municipality_id: row for row in Page.objects.filter(municipality__in=chain, key=key.value)}
    for one in chain:
        row = rows.get(one.pk)
        if row is not None and any(row.text.values()):
            own = bool(row.text.get(wanted))
            return Text(localized(row.text, wanted), wanted if own else FALLBACK, one, row.changed_at)
    if older := municipality.text(key.value, wanted):
        return Text(older, wanted, municipality)
    found = standard(key, wanted)
    return Text(found or standard(key, FALLBACK), wanted if found else FALLBACK)


@dataclass(frozen=True)
class Office:
    """A unit as citizens reach it."""

    name: str
    phone: str
    hours: list[tuple[str, str]]


def offices(municipality: Municipality) -> list[Office]:
    """The units of a municipality with office hours, in order."""
    rows = Unit.objects.filter(municipality=municipality, active=True, external=False).exclude(hours={})
    return [Office(unit.name, unit.phone, shown(unit.hours)) for unit in in_order(rows)]


@cache
def standard(key: Key, language: str) -> str:
    """The standard text of a page, "" where there is none in this language."""
    file = FOLDER / f"{key.value}.{language}.md"
    return file.read_text("utf-8") if file.is_file() else ""


def facts(municipality: Municipality) -> dict[str, str]:
    """What placeholders stand for, such as `{{ title }}`."""
    chain = municipality.chain()

    def first(name: str) -> str:
        return next((value for one in chain if (value := str(getattr(one, name)))), "")

    authority = AUTHORITIES[municipality.state_key]
    return {
        "title": municipality.title,
        "name": municipality.name,
        "state": STATES[municipality.state_key][1],
        "phone": first("contact_phone"),
        "email": first("contact_email"),
        "website": first("website"),
        "on_call": first("phone_on_call"),
        "phone_number": _NO_DIGIT.sub("", first("contact_phone")),
        "on_call_number": _NO_DIGIT.sub("", first("phone_on_call")),
        "site": municipality.base_url(),
        "data_protection": authority.data_protection,
        "data_protection_website": authority.data_protection_website,
    }


def filled(source: str, municipality: Municipality) -> str:
    """The text with its placeholders filled in; a line whose placeholder is empty is left out."""
    known = facts(municipality)
    lines = []
    for line in source.splitlines():
        names = _PLACE.findall(line)
        if all(known.get(name, "?") for name in names):
            lines.append(_PLACE.sub(lambda found: known.get(found[1], found[0]), line))
    return "\n".join(lines)


@transaction.atomic
def write_page(
    *, municipality: Municipality, key: Key, text: Mapping[str, str], at: datetime, by: User | None
) -> Page | None:
    """Set the municipality's own text; without any words it is taken back, and what is inherited holds again.

    Raises ValidationError ({language: messages}).
    """
    words = {language: words.replace("\r\n", "\n").strip() for language, words in text.items()}
    words = {language: one for language, one in words.items() if one}
    errors = {
        language: [_("Please shorten the text to %(max)d characters.") % {"max": TEXT_MAX}]
        for language, one in words.items()
        if len(one) > TEXT_MAX
    }
    if words and not words.get(FALLBACK):
        errors[FALLBACK] = [_("The German text is missing.")]
    if errors:
        raise ValidationError(errors)
    validate_localized(words)
    if not words:
        Page.objects.filter(municipality=municipality, key=key.value).delete()
        return None
    page, _new = Page.objects.update_or_create(
        municipality=municipality, key=key.value, defaults={"text": words, "changed_at": at, "changed_by": by}
    )
    return page

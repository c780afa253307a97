"""Reading what people and programs send: text, numbers and days. Strict, and never fails in another way."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

LONGEST = 10_000
WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
FRACTION = re.compile(r"[+-]?[0-9]{1,13}(?:[.,][0-9]{1,6})?")
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
GERMAN_DATE = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
PHONE = re.compile(r"\+?[0-9](?:[ ()/.-]{0,3}[0-9]){4,18}")


class Invalid(Exception):
    """An answer that cannot be taken; says why in the active language."""


@dataclass(frozen=True)
class Pattern:
    """A shape a text must have. Definitions name patterns of this table and never bring their own."""

    regex: re.Pattern[str]
    message: Any
    upper: bool = False


PATTERNS = {
    "plate": Pattern(
        re.compile(r"[A-ZÄÖÜ0-9][A-ZÄÖÜ0-9 -]{1,11}"),
        gettext_lazy("Write the number plate as HSW-AB 123."),
        upper=True,
    ),
    "mast_number": Pattern(
        re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./-]{0,19}"),
        gettext_lazy("Write the number as it stands on the mast, for example 12-345."),
    ),
    "postcode": Pattern(re.compile(r"[0-9]{5}"), gettext_lazy("Write the postcode with five digits.")),
    "digits": Pattern(re.compile(r"[0-9]{1,40}"), gettext_lazy("Write digits only.")),
}


def parse_whole(value: object) -> int | None:
    """A whole number from JSON or typed text; None for anything else, also for True and 1.0."""
    if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return value
    return None


def parse_decimal(value: object) -> Decimal | None:
    """A decimal number from JSON or typed text, with point or comma and without thousands marks."""
    if isinstance(value, float):
        value = repr(value)
    if isinstance(value, str):
        text = value.strip()
        return Decimal(text.replace(",", ".")) if FRACTION.fullmatch(text) else None
    whole = parse_whole(value)
    return None if whole is None else Decimal(whole)


def parse_date(value: object) -> date | None:
    """A day written 2026-05-04 or 4.5.2026, between 1900 and 2199."""
    if not isinstance(value, str):
        return None
    if found := ISO_DATE.fullmatch(value.strip()):
        year, month, day = (int(part) for part in found.groups())
    elif found := GERMAN_DATE.fullmatch(value.strip()):
        day, month, year = (int(part) for part in found.groups())
    else:
        return None
    try:
        return date(year, month, day) if 1900 <= year < 2200 else None
    except ValueError:
        return None


def clean_text(value: object, limit: int, *, lines: bool = False) -> str:
    """Trimmed text without control characters and half characters; raises `Invalid` when too long."""
    if not isinstance(value, str):
        raise Invalid(_("Please answer with text."))
    too_long = ngettext("Use at most %(count)d character.", "Use at most %(count)d characters.", limit)
    if len(value) > 2 * limit + 1000:
        raise Invalid(too_long % {"count": limit})
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if not lines:
        text = " ".join(text.split())
    text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
    if len(text) > limit:
        raise Invalid(too_long % {"count": limit})
    return text

"""Personal data in a text that may become public: noticed before sending, never a reason to refuse.

Few false alarms matter more than finding everything: staff read each text before its release anyway.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum


class What(StrEnum):
    """Kinds of personal data that a pattern can find."""

    EMAIL = "email"
    PHONE = "phone"
    PLATE = "plate"


@dataclass(frozen=True)
class Finding:
    """One place in the text: its kind and the words as they stand there."""

    kind: What
    excerpt: str


EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

# German numbers: +49 or 0049 or a 0, an area code that does not begin with 0, then the rest; 7 to 14 digits in all.
# Not: "0,5 m", "01.02.2026", "12345" (no leading 0), mast numbers such as "0123-4" (too short).
PHONE = re.compile(r"(?<![\w.,/+-])(?:\+49|0049|\+43|\+41|0)(?:(?:[ (/.-]{0,2}|\) ?)\d){6,13}(?![\w])")
DATE = re.compile(r"0?\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})")

# A plate is district (1 to 3 letters), a gap, 1 or 2 letters, 1 to 4 digits without a leading 0, E or H at the end
# (Fahrzeug-Zulassungsverordnung, Anlage 1 and 2). In capitals, or with the hyphen between the letters; "B 64 A 2"
# (roads), "A 33" and "DIN A4" have no such shape.
PLATE = re.compile(r"(?<![\w-])([A-ZÄÖÜ]{1,3})(?:-[ ]?|[ ]?- ?|[ ]|·)([A-Z]{1,2})[ -]?([1-9]\d{0,3})([EH]?)(?![\w-])")
PLATE_LOWER = re.compile(r"(?<![\w-])([a-zäöü]{1,3})-([a-z]{1,2})[ -]?([1-9]\d{0,3})([eh]?)(?![\w-])")
#: Capital words that stand before such a group without being a district.
NO_DISTRICT = frozenset(
    {"DIN", "EN", "ISO", "TYP", "NR", "ABS", "UHR", "ICE", "RB", "RE", "LKW", "PKW", "TV", "IP", "DN"}
)


def findings(text: str) -> list[Finding]:
    """E-mail addresses, telephone numbers and German number plates of a text, in order, each once."""
    found: dict[tuple[What, str], int] = {}
    for match in EMAIL.finditer(text):
        found.setdefault((What.EMAIL, match.group()), match.start())
    for match in PHONE.finditer(text):
        words = match.group().strip()
        digits = sum(one.isdigit() for one in words)
        if 7 <= digits <= 15 and not DATE.match(words):
            found.setdefault((What.PHONE, words), match.start())
    for pattern in (PLATE, PLATE_LOWER):
        for match in pattern.finditer(text):
            hyphen = "-" in match.group()
            # Without a hyphen ("GT AB 123") only the full shape counts: two letters and two digits or more.
            full = len(match.group(2)) == 2 and len(match.group(3)) >= 2
            if match.group(1).upper() not in NO_DISTRICT and (hyphen or full):
                found.setdefault((What.PLATE, match.group()), match.start())
    return [Finding(kind, excerpt) for (kind, excerpt), _at in sorted(found.items(), key=lambda one: one[1])]


def digest(found: list[Finding]) -> str:
    """A mark for exactly these findings, "" for none: whoever was told once is not told again."""
    if not found:
        return ""
    return hashlib.sha256("\n".join(f"{one.kind} {one.excerpt}" for one in found).encode()).hexdigest()[:16]

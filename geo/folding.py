"""Folding of names, so that what people type and what the gazetteer says meet.

“Mühlenstr.”, “MUEHLENSTRASSE” and “Mühlenstraße” all become "muehlenstrasse". The same function folds both
sides; what it does is part of the stored data, so a change needs a re-import.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "ł": "l"})
_PHRASES = (
    (re.compile(r"\ba\.?\s*d\.(?=\s|$)"), "an der"),
    (re.compile(r"\bi\.?\s*d\.(?=\s|$)"), "in der"),
    (re.compile(r"\bv\.?\s*d\.(?=\s|$)"), "von der"),
    (re.compile(r"\b(an|in|auf|bei|von|vor)\s+d\.(?=\s|$)"), r"\1 der"),
    (re.compile(r"\ba\.(?=\s)"), "am"),
    (re.compile(r"\bst\.(?=\s|-)"), "sankt"),
    (re.compile(r"str(?:\.|\b)(?!\w)"), "strasse"),
    (re.compile(r"(?<=\w)pl\.(?!\w)"), "platz"),
    (re.compile(r"(?<=\w)w\.(?!\w)"), "weg"),
)
_NO_WORD = re.compile(r"[^a-z0-9]+")
_POSTCODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_NUMBER = re.compile(r"(?<=\s)(\d{1,4})\s?([a-z])?(?:\s?[-/+]\s?(\d{1,4})\s?([a-z])?)?(?=[\s,]|$)")


def one_line(text: str, most: int | None = None) -> str:
    """What somebody typed as one line: one blank between words, no NUL, at most so many characters."""
    return " ".join(text.replace("\x00", "").split())[:most]


def _plain(text: str) -> str:
    """Lower case, umlauts in two letters, no accents."""
    composed = unicodedata.normalize("NFC", text).lower().translate(_UMLAUTS)
    return "".join(c for c in unicodedata.normalize("NFKD", composed) if not unicodedata.combining(c))


def fold(text: str) -> str:
    """Fold a name: lower case, ä → ae, ß → ss, no accents, “str.” → strasse, one blank between words."""
    plain = _plain(text)
    for pattern, full in _PHRASES:
        plain = pattern.sub(full, plain)
    return _NO_WORD.sub(" ", plain).strip()


def squeeze(folded: str) -> str:
    """Without blanks: “guetersloher strasse” and “guetersloherstrasse” are the same."""
    return folded.replace(" ", "")


def fold_number(text: str) -> str:
    """A house number in one shape: “12 A” → "12a", “3 - 5” → "3-5"."""
    return re.sub(r"[^a-z0-9/+-]+", "", _plain(text)).replace("/", "-").replace("+", "-")


class Typed(NamedTuple):
    """What somebody typed, taken apart: folded words, house number and postcode."""

    words: list[str]
    number: str
    postcode: str

    @property
    def text(self) -> str:
        """The words by one blank."""
        return " ".join(self.words)


def take_apart(query: str) -> Typed:
    """Read “33428 Mühlenstr. 12a, Harsewinkel”: a number stands behind a word, a postcode has five digits."""
    plain = _plain(query[:200])
    found = _POSTCODE.search(plain)
    postcode = found.group() if found else ""
    plain = _POSTCODE.sub(" ", plain).strip()
    number = ""
    match = _NUMBER.search(plain)
    if match:
        number = fold_number(match.group())
        plain = f"{plain[: match.start()]} {plain[match.end() :]}"
    return Typed(fold(plain).split(), number, postcode)


@lru_cache(maxsize=65_536)
def trigrams(folded: str) -> frozenset[str]:
    """Trigrams of a folded text as pg_trgm makes them: each word with two blanks before and one behind."""
    found: set[str] = set()
    for word in folded.split():
        padded = f"  {word} "
        found.update(padded[at : at + 3] for at in range(len(padded) - 2))
    return frozenset(found)


def similarity(one: str, other: str) -> float:
    """Share of common trigrams, 0 to 1, as pg_trgm's `similarity`."""
    left, right = trigrams(one), trigrams(other)
    if not left or not right:
        return 0.0
    common = len(left & right)
    return common / (len(left) + len(right) - common)

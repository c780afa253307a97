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
#: Titles and words that are often cut short, as whole words; only the search reads them so, nothing stored changes.
_SHORT = {
    "bgm": "buergermeister", "bm": "buergermeister", "obm": "oberbuergermeister", "dr": "doktor", "prof": "professor",
    "st": "sankt", "gebr": "gebrueder", "geschw": "geschwister", "frh": "freiherr", "hl": "heilige", "kl": "kleine",
    "gr": "grosse", "pl": "platz", "bhf": "bahnhof", "hbf": "hauptbahnhof",
}  # fmt: skip
_NO_WORD = re.compile(r"[^a-z0-9]+")
_POSTCODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_NUMBER = re.compile(r"(?<=\s)(\d{1,4})\s?([a-z])?(?:\s?[-/+]\s?(\d{1,4})\s?([a-z])?|/([a-z]))?(?=[\s,]|$)")
_NUMBER_WORD = re.compile(r"(?<=\s)(?:haus)?(?:nr\.?|nummer)(?=\s?\d)")
_NUMBER_FIRST = re.compile(r"^(\d{1,4}\s?[a-z]?)[\s,]+(?=[^\W\d]{3})")


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


def spelled_out(folded: str) -> str:
    """A folded name with its usual short words written out: “dr weber strasse” → “doktor weber strasse”."""
    return " ".join(_SHORT.get(word, word) for word in folded.split())


def squeeze(folded: str) -> str:
    """Without blanks: “guetersloher strasse” and “guetersloherstrasse” are the same."""
    return folded.replace(" ", "")


def fold_number(text: str) -> str:
    """A house number in one shape: “12 A” and “12/a” → "12a", “3 - 5” → "3-5"."""
    plain = re.sub(r"[^a-z0-9/+-]+", "", _plain(text)).replace("/", "-").replace("+", "-")
    return re.sub(r"(?<=\d)-(?=[a-z]$)", "", plain)


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
    """Read “33428 Mühlenstr. 12a, Harsewinkel”: the last number behind a word, else one in front."""
    plain = _plain(query[:200])
    found = _POSTCODE.search(plain)
    postcode = found.group() if found else ""
    plain = _NUMBER_WORD.sub(" ", _POSTCODE.sub(" ", plain).strip(" ,"))
    number = ""
    matches = list(_NUMBER.finditer(plain))
    match = matches[-1] if matches else _NUMBER_FIRST.match(plain)
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

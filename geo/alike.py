"""How alike two names are to somebody who typed in a hurry, or only heard the name.

Works on folded names (`geo.folding`). `sound` drops what is heard but spelt in several ways; letters that
are missing, too many, wrong or swapped are counted by `Pattern` (optimal string alignment, Hyyrö 2003: the column
of the table is kept in the bits of one number, so a name costs a few microseconds).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

#: Spellings of one sound, longest first: the same on both sides, so it need not be good German.
_SOUNDS: Final = {
    "aeu": "oi", "eu": "oi", "ai": "ei", "ay": "ei", "ey": "ei",
    "ae": "a", "oe": "o", "ue": "u", "ah": "a", "eh": "e", "oh": "o", "uh": "u", "ie": "i", "ih": "i", "y": "i",
    "ph": "f", "v": "f", "th": "t", "dt": "t", "ck": "k", "ch": "ch", "c": "k", "qu": "kw", "tz": "z", "ts": "z",
}  # fmt: skip
_SOUND = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))
_DOUBLE = re.compile(r"([a-z])\1+")
#: What a street ends with: people remember the name and forget this.
_TYPE = re.compile(r"(?:strase|weg|fad|plaz|platz|ale|gase|ring|dam|ufer|stieg|chause|promenade)$")
#: A wrong kind of street (“Goetheweg” for “Goethestraße”) is a bit more than one wrong letter.
WRONG_TYPE = 1.25


@lru_cache(maxsize=65_536)
def sound(squeezed: str) -> str:
    """A folded name without blanks as it is heard: “schmidtstrasse” and “schmittstrasse” are “schmitstrase”."""
    return _DOUBLE.sub(r"\1", _SOUND.sub(lambda match: _SOUNDS[match.group()], squeezed))


def core(heard: str) -> str:
    """What `sound` gave without the kind of street, if a name stays."""
    short = _TYPE.sub("", heard)
    return short if len(short) >= 4 else heard


def grams(heard: str) -> list[str]:
    """Three letters each, the beginning marked; every one once."""
    padded = f"^{heard}"
    return sorted({padded[at : at + 3] for at in range(max(1, len(padded) - 2))})


class Pattern:
    """A text that is compared with many others."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._mask = (1 << len(text)) - 1
        self._top = 1 << (len(text) - 1) if text else 0
        self._letters: dict[str, int] = {}
        for at, letter in enumerate(text):
            self._letters[letter] = self._letters.get(letter, 0) | 1 << at

    def distances(self, other: str) -> tuple[int, int]:
        """Wrong letters against the whole of `other`, and against its best beginning."""
        score = best = len(self.text)
        if not self.text:
            return len(other), 0
        mask, top, letters = self._mask, self._top, self._letters
        up, down, equal, before = mask, 0, 0, 0
        for letter in other:
            match = letters.get(letter, 0)
            swapped = (((~equal) & match) << 1) & before
            equal = ((((match & up) + up) ^ up) | match | down | swapped) & mask
            plus = down | (~(equal | up) & mask)
            minus = equal & up
            if plus & top:
                score += 1
            elif minus & top:
                score -= 1
                if score < best:
                    best = score
            plus = plus << 1 | 1
            minus = minus << 1
            up = (minus | ~(equal | plus)) & mask
            down = plus & equal & mask
            before = match
        return score, best

"""Typed words as conditions: folded, with the endings of German words, each to stand somewhere in what is searched.

A word of three letters and more is found anywhere, also within a longer one (“laterne” in “Straßenlaterne”); a shorter
one where a word begins. “Laternen” finds “Laterne” and “Schlaglöcher” finds “Schlagloch”: the word without its ending
is found with any other ending, at the end of a word. Both databases find the same; each by its own index of trigrams,
of which PostgreSQL's also holds municipality, category, district and month, so that a town's reports of a month are
read without looking at any other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import Combinable, RawSQL

from reports.words.flattening import flat
from reports.words.sql import DESK
from reports.words.triggers import fts

WORDS = 6
"""More words than this are not looked at."""
_ENDING = re.compile(r"(?:ern|en|er|em|es|e|n|s)$")
_ENDINGS = "(?:e|en|er|em|ern|es|n|s)?"
_SHORTEST = 4
"""So many letters are left when an ending is taken off."""
_COMPOUND = 5
"""A word without its ending is looked for at the end of longer words only if it has so many letters."""
VECTOR = "array_to_tsvector(show_trgm({0}) || string_to_array(marks, ' '))"
"""What PostgreSQL's index holds of a row; {0} is its words."""
DESK_WORDS = "words || contact"


@dataclass(frozen=True)
class Word:
    """One folded word that somebody typed."""

    text: str

    @cached_property
    def stem(self) -> str:
        """Without its ending; the word itself where it has none."""
        stem = _ENDING.sub("", self.text)
        return stem if len(stem) >= _SHORTEST and stem.isascii() and stem.isalpha() else self.text

    @cached_property
    def part(self) -> str:
        """What stands in every text that has the word."""
        return self.stem if len(self.text) > 2 else f" {self.text}"

    @cached_property
    def pattern(self) -> str:
        """A regular expression for what tells more than `part`; "" if nothing does."""
        if self.stem == self.text:
            return ""
        begin = "" if len(self.stem) >= _COMPOUND else " "
        return f"{self.text}|{begin}{self.stem}{_ENDINGS} "

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def stands_in(self, words: str) -> bool:
        """Whether it is found in folded words (see `flat`)."""
        return self.part in words and (not self.pattern or self._compiled.search(words) is not None)

    @cached_property
    def trigrams(self) -> tuple[str, ...]:
        """Threes of letters that stand in every text that has the word, as both indexes hold them alike."""
        return _threes(self.part)

    @cached_property
    def lexemes(self) -> tuple[str, ...]:
        """The same for PostgreSQL, which puts two blanks before each word."""
        return _threes(f" {self.part}") if self.part.startswith(" ") else self.trigrams


def _threes(text: str) -> tuple[str, ...]:
    """Every third one and the last: each costs a look of its own; what they leave open, the words say."""
    last = len(text) - 3
    places = [*range(0, last, 3), last] if last >= 0 else []
    return tuple(dict.fromkeys(three for at in places if (three := text[at : at + 3]).isascii()))


def words_of(typed: str) -> list[Word]:
    """The words of what somebody typed, each once."""
    return [Word(text) for text in dict.fromkeys(flat(typed, typed=True).split())][:WORDS]


@dataclass(frozen=True)
class Asked:
    """One word and the marks (“t12” of a category, “d3” of a district) whose names have it."""

    word: Word
    marks: tuple[str, ...] = ()


def _like(part: str) -> str:
    return "%" + re.sub(r"([%_\\])", r"\\\1", part) + "%"


def _column(word: Word, column: str) -> RawSQL:
    sql, params = f"{column} LIKE %s ESCAPE '\\'", [_like(word.part)]
    if word.pattern:
        match = "~" if connection.vendor == "postgresql" else "REGEXP"
        sql = f"({sql} AND ({column} LIKE %s ESCAPE '\\' OR {column} {match} %s))"
        params += [_like(word.text), word.pattern]
    return RawSQL(sql, params, output_field=BooleanField())


def _one(asked: Asked, contact: Combinable | Q | None) -> Q:
    found = Q(_column(asked.word, "words"))
    if contact is not None:
        found |= Q(_column(asked.word, "contact")) & Q(contact)
    if asked.marks:
        sql = " OR ".join("' ' || marks || ' ' LIKE %s" for _mark in asked.marks)
        found |= Q(RawSQL(f"({sql})", [f"% {mark} %" for mark in asked.marks], output_field=BooleanField()))
    return found


def matching(every: Sequence[Asked], contact: Combinable | Q | None = None) -> Q:
    """Condition on a row of words: each word stands in it. No index serves it.

    `contact`: whether contact data may be searched too, as a condition on a row of DeskWords; None for no.
    """
    found = Q()
    for asked in every:
        found &= _one(asked, contact)
    return found if every else Q(pk__in=[])


def _tsquery(every: Sequence[Asked], within: Sequence[Collection[str]]) -> str:
    """For PostgreSQL; a word without lexemes may stand anywhere, so nothing is said of it."""
    wanted = [
        " | ".join(["(" + " & ".join(f"'{one}'" for one in asked.word.lexemes) + ")", *_quoted(asked.marks)])
        for asked in every
        if asked.word.lexemes
    ]
    wanted += [" | ".join(_quoted(marks)) for marks in within if marks]
    return " & ".join(f"({one})" for one in wanted)


def _quoted(marks: Iterable[str]) -> list[str]:
    return [f"'{mark}'" for mark in sorted(marks)]


def _match(every: Sequence[Asked]) -> str:
    """For FTS5; a mark is looked for by its letters, like a word."""
    wanted = [
        " OR ".join(_all(threes) for threes in (asked.word.trigrams, *(_threes(f"{mark} ") for mark in asked.marks)))
        for asked in every
        if asked.word.trigrams
    ]
    return " AND ".join(f"({one})" for one in wanted)


def _all(threes: Iterable[str]) -> str:
    return "(" + " AND ".join(f'"{three}"' for three in threes) + ")"


def indexed(table: str, every: Sequence[Asked], within: Sequence[Collection[str]] = ()) -> RawSQL | None:
    """Condition that the index serves and that finds too much rather than too little; None if there is none.

    `within`: sets of marks, of each of which one is wanted ("m1" municipality, "t12" category, "d3" district,
    "z202611" month). SQLite's index does not know them: they narrow nothing there.
    """
    if connection.vendor == "postgresql":
        query = _tsquery(every, within)
        words = DESK_WORDS if table == DESK else "words"
        if not query:
            return None
        return RawSQL(f"{VECTOR.format(words)} @@ %s::tsquery", [query], output_field=BooleanField())
    query = _match(every)
    if not query:
        return None
    name = fts(table)
    return RawSQL(f"case_id IN (SELECT rowid FROM {name} WHERE {name} MATCH %s)", [query], output_field=BooleanField())

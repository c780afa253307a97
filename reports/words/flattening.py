"""Words as they are compared: “Müll”, “MUELL” and “Mull” are one, “Hauptstr.” and “Hauptstraße” too.

PostgreSQL folds by a function of its own (`sql`), SQLite by this one (`teach`); both are tested against each other.
What is folded is stored, so a change of these tables needs `manage.py search_index --rebuild`.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

FUNCTION = "reports_flat"
"""What both databases call it."""
_NO_LETTERS = (
    *(chr(code) for code in range(1, 0x30)),
    *":;<=>?@[\\]^_`{|}~\x7f",
    *(chr(code) for code in range(0x80, 0xC0) if chr(code) not in "ªµº²³¹"),
    *"×÷‐‑‒–—―‘’‚‛“”„‟†‡•…‰′″‹›€™→←\u2028\u2029\u202f\u2009\ufeff",
)
_PLAIN = {"Ø": "o", "ø": "o", "Đ": "d", "đ": "d", "Ð": "d", "ð": "d", "Ł": "l", "ł": "l", "ı": "i", "Ħ": "h", "ħ": "h"}
_MARKS = "".join(chr(code) for code in range(0x300, 0x370))
"""Combining marks: a letter taken apart is the letter without them."""


def _base(letter: str) -> str:
    taken = unicodedata.normalize("NFKD", letter)[:1].lower()
    return taken if taken.isascii() and taken.isalpha() else _PLAIN.get(letter, "")


_LETTERS = {chr(code): base for code in range(0xC0, 0x180) if (base := _base(chr(code)))}
FROM = "".join(_NO_LETTERS) + "".join(_LETTERS) + _MARKS
TO = " " * len(_NO_LETTERS) + "".join(_LETTERS.values())
"""Of `translate`: what stands in FROM beyond the end of TO goes."""
_TABLE = {ord(one): TO[at] if at < len(TO) else None for at, one in enumerate(FROM)}
USUAL = "äöüÄÖÜß\n\r\t–„“"
"""What German texts are written with beside ASCII."""
ABBREVIATED = ("str ", "strasse ")
REPLACED = (
    ("ß", "ss"),
    ("ẞ", "ss"),
    ("æ", "a"),
    ("œ", "o"),
    # "Müll" has become "mull"; "Muell" does too, but "Mauer", "Feuer" and "quer" are no umlauts.
    ("aue", "au~e"),
    ("eue", "eu~e"),
    ("que", "qu~e"),
    ("ae", "a"),
    ("oe", "o"),
    ("ue", "u"),
    ("~", ""),
)
"""In this order, after FROM and TO and small letters."""


def flat(text: str, *, typed: bool = False) -> str:
    """Folded words with a blank before, between and after them (at least one), as they are stored.

    `typed`: “Str” is left as it is, since it may be the beginning of another word.
    """
    found = f" {text.translate(_TABLE).lower()} "
    for old, new in REPLACED if typed else (*REPLACED, ABBREVIATED):
        found = found.replace(old, new)
    return found


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _named(letters: str) -> str:
    """Letters in a literal of PostgreSQL, by their numbers, so that no editor and no dump changes them."""
    return "U&'" + "".join(one if one.isascii() and one.isalnum() else f"\\{ord(one):04x}" for one in letters) + "'"


def sql() -> str:
    """PostgreSQL's function of the same.

    `translate` looks through all of FROM for every letter, so a text of usual letters is given only those that it may
    have: a tenth of the time.
    """
    usual = "".join(one for one in FROM[: len(TO)] if one != " " and (" " <= one <= "~" or one in USUAL))
    changed = "".join(TO[FROM.index(one)] for one in usual)
    short = f"translate(words, {_named(usual)}, {_quoted(changed)})"
    unusual = f"'[^ -~' || {_named(USUAL)} || ']'"
    long = f"translate(words, {_named(FROM)}, {_quoted(TO)})"
    made = f"' ' || lower(CASE WHEN words ~ ({unusual}) THEN {long} ELSE {short} END) || ' '"
    for old, new in (*REPLACED, ABBREVIATED):
        made = f"replace({made}, {_quoted(old)}, {_quoted(new)})"
    return (
        f"CREATE OR REPLACE FUNCTION {FUNCTION}(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS"
        f" $$ SELECT {made} $$"
    )


def teach(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Handler of connection_created: each connection to SQLite learns to fold."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            FUNCTION, 1, lambda text: None if text is None else flat(str(text)), deterministic=True
        )


def connect() -> None:
    """From now on; called once when the platform starts."""
    connection_created.connect(teach, dispatch_uid="reports.words")

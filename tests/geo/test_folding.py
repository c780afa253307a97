"""Folding of names and taking apart what was typed."""

from __future__ import annotations

import pytest

from geo.folding import fold, fold_number, similarity, take_apart

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "typed",
    ["Mühlenstraße", "mühlenstr.", "MÜHLENSTR", "Muehlenstrasse", "Mu\u0308hlenstraße", " Mühlenstr ", "MÜHLENSTRAẞE"],
)
def test_one_street_many_spellings(typed: str) -> None:
    assert fold(typed) == "muehlenstrasse"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Gütersloher Str.", "guetersloher strasse"),
        ("An d. Bleiche", "an der bleiche"),
        ("A. d. Bleiche", "an der bleiche"),
        ("St.-Martin-Str.", "sankt martin strasse"),
        ("Str. des 17. Juni", "strasse des 17 juni"),
        ("Strandweg", "strandweg"),
        ("Am Straßenrand", "am strassenrand"),
        ("Astrid-Lindgren-Weg", "astrid lindgren weg"),
        ("Café-Straße", "cafe strasse"),
        ("Marktpl.", "marktplatz"),
        ("東京", ""),
        ("", ""),
    ],
)
def test_fold(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_folding_twice_changes_nothing() -> None:
    for name in ("Gütersloher Str.", "Straße des 17. Juni", "A. d. Bleiche"):
        assert fold(fold(name)) == fold(name)


@pytest.mark.parametrize(
    ("typed", "words", "number", "postcode"),
    [
        ("Mühlenstr. 12", "muehlenstrasse", "12", ""),
        ("Mühlenstr. 12 A", "muehlenstrasse", "12a", ""),
        ("Mühlenstraße 3-5, 33428 Harsewinkel", "muehlenstrasse harsewinkel", "3-5", "33428"),
        ("33428 Mühlenstr 7", "muehlenstrasse", "7", "33428"),
        ("Straße des 17. Juni 4", "strasse des 17 juni", "4", ""),
        ("Mühlenstr", "muehlenstrasse", "", ""),
        ("12", "12", "", ""),
        ("", "", "", ""),
    ],
)
def test_take_apart(typed: str, words: str, number: str, postcode: str) -> None:
    apart = take_apart(typed)
    assert (apart.text, apart.number, apart.postcode) == (words, number, postcode)


@pytest.mark.parametrize(("text", "number"), [("12 A", "12a"), ("3 - 5", "3-5"), ("3/5", "3-5"), ("", "")])
def test_fold_number(text: str, number: str) -> None:
    assert fold_number(text) == number


def test_similarity() -> None:
    assert similarity("muehlenstrasse", "muehlenstrasse") == 1
    assert similarity("muehlenstrasse", "muhlenstrasse") > 0.5
    assert similarity("muehlenstrasse", "klosterhof") < 0.1
    assert similarity("", "x") == 0

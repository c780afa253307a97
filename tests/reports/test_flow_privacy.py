"""Personal data noticed in a text: what is found, and what is left alone."""

import pytest

from reports.privacy import digest, findings

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "kind", "excerpt"),
    [
        ("Schreiben Sie an anna.muster@example.org bitte", "email", "anna.muster@example.org"),
        ("Tel. 05247 935-0 12", "phone", "05247 935-0 12"),
        ("ruf an: 0171/1234567", "phone", "0171/1234567"),
        ("+49 5247 123456", "phone", "+49 5247 123456"),
        ("Bitte 0049 171 1234567", "phone", "0049 171 1234567"),
        ("Der Wagen GT-AB 123 parkt dort", "plate", "GT-AB 123"),
        ("GT AB 123", "plate", "GT AB 123"),
        ("GT-A 1", "plate", "GT-A 1"),
        ("HSK-X 1234E", "plate", "HSK-X 1234E"),
        ("gt-ab 123", "plate", "gt-ab 123"),
        ("B-MW 1", "plate", "B-MW 1"),
    ],
)
def test_personal_data_is_found(text, kind, excerpt):
    assert [(one.kind.value, one.excerpt) for one in findings(text)] == [(kind, excerpt)]


@pytest.mark.parametrize(
    "text",
    [
        "Das Loch ist 0,5 m tief und 1,20 m breit",
        "Seit dem 01.02.2026 kaputt",
        "Mast 0123-4 an der B 64",
        "Auf der A 33 und der L 831",
        "Papier in DIN A4",
        "33428 Harsewinkel, Mühlenstraße 12",
        "Um 10:30 Uhr, Linie 71",
        "Meldung HSW-2026-000123",
        "Der Bus 73 hält hier nicht",
        "100000 Euro",
        "Hausnummer 12-14, EG 3",
        "Es sind 3 - 4 Meter",
        "",
    ],
)
def test_ordinary_words_are_left_alone(text):
    assert findings(text) == []


def test_each_finding_is_told_once_in_order():
    found = findings("a@example.org GT-AB 123 a@example.org")
    assert [one.excerpt for one in found] == ["a@example.org", "GT-AB 123"]


def test_the_digest_changes_with_the_findings():
    assert digest([]) == ""
    assert digest(findings("GT-AB 123")) != digest(findings("GT-AB 124"))

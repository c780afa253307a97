"""Answers as text, and questions as JSON."""

import pytest

from forms.field_type import Answer
from forms.services import describe, present
from tests.forms.conftest import form_of, question

pytestmark = pytest.mark.once

ANSWERS: dict[str, Answer] = {
    "zeile": "Am Markt",
    "tag": "2026-05-03",
    "anzahl": 1200,
    "menge": "1.5",
    "wahl": "rot",
    "mehrere": ["a", "c"],
    "jain": False,
    "zustimmung": True,
}


def test_answers_read_as_people_write(everything):
    shown = dict(present(everything, ANSWERS, "de", public=True))
    assert shown == {
        "Frage zeile": "Am Markt",
        "Frage tag": "3. Mai 2026",
        "Frage anzahl": "1.200\N{NO-BREAK SPACE}Stück",
        "Frage menge": "1,5\N{NO-BREAK SPACE}m³",
        "Frage wahl": "Rot",
        "Frage mehrere": "A, C",
        "Frage jain": "Nein",
        "Frage zustimmung": "Ja",
    }


def test_english_labels_and_numbers(everything):
    shown = dict(present(everything, ANSWERS, "en", public=True))
    assert shown["Question anzahl"] == "1,200\N{NO-BREAK SPACE}pieces"
    assert shown["Question jain"] == "No"


def test_private_answers_are_for_staff(lamp):
    answers: dict[str, Answer] = {"kaputt": "aus", "zeuge": "Frau Beispiel"}
    assert [label for label, _text in present(lamp, answers, "de", public=True)] == ["Frage kaputt"]
    assert ("Frage zeuge", "Frau Beispiel") in present(lamp, answers, "de", public=False)


def test_questions_for_programs(lamp):
    first, mast, danger, *_rest = describe(lamp, "en")
    assert first == {
        "slug": "kaputt",
        "type": "choice",
        "label": "Question kaputt",
        "required": True,
        "private": False,
        "options": [
            {"value": "aus", "label": "Aus"},
            {"value": "flackert", "label": "Flackert"},
            {"value": "beschaedigt", "label": "Beschaedigt"},
        ],
    }
    assert mast["pattern"] == "mast_number"
    assert mast["help"] == "Sie steht auf einem Schild am Mast."
    assert danger["when"] == {"field": "kaputt", "is": "beschaedigt"}


def test_every_limit_is_told():
    field = question("a", "decimal", min=1, max=5, decimals=1, unit="m")
    (told,) = describe(form_of(field), "de")
    assert {key: told[key] for key in ("min", "max", "decimals", "unit")} == {
        "min": 1,
        "max": 5,
        "decimals": 1,
        "unit": "m",
    }

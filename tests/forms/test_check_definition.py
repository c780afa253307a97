"""Problems of a definition are said in words; nothing makes the check fail."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.services import check_definition
from tests.forms.conftest import form_of, options, question, text
from tests.forms.test_validate import JSON

pytestmark = pytest.mark.once


def problems(*fields):
    return check_definition(form_of(*fields))


def test_sound_forms_have_no_problems(lamp, everything):
    assert check_definition(lamp) == []
    assert check_definition(everything) == []


def test_a_problem_names_its_place():
    (problem,) = problems(question("a", "hologram"))
    assert problem == "Schritt 1: Feld „a“: Den Typ „hologram“ gibt es nicht."


@pytest.mark.parametrize(
    "field",
    [
        question("a", "hologram"),
        question("a", None),
        question("A b"),
        question(""),
        {**question("a"), "label": {"en": "only English"}},
        {**question("a"), "label": "text"},
        {**question("a"), "label": {"de": "x" * 2000}},
        question("a", help={"de": 5}),
        question("a", requird=True),
        question("a", required="yes"),
        question("a", private=1),
        question("a", max_length=0),
        question("a", max_length="5"),
        question("a", max_length=True),
        question("a", max_length=10**9),
        question("a", pattern="(a+)+$"),
        question("a", pattern=["plate"]),
        question("a", "textarea", pattern="plate"),
        question("a", min=3),
        question("a", "integer", min=5, max=3),
        question("a", "integer", min="5"),
        question("a", "integer", max=[1]),
        question("a", "integer", unit={"en": "metres"}),
        question("a", "decimal", decimals=9),
        question("a", "decimal", decimals="2"),
        question("a", "date", min="gestern"),
        question("a", "date", min="2026-05-04", max="2026-05-01"),
        question("a", "choice"),
        question("a", "choice", options=[]),
        question("a", "choice", options=["a"]),
        question("a", "choice", options=[{"value": 1, "label": text("Eins")}]),
        question("a", "choice", options=[{"value": [], "label": text("Eins")}]),
        question("a", "choice", options=[{"value": "a"}]),
        question("a", "choice", options=[{"value": "a", "label": text("A"), "price": 3}]),
        question("a", "choice", options=options("a", "a")),
        question("a", "choices", options=options("a"), min=2, max=1),
        question("a", "choices", options=options("a"), max="1"),
        "field",
        None,
    ],
)
def test_a_bad_field_is_a_problem(field):
    assert problems(field)


@pytest.mark.parametrize(
    "when",
    [
        "always",
        {},
        {"field": "later", "is": "x"},
        {"field": "b", "is": "x"},
        {"field": "nowhere", "is": "x"},
        {"field": ["a"], "is": "x"},
        {"field": "a"},
        {"field": "a", "is": "x", "in": ["x"]},
        {"field": "a", "resembles": "x"},
        {"field": "a", "is": 5},
        {"field": "a", "gt": 5},
        {"field": "a", "in": "x"},
        {"field": "a", "in": []},
        {"field": "a", "answered": "yes"},
        {"field": "colour", "is": "blue"},
        {"field": "colours", "is": "red"},
        {"field": "colours", "in": ["red"]},
        {"field": "colours", "contains": "blue"},
        {"field": "count", "is": "3"},
        {"field": "count", "contains": 3},
        {"field": "day", "lt": "tomorrow"},
        {"field": "sure", "is": "yes"},
        {"field": "terms", "is": False},
        {"all": []},
        {"all": {"field": "a", "is": "x"}},
        {"any": [{"field": "a", "is": "x"}, "or"]},
        {"not": {"field": "later", "is": "x"}},
        {"not": {"field": "a", "is": "x"}, "field": "a"},
        {"all": [{"field": "a", "is": "x"}], "any": []},
    ],
)
def test_a_bad_condition_is_a_problem(when):
    assert problems(*BEFORE, question("b", when=when), question("later"))


BEFORE = [
    question("a"),
    question("colour", "choice", options=options("red", "green")),
    question("colours", "choices", options=options("red", "green")),
    question("count", "integer"),
    question("day", "date"),
    question("sure", "yesno"),
    question("terms", "agree"),
]


@pytest.mark.parametrize(
    "when",
    [
        {"field": "a", "is": "x"},
        {"field": "a", "answered": False},
        {"field": "colour", "in": ["red", "green"]},
        {"field": "colours", "contains": "red"},
        {"field": "count", "gt": 2.5},
        {"field": "day", "lt": "2026-05-04"},
        {"not": {"any": [{"field": "sure", "is": True}, {"field": "terms", "is": True}]}},
    ],
)
def test_a_good_condition_is_none(when):
    assert problems(*BEFORE, question("b", when=when)) == []


def test_deep_nesting_is_refused():
    when: dict[str, object] = {"field": "a", "is": "x"}
    for _ in range(5_000):
        when = {"not": when}
    assert problems(question("a"), question("b", when=when)) == [
        "Schritt 1: Feld „b“: Die Bedingung ist zu tief verschachtelt."
    ]


def test_names_are_unique_across_steps():
    form = form_of(question("a"))
    form["steps"].append({**copy.deepcopy(form["steps"][0]), "slug": "mehr"})
    assert len(check_definition(form)) == 1
    form["steps"][1]["slug"] = "fragen"
    assert len(check_definition(form)) == 2


def test_there_are_limits():
    assert len(problems(*(question(f"f{n}") for n in range(301)))) == 1
    assert check_definition({"steps": [form_of(question("a"))["steps"][0]] * 31})


@settings(deadline=None, database=None)
@given(JSON)
def test_no_definition_makes_it_fail(anything):
    for garbage in (anything, {"steps": anything}, {"steps": [anything]}, {"steps": [{"fields": anything}]}):
        assert check_definition(garbage)


KEYS = ("slug", "type", "label", "help", "required", "options", "min", "max", "max_length", "pattern", "unit", "when")


@settings(deadline=None, database=None)
@given(st.sampled_from([field["type"] for field in BEFORE]), st.dictionaries(st.sampled_from(KEYS), JSON))
def test_no_field_makes_it_fail(kind, garbage):
    assert isinstance(problems(question("a"), {**question("b", kind), **garbage}), list)

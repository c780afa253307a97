"""Answers from a browser and from JSON are checked alike; whatever is sent, nothing fails otherwise."""

import time
from datetime import date

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.services import check_definition, validate
from tests.forms.conftest import form_of, options, question

pytestmark = pytest.mark.once

TODAY = date(2026, 5, 4)


def ask(field, value):
    answers, errors = validate(form_of(field), {"q": value}, language="de", today=TODAY)
    return errors.get("q") or answers.get("q")


def is_refused(field, value):
    return isinstance(ask(field, value), list) and bool(ask(field, value))


def test_browser_and_json_give_the_same_answers(everything):
    posted = QueryDict(
        "zeile=+Am+Markt+&absatz=eins%0D%0Azwei&mail=a%40example.org&telefon=05247+935-0&tag=2026-05-03&anzahl=12"
        "&menge=1,5&wahl=rot&lang=wert3&mehrere=b&mehrere=a&jain=no&zustimmung=on&fremd=1"
    )
    sent = {
        "zeile": "Am Markt",
        "absatz": "eins\nzwei",
        "mail": "a@example.org",
        "telefon": "05247 935-0",
        "tag": "3.5.2026",
        "anzahl": 12,
        "menge": 1.5,
        "wahl": "rot",
        "lang": "wert3",
        "mehrere": ["a", "b"],
        "jain": False,
        "zustimmung": True,
        "fremd": {"nested": []},
    }
    expected = {**sent, "tag": "2026-05-03", "menge": "1.5"}
    del expected["fremd"]
    assert validate(everything, posted, language="de", today=TODAY) == (expected, {})
    assert validate(everything, sent, language="de", today=TODAY) == (expected, {})


@pytest.mark.parametrize("blank", [None, "", "   ", [], [""]])
def test_what_is_empty_is_no_answer(everything, blank):
    names = [field["slug"] for field in everything["steps"][0]["fields"]]
    assert validate(everything, dict.fromkeys(names, blank), language="de") == ({}, {})


@pytest.mark.parametrize(
    ("field", "good", "stored"),
    [
        (question("q"), "a\x00b\tc\ud800", "ab c"),
        (question("q"), "  two\nlines ", "two lines"),
        (question("q", "textarea"), "a\r\n\r\nb\x07", "a\n\nb"),
        (question("q", pattern="plate"), "hsw-ab 123", "HSW-AB 123"),
        (question("q", "integer"), " +7 ", 7),
        (question("q", "integer"), -3, -3),
        (question("q", "decimal"), "12,50", "12.50"),
        (question("q", "decimal"), 3, "3"),
        (question("q", "decimal", decimals=4), "0.1234", "0.1234"),
        (question("q", "date"), "04.05.2026", "2026-05-04"),
        (question("q", "date", max="today"), "2026-05-04", "2026-05-04"),
        (question("q", "choices", options=options("a", "b")), "b", ["b"]),
        (question("q", "choices", options=options("a", "b")), ["b", "b"], ["b"]),
        (question("q", "yesno"), "yes", True),
        (question("q", "agree"), "true", True),
    ],
)
def test_answers_are_kept_in_one_shape(field, good, stored):
    assert ask(field, good) == stored


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        (question("q", max_length=5), "sechs!"),
        (question("q"), 5),
        (question("q"), ["a"]),
        (question("q"), {"a": 1}),
        (question("q"), True),
        (question("q", pattern="postcode"), "3342"),
        (question("q", "textarea"), "x" * 2001),
        (question("q", "textarea"), "x" * 10_000_000),
        (question("q", "email"), "nobody"),
        (question("q", "email"), "a@b\x00\n.de, c@d.de"),
        (question("q", "phone"), "ring me"),
        (question("q", "integer"), "1.5"),
        (question("q", "integer"), 1.0),
        (question("q", "integer"), True),
        (question("q", "integer"), "1" * 5000),
        (question("q", "integer"), 10**400),
        (question("q", "integer"), "١٢"),
        (question("q", "integer", min=3), 2),
        (question("q", "integer", max=3), 4),
        (question("q", "decimal"), "1.234"),
        (question("q", "decimal"), "1.234,5"),
        (question("q", "decimal"), float("nan")),
        (question("q", "decimal"), "Infinity"),
        (question("q", "decimal"), "1e5"),
        (question("q", "date"), "2026-02-30"),
        (question("q", "date"), "0001-01-01"),
        (question("q", "date"), 20260504),
        (question("q", "date", max="today"), "2026-05-05"),
        (question("q", "date", min="2026-01-01"), "31.12.2025"),
        (question("q", "choice", options=options("a")), "b"),
        (question("q", "choice", options=options("a")), ["a"]),
        (question("q", "choices", options=options("a", "b")), ["a", "c"]),
        (question("q", "choices", options=options("a", "b")), [["a"]]),
        (question("q", "choices", options=options("a", "b")), {"a": 1}),
        (question("q", "choices", options=options("a", "b", "c"), min=2), ["a"]),
        (question("q", "choices", options=options("a", "b", "c"), max=2), ["a", "b", "c"]),
        (question("q", "yesno"), "maybe"),
        (question("q", "yesno"), 1),
        (question("q", "agree"), "off"),
    ],
)
def test_what_does_not_fit_is_refused(field, bad):
    assert check_definition(form_of(field)) == []
    assert is_refused(field, bad)


def test_errors_speak_the_language_asked_for():
    field = form_of(question("q", required=True))
    assert validate(field, {}, language="de")[1] == {"q": ["Bitte beantworten Sie diese Frage."]}
    assert validate(field, {}, language="en")[1] == {"q": ["Please answer this question."]}


def test_a_box_that_must_be_ticked():
    field = form_of(question("q", "agree", required=True))
    for value in (None, False, "false", "no"):
        assert validate(field, {"q": value}, language="de")[1] == {"q": ["Bitte setzen Sie hier einen Haken."]}


def test_what_was_not_asked_is_dropped(lamp):
    sent = {"kaputt": "aus", "gefahr": "yes", "kabel": "yes", "mast": "12-345"}
    assert validate(lamp, sent, language="de") == ({"kaputt": "aus", "mast": "12-345"}, {})


def test_what_is_asked_must_be_answered(lamp):
    assert "gefahr" in validate(lamp, {"kaputt": "beschaedigt"}, language="de")[1]


def test_a_chain_of_conditions_breaks_where_an_answer_is_dropped(lamp):
    sent = {"kaputt": "beschaedigt", "gefahr": True, "kabel": True}
    assert validate(lamp, sent, language="de")[0] == sent
    sent["kaputt"] = "aus"
    assert validate(lamp, sent, language="de")[0] == {"kaputt": "aus"}


def test_an_error_counts_as_no_answer_for_later_conditions():
    form = form_of(question("a", "integer"), question("b", when={"field": "a", "answered": False}, required=True))
    assert set(validate(form, {"a": "many"}, language="de")[1]) == {"a", "b"}


@pytest.mark.parametrize("garbage", [None, [], "text", 5, True, [{"q": 1}]])
def test_what_is_no_object_is_one_error(garbage):
    answers, errors = validate(form_of(question("q")), garbage, language="de")
    assert answers == {}
    assert set(errors) == {"__all__"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
EVERY_TYPE = form_of(
    *(question(kind, kind) for kind in ("text", "textarea", "email", "phone", "date", "integer", "decimal", "yesno")),
    question("choice", "choice", options=options("a")),
    question("choices", "choices", options=options("a", "b")),
    question("agree", "agree"),
)
NAMES = [field["slug"] for field in EVERY_TYPE["steps"][0]["fields"]]


@settings(deadline=None, database=None)
@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_no_json_makes_it_fail(sent):
    answers, errors = validate(EVERY_TYPE, sent, language="de")
    assert not answers.keys() & errors.keys()
    for answer in answers.values():
        assert "\x00" not in str(answer)
        str(answer).encode()
    assert validate(EVERY_TYPE, answers, language="de") == (answers, {})


def test_a_hundred_fields_and_forty_conditions_in_under_twenty_milliseconds():
    fields = [question(f"f{n}", "integer" if n % 2 else "text") for n in range(60)]
    fields += [
        question(
            f"f{n}", "decimal", when={"any": [{"field": f"f{n - 60}", "answered": False}, {"field": "f1", "gt": 0}]}
        )
        for n in range(60, 100)
    ]
    form = form_of(*fields)
    assert check_definition(form) == []
    sent = {f"f{n}": "1" for n in range(100)}
    validate(form, sent, language="de")
    times = []
    for _ in range(10):
        start = time.perf_counter()
        answers, errors = validate(form, sent, language="de")
        times.append(time.perf_counter() - start)
    assert len(answers) == 100
    assert not errors
    assert min(times) < 0.020

"""The form in a page: controls, conditions, errors, and what a POST becomes."""

import re
from html.parser import HTMLParser

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation

from forms.field_type import Answer
from forms.services import build_form
from tests.forms.conftest import form_of, options, question, text

pytestmark = pytest.mark.once


def page(form):
    with translation.override("de"):
        return render_to_string("forms/fields.html", {"form": form})


class Ids(HTMLParser):
    """Ids, and the ids that labels and descriptions point to."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.targets = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.targets += [found["for"]] if "for" in found else []
        self.targets += found.get("aria-describedby", "").split()


def test_every_type_has_its_control(everything):
    html = page(build_form(everything, language="de", prefix="q"))
    assert 'type="date"' in html
    assert 'type="tel"' in html
    assert 'type="email"' in html
    assert 'inputmode="decimal"' in html
    assert html.count("<textarea") == 1
    assert html.count("<select") == 1
    assert html.count("<fieldset") == 3
    assert html.count('type="radio"') == 6
    assert html.count('type="checkbox"') == 4
    assert 'name="q-zeile"' in html
    assert "Frage menge (m³)" in html


@pytest.mark.parametrize("data", [None, QueryDict(""), QueryDict("q-tag=gestern&q-anzahl=x&q-wahl=blau")])
def test_ids_are_unique_and_point_somewhere(everything, data):
    for field in everything["steps"][0]["fields"]:
        field.update(required=True, help=text("Hilfe"))
    found = Ids(page(build_form(everything, data=data, language="de", prefix="q")))
    assert len(found.ids) == len(set(found.ids))
    assert set(found.targets) <= set(found.ids)


def test_errors_stand_at_their_field():
    form = build_form(form_of(question("a", "integer")), data=QueryDict("a=viele"), language="de")
    html = page(form)
    assert not form.is_valid()
    assert form.errors == {"a": ["Bitte schreiben Sie eine ganze Zahl ohne Punkte, zum Beispiel 12."]}
    assert 'aria-invalid="true"' in html
    assert 'value="viele"' in html


def test_a_post_becomes_answers(everything):
    form = build_form(
        everything, data=QueryDict("q-mehrere=b&q-mehrere=a&q-jain=yes&q-menge=2,5"), language="de", prefix="q"
    )
    assert form.is_valid()
    assert form.cleaned_data == {"menge": "2.5", "mehrere": ["a", "b"], "jain": True}


def test_answers_come_back_into_the_form(everything):
    answers: dict[str, Answer] = {
        "menge": "2.5",
        "mehrere": ["a", "b"],
        "jain": False,
        "zustimmung": True,
        "tag": "2026-05-04",
        "gone": "x",
    }
    with translation.override("de"):
        html = page(build_form(everything, answers=answers, language="de"))
    assert re.search(r'<input[^>]*name="menge"[^>]*value="2,5"|value="2,5"[^>]*name="menge"', html)
    assert 'value="2026-05-04"' in html
    assert html.count("checked") == 5  # a, b, no, agree, and "no answer" of the other group


def test_conditions_are_said_in_words_and_as_data(lamp):
    html = page(build_form(lamp, language="de"))
    assert "<span data-only-if>Nur wenn „Frage kaputt“ mit „Beschaedigt“ beantwortet ist. </span>" in html
    assert 'data-question="gefahr" data-type="yesno"' in html
    assert 'data-when="{&quot;field&quot;: &quot;kaputt&quot;, &quot;is&quot;: &quot;beschaedigt&quot;}"' in html


def test_a_browser_never_insists_on_a_question(lamp):
    assert " required" not in page(build_form(lamp, language="de"))


def test_hidden_answers_are_dropped(lamp):
    form = build_form(lamp, data=QueryDict("kaputt=aus&gefahr=yes"), language="de")
    assert form.is_valid()
    assert form.cleaned_data == {"kaputt": "aus"}


def test_labels_are_escaped():
    evil = "<script>alert(1)</script>"
    field = question("a", "choice", options=[{"value": '"><b>', "label": text(evil)}])
    later = question("b", when={"field": "a", "is": '"><b>'}, help=text(evil))
    html = page(build_form(form_of({**field, "label": text(evil)}, later), language="de"))
    assert "<script" not in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ({"field": "c", "in": ["rot", "blau"]}, "Nur wenn „Frage c“ mit „Rot“ oder „Blau“ beantwortet ist."),
        ({"field": "c", "is_not": "rot"}, "Nur wenn „Frage c“ nicht mit „Rot“ beantwortet ist."),
        ({"field": "m", "contains": "rot"}, "Nur wenn „Frage m“ auch „Rot“ enthält."),
        ({"field": "n", "gt": 3}, "Nur wenn „Frage n“ mehr als 3 ist."),
        ({"field": "n", "lt": 3}, "Nur wenn „Frage n“ weniger als 3 ist."),
        ({"field": "n", "answered": True}, "Nur wenn „Frage n“ beantwortet ist."),
        (
            {"all": [{"field": "n", "lt": 3}, {"any": [{"field": "n", "gt": 1}, {"field": "n", "lt": 0}]}]},
            "„Frage n“ weniger als 3 ist und („Frage n“ mehr als 1 ist oder „Frage n“ weniger als 0 ist).",
        ),
        ({"not": {"field": "n", "gt": 1}}, "Nur wenn nicht gilt, dass „Frage n“ mehr als 1 ist."),
    ],
)
def test_every_condition_has_its_sentence(when, sentence):
    form = form_of(
        question("c", "choice", options=options("rot", "blau")),
        question("m", "choices", options=options("rot", "blau")),
        question("n", "integer"),
        question("z", when=when),
    )
    assert sentence in page(build_form(form, language="de"))

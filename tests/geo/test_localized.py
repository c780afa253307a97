"""`localized`, its filter and its field."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import translation

from geo.localized import localized, validate_localized

pytestmark = pytest.mark.once


def test_the_wanted_language_then_german_then_any() -> None:
    text = {"de": "Straße", "en": "Road"}
    assert localized(text, "en") == "Road"
    assert localized(text, "en-GB") == "Road"
    assert localized(text, "fr") == "Straße"
    assert localized({"en": "Road"}, "de") == "Road"
    assert localized({"en": "", "de": "Straße"}, "en") == "Straße"


def test_the_active_language_is_the_default() -> None:
    with translation.override("en"):
        assert localized({"de": "Straße", "en": "Road"}) == "Road"


@pytest.mark.parametrize("value", [None, {}, ""])
def test_nothing_is_empty(value: dict[str, str] | None) -> None:
    assert localized(value) == ""


def test_a_plain_string_stays() -> None:
    assert localized("Heek") == "Heek"


@pytest.mark.parametrize("value", ["Text", ["de"], {"de": 1}, {1: "x"}, {"en": "Road"}, {"deutschland": "x"}])
def test_other_shapes_are_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        validate_localized(value)


def test_empty_and_complete_texts_are_accepted() -> None:
    validate_localized({})
    validate_localized({"de": "Straße", "en": ""})


def test_filter_escapes() -> None:
    page = Template("{% load localized %}{{ text|localized:'en' }}")
    assert page.render(Context({"text": {"de": "x", "en": "<b>"}})) == "&lt;b&gt;"

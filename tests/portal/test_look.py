"""The template tags of the design system: what they say to a screen reader, and how time is spoken."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import timezone, translation

from portal.design import icon_names
from portal.templatetags import look

pytestmark = pytest.mark.once

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


class Form(forms.Form):
    email = forms.EmailField(label="E-Mail", help_text="Nur für Antworten")
    side = forms.ChoiceField(label="Seite?", choices=[("l", "links"), ("r", "rechts")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="Einverstanden", required=False)
    note = forms.CharField(label="Notiz", required=False)


def shown(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=20), "gerade eben"),
        (timedelta(minutes=1, seconds=40), "vor 2 Minuten"),
        (timedelta(hours=1, minutes=5), "vor 1 Stunde"),
        (timedelta(days=1), "gestern"),
        (timedelta(days=3), "vor 3 Tagen"),
        (timedelta(days=15), "vor 2 Wochen"),
        (timedelta(days=90), "17. März"),
        (timedelta(days=-1), "morgen"),
        (timedelta(days=-5), "in 5 Tagen"),
    ],
)
def test_time_reads_as_people_speak(before: timedelta, said: str) -> None:
    with timezone.override("Europe/Berlin"), translation.override("de"):
        assert look.spoken(NOW - before, NOW) == said


def test_a_date_without_time_and_another_year() -> None:
    with timezone.override("Europe/Berlin"), translation.override("de"):
        assert look.spoken(date(2026, 6, 15), NOW) == "heute"
        assert look.spoken(date(2020, 6, 15), NOW) == "15. Juni 2020"


def test_age_keeps_the_full_date_in_the_markup() -> None:
    html = shown("{% age moment %}", moment=NOW)
    assert 'datetime="2026-06-15T14:00+02:00"' in html
    assert "title=" in html
    assert shown("{% age moment %}", moment=None) == ""


def test_state_is_icon_and_word() -> None:
    html = shown('{% state "working" "In Arbeit" badge=True %}')
    assert "is-working" in html
    assert "#state-working" in html
    assert ">In Arbeit<" in html


@pytest.mark.parametrize("tag", ['{% state "open" "x" %}', '{% dot "open" %}'])
def test_an_unknown_state_is_an_error(tag: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        shown(tag)


def test_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in shown('{% icon "camera" %}')
    assert 'role="img" aria-label="mit &lt;Foto&gt;"' in shown('{% icon "photo" "" label %}', label="mit <Foto>")


def test_field_ties_label_hint_and_error_together() -> None:
    html = shown("{% field form.email autocomplete='email' %}", form=Form({"email": "erika"}))
    assert 'aria-describedby="id_email-hint id_email-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'autocomplete="email"' in html
    assert '<label class="kern-label" for="id_email">' in html
    assert 'id="id_email-error"' in html


def test_choices_stand_in_a_fieldset_with_the_chosen_one_checked() -> None:
    html = shown("{% field form.side %}", form=Form({"side": "r"}))
    assert "<fieldset" in html
    assert "<legend" in html
    assert re.search(r'value="r" id="id_side_1"[^>]* checked', html)
    assert html.count('type="radio"') == 2


def test_optional_fields_say_so() -> None:
    assert "kern-label__optional" in shown("{% field form.note %}", form=Form())
    assert "kern-label__optional" not in shown("{% field form.email %}", form=Form())


def test_error_summary_leads_to_the_first_control_of_each_field() -> None:
    html = shown("{% error_summary form %}", form=Form({"email": "erika"}))
    assert 'href="#id_email"' in html
    assert 'href="#id_side_0"' in html
    assert "E-Mail: " in html
    assert 'role="alert"' in html
    assert shown("{% error_summary form other %}", form=Form(), other=None).strip() == ""


def test_typed_text_is_escaped_everywhere() -> None:
    evil = "<script>alert(1)</script>"
    row = {"title": evil, "url": "/", "place": evil, "state": "done", "label": evil}
    entry = {"at": NOW, "title": evil, "who": evil, "text": evil, "state": "done"}
    html = shown(
        "{% report_row row %}{% timeline entries %}{% alert 'info' evil %}{{ evil }}{% endalert %}"
        "{% empty evil evil 'search' '/' evil %}{% stepper 1 5 evil %}{% field form.email %}",
        row=row,
        entries=[entry],
        evil=evil,
        form=Form({"email": evil}),
    )
    assert "<script" not in html


def test_pages_keep_the_filters() -> None:
    request = RequestFactory().get("/", {"state": "done", "page": "2"})
    page = Paginator(range(100), 10).page(2)
    html = Template("{% load look %}{% pages page %}").render(Context({"page": page, "request": request}))
    assert "?state=done&amp;page=1" in html
    assert "?state=done&amp;page=3" in html


def test_every_icon_used_by_name_exists() -> None:
    names = set(icon_names())
    used: set[str] = set()
    for file in Path(settings.BASE_DIR).glob("*/templates/**/*.html"):
        used |= set(re.findall(r'{% icon "([a-z-]+[a-z])"', file.read_text()))
    assert used
    assert used <= names
    assert {f"state-{kind}" for kind in look.STATES} <= names

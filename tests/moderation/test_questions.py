"""The editor of a category's questions: without a script, immutable versions, a preview that is the real form."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import RuleChange, User
from accounts.policy import Role
from accounts.services import grant
from cases.models import Case
from forms.models import FormVersion
from forms.services import put_form
from geo.models import Municipality
from reports.categories import category_of
from reports.questioning import asked
from tests.conftest import Town, make_municipality
from tests.moderation.conftest import url

Login = Callable[[User], Client]
LIST = "/verwaltung/einrichtung/kategorien/zeile/laterne/fragen/"
NEW = f"{LIST}neu/"
CHOICE = {
    "type": "choice",
    "label_de": "Was ist mit der Laterne?",
    "label_en": "What is wrong?",
    "options-0-de": "Sie ist aus",
    "options-1-de": "Sie flackert",
    "options-1-en": "It flickers",
    "required": "on",
}


@pytest.fixture
def admin(login: Login, town: Town) -> Client:
    """The administrator of Harsewinkel."""
    return login(town.admin)


def mark(client: Client) -> str:
    """The mark of the list of questions."""
    found = re.search(r'name="seen" value="(\w+)"', client.get(LIST).content.decode())
    assert found
    return found[1]


def do(client: Client, **deed: str) -> Any:
    return client.post(LIST, {"seen": mark(client), **deed})


def slugs(municipality: Municipality) -> list[str]:
    category = category_of(municipality, "laterne")
    assert category is not None
    return [field["slug"] for field in asked(category)]


def test_questions_are_made_published_and_asked(admin: Client, town: Town, make_report: Callable[..., Case]) -> None:
    assert admin.post(NEW, CHOICE).status_code == 302
    condition = '{"field": "was_ist_mit_der_laterne", "is": "sie_flackert"}'
    typed = {"type": "integer", "label_de": "Wie viele?", "min": "2", "when_0": condition, "joint": "all"}
    assert admin.post(NEW, typed).status_code == 302
    assert slugs(town.municipality) == [], "a draft asks nobody"
    page = admin.get(LIST).content.decode()
    assert "Nur wenn „Was ist mit der Laterne?“ mit „Sie flackert“ beantwortet ist" in page
    assert 'data-question="wie_viele"' in page, "the preview is the real form"
    assert "It flickers" in admin.get(LIST, {"sprache": "en"}).content.decode()
    assert do(admin, publish="1").status_code == 302
    assert slugs(town.municipality) == ["was_ist_mit_der_laterne", "wie_viele"]
    field = FormVersion.objects.get().definition["steps"][0]["fields"][1]
    assert field["when"] == {"field": "was_ist_mit_der_laterne", "is": "sie_flackert"}
    assert field["min"] == 2
    assert RuleChange.objects.get(subject="question").after["questions"] == ["Was ist mit der Laterne?", "Wie viele?"]
    town.lamp.refresh_from_db()
    case = make_report(category=town.lamp, answers={"was_ist_mit_der_laterne": "sie_ist_aus"})
    do(admin, remove="wie_viele")
    do(admin, remove="was_ist_mit_der_laterne")
    do(admin, publish="1")
    assert slugs(town.municipality) == []
    assert FormVersion.objects.count() == 1, "a version never changes"
    manager = Client()
    manager.force_login(town.manager)
    assert "Sie ist aus" in manager.get(url(case)).content.decode(), "old answers stay readable"


def test_the_form_changes_its_shape_without_a_script(admin: Client, town: Town) -> None:
    page = admin.get(NEW).content.decode()
    assert 'name="options-0-de"' in page
    typed = admin.post(NEW, {**CHOICE, "type": "integer", "retype": "1"}).content.decode()
    assert "Was ist mit der Laterne?" in typed
    assert 'name="unit_de"' in typed
    assert 'name="options-0-de"' not in typed
    swapped = admin.post(NEW, {**CHOICE, "options-up": "1"}).content.decode()
    assert re.search(r'name="options-0-de"[^>]*value="Sie flackert"', swapped)
    assert admin.post(NEW, {**CHOICE, "label_de": ""}).status_code == 422
    assert admin.post(NEW, {"type": "choice", "label_de": "Was?"}).status_code == 422
    assert not FormVersion.objects.exists()


def test_what_others_depend_on_is_neither_moved_behind_nor_removed(admin: Client, town: Town) -> None:
    admin.post(NEW, CHOICE)
    admin.post(
        NEW,
        {"type": "yesno", "label_de": "Reihe?", "when_0": '{"answered": true, "field": "was_ist_mit_der_laterne"}'},
    )
    for deed in ({"remove": "was_ist_mit_der_laterne"}, {"down": "was_ist_mit_der_laterne"}, {"up": "reihe"}):
        refused = do(admin, **deed)
        assert refused.status_code == 422
        assert "Reihe?" in refused.content.decode()


def test_two_people_on_one_draft(admin: Client, town: Town) -> None:
    admin.post(NEW, CHOICE)
    old = mark(admin)
    address = f"{LIST}was_ist_mit_der_laterne/"
    seen = re.search(r'name="seen" value="(\w+)"', admin.get(address).content.decode())
    assert seen
    changed = {**CHOICE, "options-0-value": "sie_ist_aus", "options-1-value": "sie_flackert"}
    assert admin.post(address, {**changed, "label_de": "Was fehlt?", "seen": seen[1]}).status_code == 302
    refused = admin.post(address, {**changed, "label_de": "Was stört?", "seen": seen[1]})
    assert refused.status_code == 409
    assert "jetzt: „Was fehlt?“" in refused.content.decode()
    assert admin.post(LIST, {"seen": old, "remove": "was_ist_mit_der_laterne"}).status_code == 409
    assert do(admin, discard="1").status_code == 302
    assert not FormVersion.objects.exists()


def test_a_town_asks_otherwise_than_its_county_and_goes_back(town: Town) -> None:
    fields = [{"slug": "mast", "type": "text", "label": {"de": "Mastnummer"}}]
    steps = {"steps": [{"slug": "angaben", "title": {"de": "Angaben"}, "fields": fields}]}
    version = put_form(municipality=None, slug="laterne", title={"de": "Zur Laterne"}, definition=steps)
    town.lamp.form = version.form
    town.lamp.save()
    child = make_municipality("dorf", "Dorf", "DRF", lon=9, lat=52, parent=town.municipality)
    user = User.objects.create_user("amt@dorf.example", "geheim-geheim-1", name="Amt")
    grant(user=user, municipality=child, role=Role.ADMIN)
    village = Client(headers={"host": child.host})
    village.force_login(user)
    assert village.post(NEW, {"type": "date", "label_de": "Seit wann?", "days": "past"}).status_code == 302
    do(village, publish="1")
    assert slugs(child) == ["mast", "seit_wann"]
    assert slugs(town.municipality) == ["mast"]
    assert do(village, above="1").status_code == 302
    assert slugs(child) == ["mast"]

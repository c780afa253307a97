"""The page that holds the whole report flow, for times without a network."""

import json
import re

from forms.services import put_form
from tests.browser.world import QUESTIONS
from tests.conftest import make_category


def facts(page):
    return json.loads(re.search(r'id="shell-facts" type="application/json">(.*?)</script>', page)[1])


def test_every_step_is_there_with_the_fields_of_the_server(client, town):
    page = client.get("/melden/offline/").content.decode()
    for step in ("ort", "was", "genauer", "kontakt", "pruefen"):
        assert f'<template data-step="{step}">' in page
    for name in ("address", "lat", "lon", "pinned", "category", "text", "email", "name", "phone", "public_name"):
        assert f'name="{name}"' in page
    assert set(facts(page)["categories"]) == {"schlagloch", "laterne", "idee", "lob", "beschwerde"}


def test_the_questions_of_a_category_come_along_with_their_conditions(client, town):
    version = put_form(municipality=town.municipality, slug="deckel", title={"de": "Deckel"}, definition=QUESTIONS)
    make_category(
        town.municipality, "deckel", "Deckel", danger=True, danger_text={"de": "Bitte sichern."}, form=version.form
    )
    page = client.get("/melden/offline/").content.decode()
    block = page.partition('data-questions-of="deckel"')[2].partition("</template>")[0]
    assert 'name="q-kaputt"' in block
    assert "data-when" in block
    assert (
        facts(page)["categories"]["deckel"] | {"danger": "Bitte sichern.", "asks": True}
        == facts(page)["categories"]["deckel"]
    )


def test_where_anonymous_reports_are_not_taken_it_says_so(client, town):
    town.municipality.allow_anonymous = False
    town.municipality.save()
    page = client.get("/melden/offline/").content.decode()
    assert facts(page)["anonymous"] is False
    assert 'name="anonymous"' not in page


def test_the_other_pages_name_the_next_step(client, town):
    offline = client.get("/offline/").content.decode()
    assert "Sie sind offline" in offline
    assert "/melden/offline/#neu" in offline
    assert "112" in offline
    assert "Meldungen auf diesem Gerät" in client.get("/melden/geraet/").content.decode()

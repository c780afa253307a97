"""The start of the report flow: gates, prefilled links, drafts to go on with."""

from django.test import Client

from cases.models import Draft
from reports.models import Category
from tests.conftest import make_category
from tests.reports.flow_story import Story, step_of


def test_the_start_names_emergency_numbers_and_makes_nothing(client, town):
    town.municipality.phone_on_call = "05247 935-0"
    town.municipality.save()
    page = client.get("/melden/")
    assert page.status_code == 200
    text = page.content.decode()
    assert 'href="tel:112"' in text
    assert 'href="tel:110"' in text
    assert 'href="tel:05247935-0"' in text
    assert not Draft.objects.exists()


def test_the_start_says_whom_to_ask_about_what_is_not_ours(client, town):
    make_category(
        town.municipality, "falschparker", "Falschparker", redirect_text={"de": "Bitte rufen Sie die Polizei an."}
    )
    assert "Bitte rufen Sie die Polizei an." in client.get("/melden/").content.decode()


def test_search_engines_find_the_way_in(client, town):
    page = client.get("/melden/")
    assert (page["X-Robots-Tag"], "no-store" in page["Cache-Control"]) == ("all", True)
    assert '<meta name="description" content="' in page.content.decode()


def test_starting_leads_to_the_place_and_is_nobody_elses_business(client, town):
    story = Story(client)
    page = story.start()
    assert step_of(page) == "ort"
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "same-origin"


def test_a_link_of_the_map_brings_place_and_category(client, town):
    page = client.get("/melden/?lat=51.961&lon=8.231&kategorie=schlagloch")
    assert 'name="lat" value="51.961"' in page.content.decode()
    assert "Schlagloch" in page.content.decode()
    story = Story(client)
    story.start(lat="51.961", lon="8.231", kategorie="schlagloch")
    assert story.typed.point == (8.231, 51.961)
    assert story.typed.category == "schlagloch"


def test_nonsense_in_a_link_is_ignored(client, town):
    story = Story(client)
    story.start(lat="nan", lon="999", kategorie="gibt-es-nicht")
    assert story.typed.point is None
    assert story.typed.category == ""


def test_the_start_offers_to_go_on_with_a_draft(client, town):
    story = Story(client)
    story.start()
    assert story.at("ort") not in client.get("/melden/").content.decode()  # nothing typed yet
    story.place(address="Hinter der Schule", hit="words")
    assert story.at("was") in client.get("/melden/").content.decode()


def test_a_draft_opens_in_the_browser_that_began_it_only(client, town):
    story = Story(client)
    story.start()
    other = Client().get(story.at("ort"))
    assert other.status_code == 404
    assert "/melden/" in other.content.decode()


def test_a_draft_of_another_municipality_is_not_here(client, town, neighbour):
    story = Story(client)
    story.start()
    assert client.get(story.at("ort"), headers={"host": "heek.localhost"}).status_code == 404


def test_an_old_draft_is_gone_and_says_so(client, town):
    story = Story(client)
    story.start()
    Draft.objects.update(changed_at="2020-01-01T00:00Z")
    page = story.get("was")
    assert page.status_code == 404
    assert "30" in page.content.decode()


def test_an_unknown_step_is_a_404(client, town):
    story = Story(client)
    story.start()
    assert client.get(story.at("irgendwas")).status_code == 404


def test_too_many_drafts_wait_kindly(client, town, monkeypatch):
    monkeypatch.setattr("reports.throttle.DRAFTS_PER_ADDRESS", 1)
    assert client.post("/melden/").status_code == 302
    assert client.post("/melden/").status_code == 429


def test_a_category_that_is_gone_meanwhile_is_asked_again(client, town):
    story = Story(client)
    story.until_check()
    Category.objects.filter(topic__slug="schlagloch").delete()
    assert step_of(story.get("pruefen")) == "was"


def test_the_browser_knows_a_draft_as_long_as_it_waits(client, town):
    client.post("/melden/")
    assert int(client.cookies["sessionid"]["max-age"]) > 30 * 24 * 3600
    client.post("/konto/anmelden/", {"login": town.manager.email, "password": "geheim-geheim-1"})
    client.post("/melden/")
    assert client.session.get_expiry_age() <= 14 * 24 * 3600, "a login is not prolonged by it"

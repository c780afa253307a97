"""Step 3: open reports nearby of the same kind."""

import pytest
from django.contrib.gis.geos import Point
from django.core.cache import cache

from cases.change import By
from cases.models import Draft, Follow, Support
from cases.policy import State
from cases.services import move
from reports.nearby import nearby
from reports.services import release_text
from tests.conftest import jpeg
from tests.reports.flow_story import Story, step_of


@pytest.fixture
def known(make_report, town):
    """A released report in the middle of the town."""
    case = make_report("Loch im Asphalt")
    release_text(case=case, by=By.staff(town.manager))
    return case


@pytest.fixture
def story(client, town, known):
    story = Story(client)
    story.start()
    story.place()
    return story


def test_a_report_of_the_same_kind_close_by_is_shown(story, known):
    page = story.what(photos=jpeg())
    text = page.content.decode()
    assert step_of(page) == "aehnliche"
    assert "Schritt 3 von 5" in text
    assert known.number in text
    assert "Loch im Asphalt" in text
    assert 'data-announce="1 ' in text


def test_something_else_goes_on(story):
    story.what()
    page = story.post("aehnliche")
    assert step_of(page) == "kontakt"
    assert "Schritt 4 von 5" in page.content.decode()


def test_that_is_it_supports_and_follows_instead(story, known):
    story.what(photos=jpeg())
    page = story.post("aehnliche", same=known.number)
    assert step_of(page) == "dabei"
    page = story.post("dabei", email="kein Postfach")
    assert "Fehler:" in page.content.decode()
    page = story.post("dabei", email="Anna@Example.org")
    assert step_of(page) == "danke"
    assert f"/meldungen/{known.number}/" in page.content.decode()
    assert Follow.objects.get().email == "anna@example.org"
    assert Support.objects.get().confirmed_at is None
    assert not Draft.objects.exists()


def test_that_is_it_without_an_address_ends_kindly(story, known):
    story.what()
    story.post("aehnliche", same=known.number)
    page = story.post("dabei", end="1")
    assert step_of(page) == "danke"
    assert not Follow.objects.exists()
    assert not Draft.objects.exists()


def test_only_an_offered_report_can_be_chosen(story, make_report):
    hidden = make_report("Nicht freigegeben")
    story.what()
    assert step_of(story.post("aehnliche", same=hidden.number)) == "kontakt"
    assert step_of(story.get("dabei")) == "aehnliche"


def test_without_any_the_count_stays_and_says_why(client, town):
    story = Story(client)
    story.start()
    assert "Schritt 1 von 5" in story.get("ort").content.decode()
    story.place()
    assert "Schritt 2 von 5" in story.get("was").content.decode()
    text = story.what().content.decode()
    assert "Schritt 4 von 5" in text
    assert "Schritt 3 entfällt: In der Nähe ist nichts Ähnliches gemeldet." in text
    assert 'data-announce="Keine ähnliche Meldung in der Nähe"' in text
    assert "Schritt 5 von 5" in story.contact().content.decode()


def test_asking_too_often_waits(story, known, monkeypatch):
    monkeypatch.setattr("reports.throttle.SENDS_PER_ADDRESS", 0)
    cache.clear()
    story.what()
    story.post("aehnliche", same=known.number)
    page = story.client.post(story.at("dabei"), {"email": "anna@example.org"})
    assert page.status_code == 429
    assert "anna@example.org" in page.content.decode()
    assert Draft.objects.exists()


def test_nearby_finds_open_public_ones_of_the_kind_only(make_report, town, known):
    manager = By.staff(town.manager)
    middle = town.middle
    make_report("Nicht freigegeben")
    other = make_report("Andere Art", category=town.lamp)
    release_text(case=other, by=manager)
    done = make_report("Schon fertig")
    release_text(case=done, by=manager)
    move(case=done, to=State.DONE, by=manager)
    far = make_report("Weit weg", point=Point(middle.x + 0.01, middle.y, srid=4326))
    release_text(case=far, by=manager)
    found = nearby(municipality=town.municipality, category=town.pothole, point=middle)
    assert [(report.number, metres) for report, metres in found] == [(known.number, 0)]


def test_nearby_puts_the_nearest_first_and_says_metres(make_report, town, known):
    middle = town.middle
    near = make_report("Nebenan", point=Point(middle.x, middle.y + 0.0002, srid=4326))
    release_text(case=near, by=By.staff(town.manager))
    found = nearby(municipality=town.municipality, category=town.pothole, point=middle)
    assert [report.number for report, _metres in found] == [known.number, near.number]
    assert 20 <= found[1][1] <= 25


def test_nearby_asks_at_most_four_times(make_report, town, known, django_assert_max_num_queries):
    for _time in range(3):
        release_text(case=make_report("Noch eins"), by=By.staff(town.manager))
    with django_assert_max_num_queries(4):
        assert len(nearby(municipality=town.municipality, category=town.pothole, point=town.middle)) == 3

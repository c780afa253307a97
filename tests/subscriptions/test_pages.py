"""The pages: ask, confirm, manage, end; a GET changes nothing."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from geo.gazetteer import Row, import_rows
from notifications.models import Delivery
from outbox.models import Event
from outbox.work import run_jobs
from subscriptions.models import Subscriber, Subscription
from subscriptions.policy import PENDING_PER_ADDRESS, PER_ADDRESS, Rhythm
from subscriptions.services import ASKED, forget
from subscriptions.wanted import Wanted
from tests.conftest import AT
from tests.subscriptions.conftest import PAULA


def asked(client, **typed):
    return client.post("/abo/", {"rhythm": "daily", "email": PAULA, **typed})


def only():
    return Subscription.objects.select_related("subscriber").get()


def mail():
    run_jobs()
    return Delivery.objects.order_by("pk").last()


def link(part):
    return re.search(rf"http://[^/]+({part}[^\s]+)", mail().text).group(1)


def test_the_selection_of_the_map_becomes_the_subscription(client, town):
    town.municipality.districts.create(name="Marienfeld", slug="marienfeld")
    query = "q=Loch&kategorie=schlagloch&kategorie=laterne&stadtteil=marienfeld&status=neu&bbox=8.2,51.9,8.3,52.0"
    page = client.get(f"/abo/?{query}").content.decode()
    assert 'value="Loch"' in page
    assert "Zustand und Zeitraum gehören nicht zu einem Abo" in page
    assert page.count("checked") >= 3, "both categories and the section"
    assert "/meldungen/feed/?q=Loch&amp;kategorie=laterne&amp;kategorie=schlagloch" in page
    response = asked(
        client, q="Loch", kategorie=["schlagloch", "laterne"], stadtteil="marienfeld", bbox="8.2,51.9,8.3,52.0"
    )
    assert "Bitte sehen Sie in Ihre Mails" in response.content.decode()
    wanted = Wanted.from_json(only().wanted)
    assert (wanted.words, wanted.categories, wanted.districts) == ("Loch", ("laterne", "schlagloch"), ("marienfeld",))
    assert wanted.section == (8.2, 51.9, 8.3, 52.0)
    assert only().confirmed_at is None


def test_a_place_is_found_by_its_name_or_chosen(client, town):
    middle = town.middle
    houses = [
        Row(street=street, house_number="3", postcode="33428", point=middle) for street in ("Mühlenstraße", "Mühlenweg")
    ]
    import_rows(municipality=town.municipality, rows=houses, source="test")
    response = asked(client, ort="Mühlenstraße 3", umkreis="250")
    assert response.status_code == 200
    circle = Wanted.from_json(only().wanted).circle
    assert (circle.metres, circle.name) == (250, "Mühlenstraße 3")
    page = asked(client, ort="mühlen", umkreis="250")
    assert page.status_code == 422
    assert 'name="hit"' in page.content.decode()
    assert asked(client, ort="Nirgendwo 7").status_code == 422
    hit = f"{middle.x:.7f},{middle.y:.7f}"
    assert asked(client, ort="beim Rathaus", hit=hit, umkreis="500").status_code == 200
    assert asked(client, lat="48.1", lon="11.5", ort="").status_code == 422, "far outside"
    page = client.get(f"/abo/?lat={middle.y}&lon={middle.x}&umkreis=1000").content.decode()
    assert 'value="Mühlenstraße 3' in page
    assert "bbox=8.2" in page


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "kein at"},
        {"rhythm": "stündlich"},
        {"q": "HSW-2026-000123"},
        {"q": "!!"},
        {"umkreis": "7"},
        {"kategorie": "weg"},
    ],
)
def test_nonsense_is_told_and_keeps_what_was_typed(client, town, typed):
    response = asked(client, **{"q": "Loch", **typed})
    assert response.status_code == 422
    assert not Subscription.objects.exists()


def test_a_button_pressed_twice_mails_once(client, town):
    for _ in range(2):
        assert asked(client, q="Loch").status_code == 200
    assert Event.objects.filter(name=ASKED).count() == 1
    asked(client, q="Loch", rhythm="weekly")
    assert Event.objects.filter(name=ASKED).count() == 2


def test_confirmed_by_the_button_managed_by_the_link(client, town):
    asked(client, q="Loch")
    assert mail().subject == "Bitte bestätigen Sie Ihr Abo"
    address = link("/abo/bestaetigen/")
    page = client.get(address)
    assert page["Cache-Control"] == "private, no-store"
    assert only().confirmed_at is None
    assert only().subscriber.token not in page.content.decode()
    assert Client(enforce_csrf_checks=True).post(address).status_code == 403
    for _ in range(2):
        assert "Ihr Abo läuft" in client.post(address).content.decode()
    row = only()
    there = f"/abo/verwalten/{row.subscriber.token}/"
    page = client.get(there).content.decode()
    assert "„Loch“" in page
    assert PAULA in page
    client.post(there, {"subscription": row.pk, "rhythm": "weekly"})
    assert only().rhythm == Rhythm.WEEKLY
    client.post(there, {"subscription": row.pk, "rhythm": "nie"})
    assert only().rhythm == Rhythm.WEEKLY
    answer = client.post(there, {"subscription": row.pk, "end": "1"}, follow=True)
    assert "Ihre Adresse ist gelöscht" in answer.content.decode()
    assert not Subscriber.objects.exists()
    assert client.get(there).status_code == 404


def test_nobody_touches_the_subscriptions_of_others(client, subscribe):
    mine, yours = subscribe("q=loch"), subscribe("q=loch", email="otto@example.org")
    client.post(f"/abo/verwalten/{mine.subscriber.token}/", {"subscription": yours.pk, "end": "1"})
    client.post(f"/abo/verwalten/{mine.subscriber.token}/", {"all": "1"})
    assert list(Subscription.objects.all()) == [yours]


def test_one_click_of_a_mail_program_ends_one_rhythm(subscribe):
    program = Client(enforce_csrf_checks=True)
    row, other = subscribe("q=loch"), subscribe("q=ampel", rhythm=Rhythm.WEEKLY)
    address = f"/abo/ende/{row.subscriber.token}/once/"
    assert "„loch“" in program.get(address).content.decode()
    assert Subscription.objects.count() == 2
    for _ in range(2):
        assert program.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert list(Subscription.objects.all()) == [other]
    assert program.get(address.replace("once", "immer")).status_code == 404
    assert program.get("/abo/ende/unbekannt/once/").status_code == 404


def test_the_answer_says_nothing_about_the_address(client, subscribe):
    subscribe("q=loch")
    known = asked(client, q="loch").content
    assert "Sie haben dieses Abo schon" in mail().text
    assert f"/abo/verwalten/{only().subscriber.token}/" in mail().text
    Subscription.objects.all().delete(), Subscriber.objects.all().delete()
    assert asked(client, q="loch").content == known


def test_an_address_has_only_so_many(client, subscribe):
    for index in range(PER_ADDRESS):
        subscribe(f"q=wort{index}")
    asked(client, q="nocheins")
    assert f"schon {PER_ADDRESS} Abos" in mail().text
    assert Subscription.objects.count() == PER_ADDRESS
    for index in range(PENDING_PER_ADDRESS + 2):
        subscribe(f"q=wort{index}", email="fremd@example.org", confirmed=False)
    assert Subscription.objects.filter(confirmed_at=None).count() == PENDING_PER_ADDRESS


def test_too_many_mails_to_one_address_are_slowed_down(client, town):
    for index in range(6):
        assert asked(client, q=f"wort{index}").status_code == 200
    assert asked(client, q="zuviel").status_code == 422
    assert asked(client, q="zuviel", email="andere@example.org").status_code == 200


def test_what_nobody_confirms_goes_after_three_days(subscribe):
    subscribe("q=loch", confirmed=False)
    subscribe("q=loch", email="otto@example.org")
    forget(at=AT + timedelta(days=2))
    assert Subscription.objects.count() == 2
    forget(at=AT + timedelta(days=3, minutes=1))
    assert only().subscriber.email == "otto@example.org"
    assert Subscriber.objects.count() == 1


def test_programs_give_themselves_away(client, town):
    assert asked(client, homepage="x").status_code == 422
    assert not Subscription.objects.exists()

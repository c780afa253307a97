"""Steps 4 and 5 and the receipt: contact, check, sending once."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from cases.models import Case, Contact, Draft, File
from geo.models import Municipality
from reports import flow
from tests.conftest import jpeg
from tests.reports.flow_story import Story, step_of, the_case


@pytest.fixture
def story(client, town):
    story = Story(client)
    story.start()
    story.place(lat="51.961", lon="8.231", pinned="1", address="Am Brunnen 🪣")
    story.what(photos=jpeg())
    return story


def test_a_report_from_beginning_to_receipt(story):
    page = story.contact(email="Änne@Example.org".replace("Ä", "a"), name="Änne Öttinger", phone="05247 1")
    assert step_of(page) == "pruefen"
    text = page.content.decode()
    assert "Am Brunnen 🪣" in text
    assert "Tiefes Loch, ä ö ü ß 🕳️" in text
    assert "Änne Öttinger" in text
    page = story.send()
    case = the_case()
    text = page.content.decode()
    assert step_of(page) == "fertig"
    assert case.number in text
    assert f"http://localhost:{8000}/meine/{case.secret}/".split(":8000")[0] in text
    assert f"/meine/{case.secret}/" in text
    assert case.report.text == "Tiefes Loch, ä ö ü ß 🕳️"
    assert case.report.photos.count() == 1
    assert case.point is not None
    assert case.point.x == 8.231
    assert case.contact is not None
    assert case.contact.name == "Änne Öttinger"
    assert not case.contact.public_name
    assert "no-store" in page["Cache-Control"]


def test_without_an_address_where_it_is_allowed(story):
    assert step_of(story.contact()) == "pruefen"
    story.send()
    assert the_case().contact is None
    assert not Contact.objects.exists()


def test_an_empty_contact_is_as_good_as_none(story):
    assert step_of(story.contact(email="", name="")) == "pruefen"


def test_where_it_is_not_allowed_the_address_is_asked_for(story, town):
    Municipality.objects.filter(pk=town.municipality.pk).update(allow_anonymous=False)
    page = story.get("kontakt")
    assert 'name="anonymous"' not in page.content.decode()
    page = story.contact(anonymous="1")
    text = page.content.decode()
    assert step_of(page) == "kontakt"
    assert "<title>Fehler:" in text
    assert 'href="#email"' in text
    assert step_of(story.get("pruefen")) == "kontakt"


def test_a_wrong_address_is_told_and_kept(story):
    page = story.contact(email="anna@", name="Anna")
    text = page.content.decode()
    assert step_of(page) == "kontakt"
    assert 'value="anna@"' in text
    assert 'value="Anna"' in text


def test_sending_twice_makes_one_report_and_leads_to_the_same_receipt(story, client):
    story.contact()
    first = client.post(story.at("pruefen"))
    second = client.post(story.at("pruefen"))
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_the_back_button_after_sending_leads_to_the_receipt(story):
    story.contact()
    story.send()
    for step in ("ort", "was", "kontakt", "pruefen"):
        assert step_of(story.get(step)) == "fertig"
    assert step_of(story.what(text="Noch ein Versuch")) == "fertig"
    assert Case.objects.count() == 1


def test_what_the_browser_sent_by_itself_is_the_same_report(story, make_report):
    story.contact()
    case = make_report("Vom Telefon gesendet")
    Case.objects.filter(pk=case.pk).update(client_key=story.draft.client_key)
    assert story.at("kontakt")[:-8] not in story.client.get("/melden/").content.decode()
    page = story.send()
    assert step_of(page) == "fertig"
    assert case.number in page.content.decode()
    assert Case.objects.count() == 1
    assert story.draft.data == {}
    assert not story.draft.files.exists()


def test_after_sending_the_draft_holds_nothing_typed(story):
    story.contact(email="anna@example.org")
    story.send()
    draft = Draft.objects.get()
    assert draft.data == {}
    assert draft.case == the_case()


def test_everything_can_be_changed_from_the_last_step(story):
    story.contact()
    path = story.at("was") + "?dann=pruefen"
    page = story.client.post(path, {"category": "schlagloch", "text": "Besser gesagt"}, follow=True)
    assert step_of(page) == "pruefen"
    assert "Besser gesagt" in page.content.decode()
    place = {"address": "Anderswo", "lat": "51.962", "lon": "8.232", "pinned": "1"}
    page = story.client.post(story.at("ort") + "?dann=pruefen", place, follow=True)
    assert step_of(page) == "pruefen"
    assert "Anderswo" in page.content.decode()


def test_steps_cannot_be_jumped_over(client, town):
    story = Story(client)
    story.start()
    for step in ("aehnliche", "kontakt", "pruefen", "genauer", "dabei"):
        assert step_of(story.get(step)) == "ort"
    story.place()
    assert step_of(story.get("pruefen")) == "was"
    assert step_of(story.send()) == "was"


def test_the_hidden_field_stops_programs_but_no_person(story):
    story.contact()
    page = story.client.post(story.at("pruefen"), {"website": "http://spam.example"})
    assert page.status_code == 422
    assert not Case.objects.exists()
    assert step_of(story.send()) == "fertig"


def test_a_flood_waits_and_loses_nothing(story, monkeypatch):
    story.contact(email="anna@example.org")
    monkeypatch.setattr("reports.throttle.SENDS_PER_ADDRESS", 0)
    page = story.client.post(story.at("pruefen"))
    assert page.status_code == 429
    assert "Tiefes Loch" in page.content.decode()
    monkeypatch.undo()
    cache.clear()
    assert step_of(story.send()) == "fertig"


def test_a_flood_to_one_mailbox_waits_too(story, monkeypatch):
    story.contact(email="opfer@example.org")
    monkeypatch.setattr("reports.throttle.SENDS_PER_MAIL", 0)
    assert story.client.post(story.at("pruefen")).status_code == 429


def test_what_became_wrong_meanwhile_is_told_with_a_way_to_change_it(story, town):
    story.contact()
    Municipality.objects.filter(pk=town.municipality.pk).update(allow_anonymous=False)
    page = story.client.post(story.at("pruefen"))
    text = page.content.decode()
    assert page.status_code == 422
    assert "<title>Fehler:" in text
    assert story.at("kontakt") + "?dann=pruefen" in text


def test_asked_for_json_sending_answers_with_the_receipt(story, client):
    story.contact()
    answer = client.post(story.at("pruefen"), headers={"accept": "application/json"})
    case = the_case()
    assert answer.json() == {"number": case.number, "state": "new", "receipt": f"/melden/fertig/{case.secret}/"}
    assert client.post(story.at("pruefen"), headers={"accept": "application/json"}).json() == answer.json()


def test_asked_for_json_a_gap_is_named(client, town):
    story = Story(client)
    story.start()
    answer = client.post(story.at("pruefen"), headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["next"] == story.at("ort")


def test_the_receipt_is_for_whoever_knows_the_secret(story, neighbour):
    story.contact(email="anna@example.org")
    story.send()
    case = the_case()
    stranger = Client()
    page = stranger.get(f"/melden/fertig/{case.secret}/")
    assert page.status_code == 200
    assert "anna@example.org" not in page.content.decode()
    code = stranger.get(f"/melden/fertig/{case.secret}/qr.svg")
    assert code["Content-Type"] == "image/svg+xml"
    assert b"style" not in code.content
    assert stranger.get("/melden/fertig/erfunden/").status_code == 404
    assert stranger.get(f"/melden/fertig/{case.secret}/", headers={"host": "heek.localhost"}).status_code == 404


def test_the_receipt_asks_to_confirm_and_promises_dates(story):
    story.contact(email="anna@example.org")
    text = story.send().content.decode()
    assert "Bitte bestätigen Sie Ihre Adresse" in text
    assert timezone.localdate().strftime("%Y") in text


def test_a_complaint_stays_confidential(client, town):
    story = Story(client)
    story.start()
    story.post("ort", placeless="1")
    story.what(category="beschwerde", text="Lange gewartet")
    story.contact()
    page = story.send()
    assert step_of(page) == "fertig"
    assert the_case().confidential
    assert "nie veröffentlicht" in page.content.decode()


def test_an_address_in_words_reaches_the_desk_without_a_point(client, town):
    story = Story(client)
    story.start()
    story.place(address="Hinterm Sportplatz")
    story.what()
    story.contact()
    story.send()
    case = the_case()
    assert case.point is None
    assert case.report.address == "Hinterm Sportplatz"
    assert case.report.address_by_citizen


def test_a_draft_that_is_gone_gives_the_words_back(story):
    story.start()
    story.place()
    Draft.objects.all().delete()
    answer = story.client.post(story.at("was"), {"category": "schlagloch", "text": "Eine lange Geschichte"})
    assert answer.status_code == 404
    assert "Eine lange Geschichte" in answer.content.decode()


@pytest.mark.parametrize(
    ("below", "sent", "status"),
    [("ort", {"lat": "51.96", "lon": "8.23", "pinned": "1"}, 404), ("fotos", {"photo": jpeg("green")}, 410)],
)
def test_a_draft_that_goes_at_this_moment_is_no_error(story, monkeypatch, below, sent, status):
    """Another tab discards it between the look-up and the change."""
    find = flow.find

    def gone_after(**asked):
        draft = find(**asked)
        flow.discard(draft=Draft.objects.get())
        return draft

    monkeypatch.setattr("reports.flow.find", gone_after)
    assert story.client.post(story.at(below), sent).status_code == status
    assert not File.objects.exists()


def test_whoever_lost_the_answer_on_the_way_sees_that_it_arrived(story, client):
    story.contact()
    client.post(story.at("pruefen"))  # the phone dies before it follows
    page = client.get("/melden/").content.decode()
    case = the_case()
    assert "Ist angekommen" in page
    assert case.number in page
    assert f"/melden/fertig/{case.secret}/" in page
    assert "Ist angekommen" not in Client().get("/melden/").content.decode()
    client.get(f"/melden/fertig/{case.secret}/")
    assert "Ist angekommen" not in client.get("/melden/").content.decode()

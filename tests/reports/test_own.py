"""The reporter's own page."""

import re
import uuid

import pytest

from cases.change import By
from cases.models import Case, Contact, Entry
from cases.policy import State
from cases.services import confirm_contact, feedback, message, move, note, question
from outbox.models import Event
from reports.services import release_text
from tests.conftest import jpeg


@pytest.fixture
def case(make_report):
    return make_report("Tiefes Loch, meine Worte", email="eva@example.org")


def page(client, case, below=""):
    return client.get(f"/meine/{case.secret}/{below}")


def send(client, case, below="", **typed):
    """Fill in the form as the page gives it and send it."""
    text = page(client, case, below).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(version|client_key)" value="([^"]*)"', text))
    return client.post(f"/meine/{case.secret}/{below}", {**hidden, **typed})


def test_shows_everything_as_sent_and_is_kept_nowhere(client, case):
    response = page(client, case)
    text = response.content.decode()
    for part in (
        "Tiefes Loch, meine Worte",
        case.number,
        "eva@example.org",
        "noch nicht bestätigt",
        "eingegangen",
        "Noch nicht öffentlich",
    ):
        assert part in text, part
    assert response["Cache-Control"] == "private, no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "strict-origin"


def test_a_wrong_secret_is_nothing(client, case):
    assert client.get(f"/meine/{case.secret[:-1]}x/").status_code == 404
    assert client.get(f"/meine/{case.number}/").status_code == 404
    assert client.get("/meine/ä/").status_code == 404


def test_messages_both_ways_but_no_notes(client, town, case):
    staff = By.staff(town.manager)
    message(case=case, by=staff, text="Wir brauchen noch etwas Zeit.")
    note(case=case, by=staff, text="INTERN: schon wieder der")
    question(case=case, by=staff, text="Auf welcher Seite?")
    text = page(client, case).content.decode()
    assert "Wir brauchen noch etwas Zeit." in text
    assert "Auf welcher Seite?" in text
    assert "Frage beantworten" in text
    assert "INTERN" not in text


def test_an_answer_puts_a_waiting_case_back_to_work(client, town, case):
    question(case=case, by=By.staff(town.manager), text="Auf welcher Seite?")
    response = send(client, case, text="Links", photos=[jpeg("green")])
    assert response["Location"].endswith("?fertig=antwort")
    case.refresh_from_db()
    assert State(case.state) is State.OPEN
    assert case.report.photos.count() == 1
    assert Entry.objects.get(text="Links").files.count() == 1
    assert "Ihre Nachricht ist angekommen" in client.get(response["Location"]).content.decode()


def test_sending_twice_is_once(client, case):
    text = page(client, case).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(version|client_key)" value="([^"]*)"', text))
    for _ in range(2):
        client.post(f"/meine/{case.secret}/", {**hidden, "text": "Noch etwas"})
    assert Entry.objects.filter(text="Noch etwas").count() == 1


def test_photos_survive_a_missing_text(client, case):
    response = send(client, case, text="", photos=[jpeg()])
    assert response.status_code == 422
    text = response.content.decode()
    assert "Ein Foto ist schon angekommen" in text
    hidden = dict(re.findall(r'<input type="hidden" name="(version|client_key|kept)" value="([^"]*)"', text))
    client.post(f"/meine/{case.secret}/", {**hidden, "text": "Jetzt mit Text"})
    assert Entry.objects.get(text="Jetzt mit Text").files.count() == 1


def test_a_file_that_is_no_photo_is_told_and_the_text_stays(client, case):
    from django.core.files.uploadedfile import SimpleUploadedFile

    bad = SimpleUploadedFile("brief.pdf", b"%PDF-1.4 nothing", "application/pdf")
    response = send(client, case, text="Meine lange Nachricht", photos=[bad])
    assert response.status_code == 422
    assert "Meine lange Nachricht" in response.content.decode()
    assert "brief.pdf" in response.content.decode()


def test_a_change_in_the_meantime_is_told_kindly(client, town, case):
    text = page(client, case, "text/").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(version|client_key)" value="([^"]*)"', text))
    note(case=case, by=By.staff(town.manager), text="intern")
    response = client.post(f"/meine/{case.secret}/text/", {**hidden, "text": "Neue Worte"})
    again = response.content.decode()
    assert response.status_code == 422
    assert "Inzwischen ist etwas" in again
    assert "Neue Worte" in again
    hidden = dict(re.findall(r'<input type="hidden" name="(version|client_key)" value="([^"]*)"', again))
    assert client.post(f"/meine/{case.secret}/text/", {**hidden, "text": "Neue Worte"}).status_code == 302
    case.report.refresh_from_db()
    assert case.report.text == "Neue Worte"


def test_the_text_can_be_corrected_until_it_is_public(client, town, case):
    assert "Tiefes Loch, meine Worte" in page(client, case, "text/").content.decode()
    release_text(case=case, by=By.staff(town.manager))
    assert page(client, case, "text/").status_code == 302
    response = client.post(f"/meine/{case.secret}/text/", {"text": "Anders"})
    assert response.status_code == 302
    case.report.refresh_from_db()
    assert case.report.text == "Tiefes Loch, meine Worte"


def test_withdraw_until_it_is_public(client, town, case):
    send(client, case, "zurueckziehen/", text="Hat sich erledigt")
    case.refresh_from_db()
    assert State(case.state) is State.WITHDRAWN
    assert "Nachricht absenden" not in page(client, case).content.decode()
    assert client.get(f"/meldungen/{case.number}/").status_code == 404


def test_more_photos(client, case):
    assert send(client, case, "fotos/").status_code == 422
    send(client, case, "fotos/", photos=[jpeg("red"), jpeg("blue")])
    assert case.report.photos.count() == 2
    assert not case.report.photos.filter(released=True).exists()


def test_not_more_photos_than_make_sense(client, case, monkeypatch):
    monkeypatch.setattr("reports.own_deeds.PHOTOS_IN_ALL", 1)
    response = send(client, case, "fotos/", photos=[jpeg("red"), jpeg("blue")])
    assert "genug Fotos" in response.content.decode()
    assert not case.files.exists()


def test_own_pictures_are_seen_with_the_session_only(client, case, photo_of):
    from django.test import Client

    photo = photo_of(case)
    address = f"/datei/{photo.file.key}/medium.webp"
    assert address in page(client, case).content.decode()
    assert client.get(address).status_code == 200
    assert Client().get(address).status_code == 404


def test_name_contact_and_mails_can_be_taken_back(client, case):
    Contact.objects.filter(pk=case.contact.pk).update(public_name=True, name="Eva")
    send(client, case, "name-verbergen/")
    case.contact.refresh_from_db()
    assert not case.contact.public_name
    send(client, case, "keine-mails/")
    case.contact.refresh_from_db()
    assert case.contact.mails_stopped_at
    assert "Kontaktdaten löschen?" in page(client, case, "daten-loeschen/").content.decode()
    send(client, case, "daten-loeschen/")
    case.refresh_from_db()
    assert case.contact is None
    assert not Contact.objects.exists()
    assert "eva@example.org" not in page(client, case).content.decode()
    assert page(client, case, "daten-loeschen/").status_code == 302


def test_the_link_can_be_sent_again_while_unconfirmed(client, case):
    send(client, case, "link-senden/")
    assert Event.objects.filter(name="case.confirmation_asked", payload__case=case.pk).count() == 1
    confirm_contact(contact=case.contact)
    assert page(client, case, "link-senden/").status_code == 302


def test_feedback_when_it_is_settled(client, town, case):
    assert page(client, case, "rueckmeldung/").status_code == 302
    move(case=case, to=State.DONE, by=By.staff(town.manager), text="Repariert")
    assert "rueckmeldung/" in page(client, case).content.decode()
    assert send(client, case, "rueckmeldung/", still_there="1", text="").status_code == 422
    send(client, case, "rueckmeldung/", still_there="1", text="Die Ecke fehlt noch")
    case.refresh_from_db()
    assert State(case.state) is State.OPEN
    text = page(client, case).content.decode()
    assert "Wieder aufgenommen: in Bearbeitung" in text
    assert "Die Ecke fehlt noch" in text
    again = client.get(f"/meine/{case.secret}/rueckmeldung/", follow=True).content.decode()
    assert "schon wieder in Arbeit" in again


def test_what_somebody_else_said_is_told_without_their_words(client, town, case):
    release_text(case=case, by=By.staff(town.manager))
    feedback(case=case, by=By.citizen(), still_there=True, text="FREMDE WORTE, nur ein Hinweis")
    assert "Rückmeldung" not in page(client, case).content.decode()
    move(case=case, to=State.DONE, by=By.staff(town.manager), text="Repariert")
    feedback(case=case, by=By.citizen(), still_there=True, text="FREMDE WORTE")
    text = page(client, case).content.decode()
    assert "Wieder aufgenommen: in Bearbeitung" in text
    assert "Jemand hat gemeldet, dass es noch da ist." in text
    assert "FREMDE WORTE" not in text


def test_nobody_is_asked_whether_praise_is_settled(client, town, make_report):
    case = make_report("Danke", category=town.praise)
    move(case=case, to=State.DONE, by=By.staff(town.manager), text="Weitergegeben")
    assert "rueckmeldung/" not in page(client, case).content.decode()


def test_a_confidential_concern_says_that_it_stays_so(client, town, make_report):
    case = make_report("Kritik", category=town.complaint, email="eva@example.org")
    text = page(client, case).content.decode()
    assert "Vertraulich" in text
    assert "/meldungen/" not in re.sub(r"<header.*?</header>", "", text, flags=re.DOTALL)


def test_no_deed_without_its_form(client, case):
    assert page(client, case, "quatsch/").status_code == 404
    response = client.post(f"/meine/{case.secret}/text/", {"text": ""})
    assert response.status_code == 422
    assert (
        client.post(f"/meine/{case.secret}/text/", {"text": "x", "version": "abc", "client_key": "nix"}).status_code
        == 422
    )


def test_the_page_of_another_town_is_on_its_own_site(client, neighbour, make_report):
    case = make_report(of=neighbour)
    assert page(client, case)["Location"] == f"{neighbour.municipality.base_url()}/meine/{case.secret}/"


def test_a_key_used_for_other_words_is_told(client, case):
    key = str(uuid.uuid4())
    client.post(f"/meine/{case.secret}/", {"client_key": key, "text": "Erstens"})
    response = client.post(f"/meine/{case.secret}/", {"client_key": key, "text": "Zweitens"})
    assert response.status_code == 422
    assert "Zweitens" in response.content.decode()
    assert Case.objects.get(pk=case.pk).entries.filter(text="Zweitens").count() == 0

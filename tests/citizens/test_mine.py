""" "Meine Meldungen": who gets in, what is there, and what is not."""

import re
from datetime import timedelta

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import following
from cases.change import Act, By
from cases.models import Case, Contact, Follow, Support
from cases.services import confirm_contact, message, question
from citizens import services
from citizens.models import Access
from notifications.models import Delivery
from outbox.work import run_all, run_jobs
from reports.services import release_text
from subscriptions.models import Subscriber, Subscription
from subscriptions.policy import Rhythm
from subscriptions.services import ask, confirm
from subscriptions.wanted import Wanted
from tests.conftest import AT

ERIKA = "erika@example.org"


@pytest.fixture(autouse=True)
def _no_rings(monkeypatch):
    monkeypatch.setattr("outbox.bell.ring", lambda task: None)


@pytest.fixture
def own(make_report):
    """A report of Erika's, whose address is confirmed."""
    case = make_report(email=ERIKA)
    confirm_contact(contact=case.contact, act=Act(at=AT))
    return case


def sent(client, email=ERIKA):
    """Ask for the link; the path in the mail, or None when none was written."""
    before = set(Delivery.objects.values_list("pk", flat=True))
    assert client.post("/meine-meldungen/", {"email": email}).status_code == 200
    run_jobs()
    mail = Delivery.objects.filter(purpose="mine").exclude(pk__in=before).first()
    if mail is None:
        return None
    assert mail.address == email.lower()
    return re.search(r"http://[^/]+(/meine-meldungen/oeffnen/\S+)", mail.text).group(1)


def enter(client, email=ERIKA):
    path = sent(client, email)
    assert client.post(path, follow=True).redirect_chain == [("/meine-meldungen/", 302)]


def test_the_link_opens_once_by_a_button_for_an_hour(client, own):
    path = sent(client)
    page = client.get(path)
    assert "Meine Meldungen öffnen" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert own.secret not in page.content.decode()
    assert own.number not in client.get("/meine-meldungen/").content.decode(), "a GET opens nothing"
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    before = client.session.session_key
    page = client.post(path, follow=True).content.decode()
    assert client.session.session_key != before
    assert own.number in page
    assert f"/meine/{own.secret}/" in page
    assert ERIKA in page
    assert client.get(path, follow=True).redirect_chain == [("/meine-meldungen/", 302)], "here it is open already"
    other = Client()
    for _ in range(2):
        answer = other.post(path)
        assert answer.status_code == 404
        assert "öffnet nichts mehr" in answer.content.decode()
    Access.objects.update(opened_at=timezone.now() - timedelta(minutes=61))
    assert own.number not in client.get("/meine-meldungen/").content.decode()


def test_known_and_unknown_addresses_get_the_same_answer(client, town, own):
    known = client.post("/meine-meldungen/", {"email": ERIKA})
    with CaptureQueriesContext(connection) as queries:
        client.post("/meine-meldungen/", {"email": ERIKA})
        first = len(queries)
        unknown = client.post("/meine-meldungen/", {"email": "otto@example.org"})
        assert len(queries) == 2 * first, "the same work, so the same time"
    assert unknown.content.decode().replace("otto@example.org", ERIKA) == known.content.decode()
    assert Access.objects.count() == 3
    run_all()
    assert set(Delivery.objects.filter(purpose="mine").values_list("recipient", flat=True)) == {
        f"person:{pk}" for pk in Access.objects.values_list("pk", flat=True)
    }
    assert not Access.objects.filter(email="otto@example.org").exists(), "an unknown address is forgotten at once"
    assert Delivery.objects.filter(purpose="mine").first().address == "", "sent, and blanked: it carried a key"


def test_only_what_this_address_proved(client, town, neighbour, own, make_report):
    unconfirmed = make_report("Noch nicht", email=ERIKA)
    other = make_report("Von Otto", email="otto@example.org")
    confirm_contact(contact=other.contact, act=Act(at=AT))
    elsewhere = make_report("In Heek", of=neighbour, email=ERIKA)
    confirm_contact(contact=elsewhere.contact, act=Act(at=AT))
    Contact.objects.filter(pk=other.contact.pk).update(name="Otto Geheim")
    enter(client)
    page = client.get("/meine-meldungen/").content.decode()
    assert own.number in page
    for case in (unconfirmed, other, elsewhere):
        assert case.number not in page
        assert case.secret not in page
    assert "Otto" not in page
    assert client.get("/meine-meldungen/", headers={"host": "heek.localhost"}).content.decode().count(ERIKA) == 0


def test_what_is_new_and_what_waits_is_said(client, town, own):
    staff = By.staff(town.clerk)
    enter(client)
    assert "Neuigkeit" not in client.get("/meine-meldungen/").content.decode()
    message(case=own, by=staff, text="GEHEIM bleibt auf der Seite")
    page = client.get("/meine-meldungen/").content.decode()
    assert "Eine Neuigkeit" in page
    assert "GEHEIM" not in page
    question(case=own, by=staff, text="Welches Haus?")
    page = client.get("/meine-meldungen/").content.decode()
    assert "Eine Frage wartet auf Ihre Antwort" in page
    client.get(f"/meine/{own.secret}/")
    page = client.get("/meine-meldungen/").content.decode()
    assert "Frage an Sie" in page, "read is not answered"
    message(case=own, by=By.citizen(), text="Nummer 3")
    page = client.get("/meine-meldungen/").content.decode()
    assert "Frage an Sie" not in page
    assert "Neuigkeit" not in page


@pytest.fixture
def others(town, make_report):
    """A public report of somebody else that Erika follows and noticed too, and a subscription of hers."""
    case = make_report("Von Otto")
    release_text(case=case, by=By.system())
    following.ask(case=case, email=ERIKA, support=True, follow=True, language="de", at=AT)
    following.confirm(token=Follow.objects.get().token, at=AT)
    wanted = Wanted(words="Laterne")
    ask(municipality=town.municipality, email=ERIKA, wanted=wanted, rhythm=Rhythm.DAILY, language="de", at=AT)
    confirm(subscription=Subscription.objects.get(), at=AT)
    return Case.objects.get(pk=case.pk)


def test_what_one_follows_can_be_ended(client, others):
    enter(client)
    page = client.get("/meine-meldungen/").content.decode()
    assert f"/meldungen/{others.number}/" in page
    assert "„Laterne“" in page
    assert "Noch keine Meldungen" in page
    for name, row in (("follow", Follow), ("support", Support), ("subscription", Subscription)):
        pk = row.objects.get().pk
        stranger = Client()
        assert stranger.post("/meine-meldungen/beenden/", {name: pk})["Location"].endswith("?zu-spaet")
        assert row.objects.exists()
        for _ in range(2):
            client.post("/meine-meldungen/beenden/", {name: pk})
        assert not row.objects.exists()
    assert client.post("/meine-meldungen/beenden/", {"follow": "x" * 30}).status_code == 302
    assert not Subscriber.objects.exists()


def test_nobody_ends_what_belongs_to_others(client, town, own, others):
    Follow.objects.update(email="otto@example.org")
    enter(client)
    client.post("/meine-meldungen/beenden/", {"follow": Follow.objects.get().pk})
    assert Follow.objects.exists()


def test_delete_the_address_everywhere(client, own, others):
    enter(client)
    assert own.contact.email in client.get("/meine-meldungen/loeschen/").content.decode()
    assert Contact.objects.filter(email=ERIKA).exists()
    page = client.post("/meine-meldungen/loeschen/").content.decode()
    assert "Ihre Adresse ist gelöscht" in page
    for rows in (Contact.objects.all(), Follow.objects.all(), Subscriber.objects.all(), Access.objects.all()):
        assert not rows.filter(email=ERIKA).exists()
    assert Case.objects.filter(pk=own.pk).exists()
    assert "Schlagloch" not in client.get("/meine-meldungen/").content.decode()
    assert client.get(f"/meine/{own.secret}/").status_code == 200
    run_all()
    assert not Delivery.objects.filter(address=ERIKA, role="reporter").exists()


def test_log_out_closes_everything(client, own):
    enter(client)
    client.get(f"/meine/{own.secret}/")
    page = client.post("/meine-meldungen/abmelden/", follow=True).content.decode()
    assert "Sie sind abgemeldet" in page
    assert own.number not in client.get("/meine-meldungen/").content.decode()
    assert "secrets" not in client.session
    assert not Access.objects.exists()
    assert client.get("/meine-meldungen/abmelden/").status_code == 405


def test_tokens_serve_this_purpose_only(client, town, own):
    path = sent(client)
    access = Access.objects.get()
    forged = [str(access.pk), Signer(salt="anders").sign(str(access.pk)), own.contact.token, "x:y", path[24:-2]]
    for token in forged:
        assert client.get(f"/meine-meldungen/oeffnen/{token}/").status_code == 404
    late = access.asked_at + timedelta(hours=1, seconds=1)
    town_here = town.municipality
    token = services.token_of(access)
    assert services.find(token=token, municipality=town_here, at=late) is None
    assert services.find(token=token, municipality=town_here, at=access.asked_at) == access
    services.forget(at=access.asked_at + timedelta(hours=3))
    assert not Access.objects.exists()


def test_asking_is_slowed_down(client, town):
    for _ in range(5):
        assert client.post("/meine-meldungen/", {"email": ERIKA}).status_code == 200
    answer = client.post("/meine-meldungen/", {"email": ERIKA})
    assert answer.status_code == 422
    assert "oft in kurzer Zeit" in answer.content.decode()
    assert client.post("/meine-meldungen/", {"email": "kein at"}).status_code == 422

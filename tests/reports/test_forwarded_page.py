"""The page of an outside body: only what it needs, by its link alone, as long as that works."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import forwarding
from cases.change import By
from cases.models import Case, Forward
from cases.policy import State
from reports.models import Photo
from reports.services import release_photo, release_text
from tests.conftest import jpeg
from tests.moderation.conftest import forms_of

SECRETS = ("Erika", "erika@example.org", "0151 234", "Ungeprüfter Wortlaut")


@pytest.fixture
def case(make_report, photo_of):
    """A case of whose text nothing is released, with one released, one chosen and one hidden photo."""
    case = make_report("Ungeprüfter Wortlaut von Erika", email="erika@example.org", address="Kirchplatz 1")
    case.contact.name, case.contact.phone = "Erika Muster", "0151 234"
    case.contact.save()
    for colour in ("red", "green", "blue"):
        photo_of(case, colour)
    return case


def sent_to(case, town, **facts):
    """Forward a case; the Forward."""
    case.refresh_from_db()
    forwarding.forward(
        case=case,
        by=By.staff(town.manager),
        **{"name": "Stadtwerke", "email": "netz@example.org", "text": "Bitte reparieren", **facts},
    )
    return Forward.objects.get(case=case, ended_at=None)


def page_of(forward):
    return reverse("forwarded", args=[forward.token])


def filled(client, forward, **typed):
    page = client.get(page_of(forward))
    assert page.status_code == 200
    return {**next(values for _action, values in forms_of(page) if "client_key" in values), **typed}


def picture(forward, photo):
    return reverse("forwarded_photo", args=[forward.token, photo.file.key, "medium"])


def test_they_see_what_they_need_and_nothing_else(client, case, town):
    shown, chosen, hidden = Photo.objects.order_by("pk")
    release_photo(photo=shown, by=By.system())
    forward = sent_to(case, town, photos=[chosen.file_id])
    page = client.get(page_of(forward))
    text = page.content.decode()
    for word in SECRETS:
        assert word not in text
    assert "Bitte reparieren" in text
    assert "noindex" in page["X-Robots-Tag"]
    assert page["Referrer-Policy"] == "strict-origin"
    assert page["Cache-Control"] == "private, no-store"
    assert set(page.cookies) == {"csrftoken"}
    assert [client.get(picture(forward, one)).status_code for one in (shown, chosen, hidden)] == [200, 200, 404]
    assert b"Exif" not in b"".join(client.get(picture(forward, chosen)).streaming_content)
    release_text(case=case, by=By.system(), text="Loch im Pflaster")
    assert "Loch im Pflaster" in client.get(page_of(forward)).content.decode()
    forward.refresh_from_db()
    assert forward.opened_at is not None


def test_contact_data_only_where_staff_said_so(client, case, town):
    text = client.get(page_of(sent_to(case, town, with_contact=True))).content.decode()
    assert "Erika Muster" in text
    assert "erika@example.org" in text


def test_settled_with_a_proof_photo_that_waits_for_its_release(client, case, town):
    forward = sent_to(case, town)
    data = filled(client, forward, step="erledigt", text="Neu gepflastert")
    for _press in range(2):
        done = client.post(page_of(forward), {**data, "photos": [jpeg("black")]})
        assert done["Location"] == f"{page_of(forward)}?fertig=erledigt"
    case.refresh_from_db()
    assert case.state == State.DONE.value
    proof = Photo.objects.get(by_staff=True)
    assert (proof.released, proof.file.entry.text) == (False, "Neu gepflastert")
    said = client.get(done["Location"])
    assert (said.status_code, "Vielen Dank" in said.content.decode()) == (200, True)
    ended = client.get(page_of(forward))
    assert (ended.status_code, "gilt nicht mehr" in ended.content.decode()) == (410, True)
    assert client.get(picture(forward, proof)).status_code == 404
    client.force_login(town.manager)
    row = client.get("/verwaltung/", {"liste": "pruefen"}).content.decode()
    assert case.number in row
    assert "Antwort der externen Stelle" in row


def test_a_wrong_link_is_not_found_in_the_look_of_the_town(client, case, town):
    sent_to(case, town)
    page = client.get("/weitergeleitet/" + "x" * 22 + "/")
    assert page.status_code == 404
    assert "Dieser Link gilt nicht" in page.content.decode()
    assert "Stadt Harsewinkel" in page.content.decode()


def test_expired_and_taken_back_links_say_so_and_take_nothing(client, case, town):
    forward = sent_to(case, town)
    data = filled(client, forward, step="nachricht", text="Hallo")
    Forward.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    for answer in (client.get(page_of(forward)), client.post(page_of(forward), data)):
        assert (answer.status_code, "ist abgelaufen" in answer.content.decode()) == (410, True)
    forwarding.take_back(case=Case.objects.get(), by=By.staff(town.manager))
    for answer in (client.get(page_of(forward)), client.post(page_of(forward), data)):
        assert (answer.status_code, "gilt nicht mehr" in answer.content.decode()) == (410, True)
    assert not case.entries.filter(actor="outside").exists()


def test_what_is_missing_or_hostile_is_said_and_nothing_typed_is_lost(client, case, town):
    forward = sent_to(case, town)
    nothing = client.post(page_of(forward), filled(client, forward, step="zurueck", text=""))
    assert nothing.status_code == 422
    hostile = SimpleUploadedFile("bild.jpg", b"<?php system($_GET[0]); ?>", "image/jpeg")
    data = filled(client, forward, step="erledigt", text="Meine Worte")
    refused = client.post(page_of(forward), {**data, "photos": [hostile, jpeg("black")]})
    assert refused.status_code == 422
    assert "Meine Worte" in refused.content.decode()
    assert "bild.jpg" in refused.content.decode()
    again = next(values for _action, values in forms_of(refused) if "client_key" in values)
    done = client.post(page_of(forward), {**again, "step": "erledigt"})
    assert done.status_code == 302
    assert Photo.objects.filter(by_staff=True).count() == 1, "the good one was kept"


def test_forms_from_elsewhere_and_floods_are_refused(case, town, monkeypatch):
    forward = sent_to(case, town)
    assert Client(enforce_csrf_checks=True).post(page_of(forward), {"step": "erledigt"}).status_code == 403
    monkeypatch.setattr("reports.forwarded.LOOKS_PER_HOUR", 3)
    answers = [Client().get("/weitergeleitet/falsch/").status_code for _try in range(4)]
    assert (answers[0], answers[-1]) == (404, 429)

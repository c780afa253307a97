"""The page on which a photo is redacted, and the door to its original."""

import pytest
from django.urls import reverse

from cases.change import By
from cases.models import File, Look
from cases.redacting import redact
from cases.services import note
from tests.cases.test_redacting import FACE
from tests.conftest import AT
from tests.moderation.conftest import forms_of, url


@pytest.fixture
def photo(make_report, photo_of):
    return photo_of(make_report("Auto mit Kennzeichen"), size=(640, 480))


def page_of(photo):
    return reverse("desk_redact", args=[photo.report.case_id, photo.pk])


def filled(client, photo, **typed):
    values = next(values for _action, values in forms_of(client.get(page_of(photo))) if "areas" in values)
    return {**values, **typed}


def test_areas_are_typed_shown_and_saved_without_scripts(manager, photo):
    assert page_of(photo) in manager.get(url(photo.report.case)).content.decode()
    data = filled(manager, photo, areas="10; 20; 30; 40\n~ 5; 50; 50")
    shown = manager.post(page_of(photo), {**data, "preview": "1"}).content.decode()
    assert '<rect x="64.0" y="96.0" width="192.0" height="192.0"/>' in shown
    assert '<polyline points="320.0,240.0 320.0,240.0" stroke-width="32.0"/>' in shown
    assert File.objects.get().redaction is None, "only shown"
    for _press in range(2):
        assert manager.post(page_of(photo), data).status_code == 302
    assert File.objects.get().redaction == [{"rect": [0.1, 0.2, 0.3, 0.4]}, {"stroke": [0.5, 0.5], "size": 0.05}]
    told = manager.get(url(photo.report.case)).content.decode()
    assert told.count("Foto geschwärzt") == 1
    assert "2 Bereiche" in told


def test_a_line_that_cannot_be_read_is_told_and_kept(manager, photo):
    answer = manager.post(page_of(photo), filled(manager, photo, areas="10; 20; 30; 40\nlinks oben"))
    assert answer.status_code == 422
    assert "Zeile 2" in answer.content.decode()
    assert answer.context["form"]["areas"].value().endswith("links oben")


def test_two_who_redact_at_once_lose_nothing(manager, town, photo):
    data = filled(manager, photo, areas="0; 0; 10; 10")
    redact(file=photo.file, shapes=[FACE], by=By.staff(town.clerk))
    answer = manager.post(page_of(photo), data)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Foto geschwärzt" in text
    assert "Clerk" in text
    both = answer.context["form"]["areas"].value()
    assert both.splitlines() == ["50; 25; 20; 25", "0; 0; 10; 10"]
    form = answer.context["form"]
    assert manager.post(page_of(photo), {**data, "areas": both, "version": form["version"].value()}).status_code == 302
    assert len(File.objects.get().redaction) == 2


def test_the_original_is_for_those_who_release_and_each_look_is_noted(login, town, neighbour, photo, client):
    door = reverse("desk_original", args=[photo.report.case_id, photo.pk])
    purpose = {"purpose": "evidence"}
    refused = {
        "field": (login(town.field), 403),
        "other unit": (login(town.other_clerk), 404),
        "other town": (login(neighbour.admin), 404),
        "nobody": (client, 302),
    }
    for who, (somebody, status) in refused.items():
        answers = somebody.post(door, purpose), somebody.get(page_of(photo)), somebody.post(page_of(photo), {})
        assert {answer.status_code for answer in answers} <= {status, 403 if who == "nobody" else status}, who
    assert not Look.objects.exists()
    for user in (town.manager, town.clerk, town.editor, town.admin):
        answer = login(user).post(door, purpose)
        assert answer["Content-Disposition"].startswith("attachment")
        assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
        look = Look.objects.latest("pk")
        assert (look.user, look.what, look.purpose, look.file) == (user, "original", "evidence", photo.file)
    assert login(town.manager).get(door).status_code == 405, "never by a mere link"
    File.objects.update(original_deleted_at=AT)
    assert login(town.manager).post(door, purpose).status_code == 404
    note(case=photo.report.case, by=By.staff(town.manager), text="weg")
    assert "gelöscht" in login(town.manager).get(page_of(photo)).content.decode()

"""The narrow view: where the mail to a unit leads. Four actions, no training, no JavaScript."""

import uuid

import pytest
from django.urls import reverse

from cases.change import By
from cases.models import Case
from cases.policy import Deed, State
from cases.services import move, note
from reports.models import Photo
from reports.services import release_text
from tests.conftest import jpeg
from tests.moderation.conftest import forms_of


def narrow(case, **query):
    return reverse("desk_narrow", args=[case.pk], query=query)


def sent(client, case, deed, *, press=False, **typed):
    """Open the panel (or press the button) as the page offers it, and send its form."""
    page = client.get(narrow(case, **({} if press else {"tun": deed})))
    action, values = next((one for one in forms_of(page) if f"/{deed}/" in one[0]), ("", {}))
    assert action.endswith("?kurz=1"), f"The page offers no form for {deed}."
    return client.post(action, {**values, **typed})


@pytest.fixture
def worker(login, town):
    """Somebody of the building yard, with a phone."""
    return login(town.field)


def test_it_says_what_where_and_shows_the_photos_but_not_who(worker, make_report, photo_of):
    case = make_report("Tiefes Loch", email="erika@example.org", address="Kirchplatz 1")
    photo = photo_of(case)
    text = worker.get(narrow(case)).content.decode()
    for words in ("Tiefes Loch", "Kirchplatz 1", photo.file.key, "geo:51.96"):
        assert words in text
    assert "erika@example.org" not in text
    assert text.count("kern-btn--primary") == 1


def test_accept_answer_and_settle_with_a_photo(worker, make_report, town):
    case = make_report()
    assert sent(worker, case, "annehmen", press=True)["Location"] == narrow(case)
    assert sent(worker, case, "nachricht", text="Wir kommen am Freitag.")["Location"] == narrow(case)
    assert sent(worker, case, "erledigt", text="Geflickt", photos=[jpeg("green")])["Location"] == narrow(case)
    case.refresh_from_db()
    assert case.accepted_at is not None
    assert case.state == State.DONE.value
    assert Photo.objects.filter(report__case=case, by_staff=True).count() == 1
    assert [entry.deed for entry in case.entries.order_by("version")][-3:] == ["accepted", "message", "moved"]


def test_handing_back_needs_a_reason_and_puts_it_before_the_complaint_management(worker, manager, make_report, town):
    case = make_report()
    move(case=case, to=State.OPEN, by=By.staff(town.manager))
    release_text(case=case, by=By.staff(town.manager))
    refused = sent(worker, case, "zurueckgeben", text="")
    assert refused.status_code == 422
    assert "narrow.css" in refused.content.decode()
    answer = sent(worker, case, "zurueckgeben", text="Kreisstraße")
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("desk"))
    case.refresh_from_db()
    assert case.unit is None
    rows = manager.get(reverse("desk"), {"liste": "pruefen"}).context["rows"]
    assert ("Zurückgegeben", case.pk) in [(mark.label, row.pk) for row in rows for mark in row.marks]


def test_somebody_faster_is_told_here_too(worker, make_report, town):
    case = make_report()
    page = worker.get(narrow(case, tun="erledigt"))
    action, values = next(one for one in forms_of(page) if "/erledigt/" in one[0])
    note(case=case, by=By.staff(town.clerk), text="Bitte erst absperren")
    answer = worker.post(action, {**values, "text": "Fertig"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Bitte erst absperren" in text
    assert "Fertig" in text
    assert Case.objects.get(pk=case.pk).state == State.NEW.value


def test_only_those_who_see_the_case_after_the_login(client, login, make_report, town, neighbour):
    case = make_report()
    assert client.get(narrow(case)).status_code == 302
    for stranger in (town.other_clerk, neighbour.admin):
        assert login(stranger).get(narrow(case)).status_code == 404
        posted = {"version": 1, "client_key": uuid.uuid4()}
        address = reverse("desk_deed", args=[case.pk, "annehmen"]) + "?kurz=1"
        assert login(stranger).post(address, posted).status_code == 404
    assert not case.entries.filter(deed=Deed.ACCEPTED.value).exists()


def test_twenty_five_queries(worker, make_report, photo_of, django_assert_max_num_queries):
    case = make_report()
    photo_of(case)
    worker.get(narrow(case))
    with django_assert_max_num_queries(25):
        worker.get(narrow(case))

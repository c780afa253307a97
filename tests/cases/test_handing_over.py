"""A case goes to another municipality of the platform, and nobody of the first one sees anything of it any more."""

import pytest
from django.test import Client
from django.urls import reverse

from cases import files
from cases.change import By
from cases.errors import Denied, Invalid, NoSuchEdge
from cases.merging import merge
from cases.models import Case, Watcher
from cases.policy import State
from cases.routing import due
from cases.services import assign, confirm_contact, move, note, question
from notifications.models import Delivery
from outbox.work import run_jobs
from reports.handing_over import goals, hand_over
from reports.services import attach_photo, release_text
from tests.conftest import AT, jpeg
from tests.moderation.conftest import forms_of, url


@pytest.fixture
def case(make_report, town, neighbour):
    """A public case of Harsewinkel with contact, notes, watcher and photo, whose place lies in Heek."""
    case = make_report("Loch", email="anna@example.org")
    confirm_contact(contact=case.contact)
    release_text(case=case, by=By.system())
    assign(case=case, by=By.staff(town.manager), unit=town.greens, assignee=town.other_clerk)
    note(case=case, by=By.staff(town.manager), text="Liegt hinter der Grenze")
    question(case=case, by=By.staff(town.manager), text="Wo genau?")
    Watcher.objects.create(case=case, user=town.editor, created_at=AT)
    file, _position = files.store(upload=jpeg(), at=AT, case=case)
    files.make_variants(file=file, at=AT)
    attach_photo(case=case, file=file, by=By.citizen())
    Case.objects.filter(pk=case.pk).update(point=neighbour.middle)
    case.refresh_from_db()
    return case


def everybody(town):
    return [town.manager, town.admin, town.editor, town.clerk, town.field, town.other_clerk]


def test_number_link_and_people_stay_the_rest_is_that_of_the_other_one(case, town, neighbour):
    kept = (case.number, case.secret, case.contact_id, case.public_at)
    assert goals(case)[0] == neighbour.municipality
    entry = hand_over(case=case, to=neighbour.municipality, by=By.staff(town.manager))
    assert (case.number, case.secret, case.contact_id, case.public_at) == kept
    assert (case.municipality, case.topic, case.unit) == (
        neighbour.municipality,
        neighbour.pothole.topic,
        neighbour.yard,
    )
    assert (case.state, case.stage.municipality, case.waits_for) == (State.NEW.value, neighbour.municipality, "")
    assert (case.assignee, case.waiting_since) == (None, None)
    assert case.due_at == due(neighbour.municipality, entry.at, neighbour.pothole.topic.working_days)
    assert run_jobs().failed == 0
    told = Delivery.objects.filter(purpose="handed_over").order_by("address")
    assert [mail.address for mail in told] == ["anna@example.org", "bauhof@heek.example"]
    words = told[0].text
    assert "Stadt Heek" in words
    assert "Stadt Harsewinkel" in words
    assert f"heek.localhost/meine/{case.secret}/" in words.replace(":8000", "")
    assert set(Delivery.objects.filter(case=case).values_list("municipality", flat=True)) == {neighbour.municipality.pk}


def test_nobody_of_the_first_one_sees_anything_any_more(case, town, neighbour):
    hand_over(case=case, to=neighbour.municipality, by=By.staff(town.manager))
    key = case.files.get().key
    for user in everybody(town):
        client = Client()
        client.force_login(user)
        assert not Case.objects.visible_to(user).filter(pk=case.pk).exists()
        assert client.get(url(case)).status_code == 404
        assert client.get(reverse("internal_picture", args=[key, "medium", "webp"])).status_code == 404
        with pytest.raises(Denied):
            note(case=case, by=By.staff(user), text="noch einmal")
    assert not case.watchers.exists()
    client = Client()
    client.force_login(neighbour.manager)
    page = client.get(url(case)).content.decode()
    assert "Liegt hinter der Grenze" in page, "the history goes with it"
    assert "Übergeben: Stadt Harsewinkel → Stadt Heek" in page


def test_old_addresses_lead_to_the_new_place(case, neighbour, client):
    hand_over(case=case, to=neighbour.municipality, by=By.system())
    for path in (reverse("report", args=[case.number]), reverse("own_report", args=[case.secret])):
        moved = client.get(path, headers={"host": "localhost"})
        assert (moved.status_code, moved["Location"].startswith(neighbour.municipality.base_url())) == (302, True)
        assert client.get(path, headers={"host": "heek.localhost"}).status_code == 200


def test_a_category_that_the_other_one_lacks_becomes_one_of_the_kind(case, town, neighbour):
    neighbour.pothole.topic.active = False
    neighbour.pothole.topic.save()
    entry = hand_over(case=case, to=neighbour.municipality, by=By.system())
    assert entry.data["same_category"] is False
    assert case.topic.category.sort == "defect"
    assert run_jobs().failed == 0
    staff = Delivery.objects.get(purpose="handed_over", role="unit")
    assert "Die bisherige Kategorie gibt es hier nicht" in staff.text


def test_what_is_tied_closed_or_confidential(case, make_report, town, neighbour):
    other, to = make_report(), neighbour.municipality
    merge(duplicate=other, original=case, by=By.system())
    for tied in (case, other):
        with pytest.raises((Invalid, NoSuchEdge)):
            hand_over(case=tied, to=to, by=By.system())
    closed, secret = make_report(), make_report(category=town.complaint, point=None)
    move(case=closed, to=State.DONE, by=By.system())
    with pytest.raises(NoSuchEdge):
        hand_over(case=closed, to=to, by=By.system())
    with pytest.raises(Invalid):
        hand_over(case=secret, to=town.municipality, by=By.system())
    hand_over(case=secret, to=to, by=By.system())
    assert (secret.confidential, secret.unit) == (True, None)


def test_at_the_desk_sent_twice_counts_once(case, town, client):
    client.force_login(town.manager)
    page = client.get(url(case, tun="uebergeben"))
    action = reverse("desk_deed", args=[case.pk, "uebergeben"])
    data = next(values for address, values in forms_of(page) if address.startswith(action))
    data["to"] = str(goals(case)[0].pk)
    assert [client.post(action, data).status_code for _press in "12"] == [302, 302]
    assert case.entries.filter(deed="handed_over").count() == 1

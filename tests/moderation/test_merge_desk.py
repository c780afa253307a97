"""Likely duplicates stand beside the case; two cases are compared and merged at the desk, and it can be undone."""

import pytest
from django.core import mail as django_mail
from django.urls import reverse

from accounts.models import Unit
from cases.change import By
from cases.following import ask, confirm
from cases.models import Case, Follow, Merge
from cases.services import confirm_contact, update
from notifications.models import Delivery
from outbox.work import run_jobs
from reports.models import Photo
from reports.services import release_photo, release_text
from tests.conftest import AT
from tests.moderation.conftest import forms_of, url


def compare_url(one, other):
    return reverse("desk_compare", args=[one.pk, other.pk])


@pytest.fixture
def pair(make_report, town):
    """An older and a newer public report of the same hole, with confirmed reporters."""
    made = []
    for name in ("anna", "bert"):
        case = make_report("Tiefes Loch vor dem Haus", email=f"{name}@example.org", address="Kirchplatz 1")
        release_text(case=case, by=By.system())
        confirm_contact(contact=case.contact)
        case.refresh_from_db()
        made.append(case)
    return made


def told(purpose):
    """Who got which mail of this purpose, by address."""
    assert run_jobs().failed == 0
    return sorted(Delivery.objects.filter(purpose=purpose).values_list("address", flat=True))


def test_similar_cases_stand_beside_the_case_with_their_reasons(manager, login, town, pair, make_report):
    older, newer = pair
    text = manager.get(url(newer)).content.decode()
    assert "Ähnliche Vorgänge" in text
    assert "am selben Ort, gleiche Kategorie, am selben Tag, ähnlicher Text" in text
    assert compare_url(newer, older) in text
    Case.objects.filter(pk=older.pk).update(
        unit=Unit.objects.create(municipality=town.municipality, slug="geheim", name="Geheimamt")
    )
    assert compare_url(newer, older) not in login(town.clerk).get(url(newer)).content.decode()


def test_two_cases_are_compared_merged_and_taken_apart(manager, pair, photo_of, act_on, client):
    older, newer = pair
    photo = photo_of(newer)
    release_photo(photo=photo, by=By.system())
    ask(case=newer, email="carl@example.org", support=False, follow=True, language="de", at=AT)
    confirm(token=Follow.objects.get().token, at=AT)
    page = manager.get(compare_url(newer, older))
    assert page.status_code == 200
    data = next(
        values for action, values in forms_of(page) if "client_key" in values and f"version_{older.pk}" in values
    )
    done = manager.post(compare_url(newer, older), {**data, "stays": str(older.pk), "text": "Danke!"})
    assert done["Location"].startswith(reverse("desk_case", args=[older.pk]))
    assert told("merged") == ["bert@example.org", "carl@example.org"]
    assert told("moved") == []
    words = Delivery.objects.get(purpose="merged", address="bert@example.org").text
    assert older.number in words
    assert "Danke!" in words

    update(case=older, by=By.system(), text="Wir kommen am Montag")
    assert told("update") == ["anna@example.org", "bert@example.org", "carl@example.org"]

    public = client.get(reverse("report", args=[newer.number])).content.decode()
    assert reverse("report", args=[older.number]) in public
    original = client.get(reverse("report", args=[older.number])).content.decode()
    assert Photo.objects.get(pk=photo.pk).file.public_name in original
    own = client.get(reverse("own_report", args=[newer.secret])).content.decode()
    assert older.number in own

    newer.refresh_from_db()
    assert act_on(manager, newer, "trennen").status_code == 302
    assert Merge.objects.get().undone_at is not None
    assert told("moved") == ["bert@example.org", "carl@example.org"]
    assert django_mail.outbox == []


def test_a_change_of_either_meanwhile_is_told_and_nothing_typed_is_lost(manager, town, pair):
    older, newer = pair
    page = manager.get(compare_url(newer, older))
    data = next(values for action, values in forms_of(page) if f"version_{older.pk}" in values)
    for case in pair:
        update(case=case, by=By.staff(town.clerk), text="Schneller")
        refused = manager.post(compare_url(newer, older), {**data, "stays": str(older.pk), "text": "Meine Worte"})
        assert refused.status_code == 409
        assert "Meine Worte" in refused.content.decode()
        data = next(values for action, values in forms_of(refused) if f"version_{older.pk}" in values)
    assert manager.post(compare_url(newer, older), {**data, "stays": str(older.pk)}).status_code == 302


def test_by_number_and_what_is_refused_is_said(manager, pair, act_on, make_report, neighbour):
    older, newer = pair
    answer = act_on(manager, newer, "zusammenfuehren", number=newer.number)
    assert answer.status_code == 422
    assert "nicht seine eigene Doppelmeldung" in answer.content.decode()
    assert act_on(manager, newer, "zusammenfuehren", number="HSW-2026-999999").status_code == 422
    foreign = make_report(of=neighbour)
    assert act_on(manager, newer, "zusammenfuehren", number=foreign.number).status_code == 403
    assert act_on(manager, newer, "zusammenfuehren", number=older.number).status_code == 302
    assert Case.objects.get(pk=newer.pk).duplicate_of == older


def test_nobody_compares_what_they_may_not_see(login, town, neighbour, pair, make_report, manager):
    older, newer = pair
    foreign = make_report(of=neighbour)
    for client, one, other in (
        (login(neighbour.manager), newer, older),
        (manager, newer, foreign),
        (login(town.editor), newer, older),
    ):
        assert client.get(compare_url(one, other)).status_code == 404
        assert client.post(compare_url(one, other), {"stays": str(other.pk)}).status_code == 404

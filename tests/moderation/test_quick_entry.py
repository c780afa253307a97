"""Taking a call or a letter: one page, open reports like it beside it, with and without a script."""

import uuid

import pytest
from django.urls import reverse

from cases.change import By
from cases.following import supporters
from cases.models import Case, Support
from notifications.models import Delivery
from outbox.work import run_jobs
from reports.services import release_text
from tests.moderation.conftest import forms_of

NEW = "/verwaltung/neu/"


@pytest.fixture
def form(manager):
    """What is typed for a pothole in the middle, on the phone."""
    page = manager.get(NEW)
    assert page.status_code == 200
    found = next(values for action, values in forms_of(page) if action == NEW)
    return {**found, "source": "phone", "category": "schlagloch", "text": "Tiefes Loch vor dem Haus"}


def at(town):
    return {"lat": f"{town.middle.y:.6f}".replace(".", ","), "lon": f"{town.middle.x:.6f}"}


def test_a_call_becomes_a_report_with_and_without_an_address(manager, town, form, settings):
    town.municipality.allow_anonymous = False
    town.municipality.save()
    for _press in range(2):
        done = manager.post(NEW, {**form, **at(town), "phone": "0151 234"})
    case = Case.objects.get()
    assert done["Location"] == reverse("desk_case", args=[case.pk]) + "#case"
    assert (case.source, case.unit, case.contact.phone, case.contact.email) == ("phone", town.yard, "0151 234", "")
    assert case.entries.get().user == town.manager
    letter = {**form, **at(town), "client_key": uuid.uuid4(), "source": "letter", "email": "anna@example.org"}
    manager.post(NEW, letter)
    assert run_jobs().failed == 0
    receipt = Delivery.objects.get(purpose="receipt")
    assert receipt.address == "anna@example.org"
    assert "/bestaetigen/" in receipt.text


def test_what_is_open_nearby_is_shown_while_typing_and_by_a_button(manager, town, form, make_report, neighbour):
    known = make_report("Tiefes Loch vor dem Haus Nummer 3")
    make_report(of=neighbour)
    typed = {**form, **at(town)}
    part = manager.post(reverse("desk_near"), {name: typed[name] for name in ("category", "text", "lat", "lon")})
    assert [one.case for one in part.context["similar"]] == [known]
    page = manager.post(NEW, {**typed, "look": "1"})
    assert page.status_code == 200
    assert known.number in page.content.decode()
    assert "Tiefes Loch vor dem Haus</textarea>" in page.content.decode()
    assert Case.objects.count() == 2
    nothing = manager.post(reverse("desk_near"), {"category": "schlagloch", "text": "", "lat": "", "lon": "x"})
    assert nothing.context["similar"] == []


def test_who_calls_about_a_known_one_is_counted_or_follows(manager, town, form, make_report):
    known = make_report("Tiefes Loch")
    release_text(case=known, by=By.system())
    for _press in range(2):
        assert manager.post(NEW, {**form, **at(town), "known": str(known.pk)}).status_code == 302
    assert supporters(known) == 1
    assert known.entries.filter(deed="note", text="Tiefes Loch vor dem Haus").count() == 1
    mine = {**form, "client_key": uuid.uuid4(), "email": "anna@example.org", "known": str(known.pk)}
    assert manager.post(NEW, mine).status_code == 302
    assert known.follows.get().confirmed_at is None
    assert Support.objects.count() == 2
    assert run_jobs().failed == 0
    assert Delivery.objects.get(purpose="interest").address == "anna@example.org"
    assert Case.objects.count() == 1


def test_what_is_missing_is_said_and_nothing_typed_is_lost(manager, form, make_report, neighbour):
    empty = manager.post(NEW, {**form, "text": "", "category": "", "name": "Erika"})
    assert empty.status_code == 422
    assert "Erika" in empty.content.decode()
    nowhere = manager.post(NEW, form)
    assert nowhere.status_code == 422
    assert "Wo ist es?" in nowhere.content.decode()
    foreign = make_report(of=neighbour)
    assert manager.post(NEW, {**form, "known": str(foreign.pk)}).status_code == 409
    assert supporters(foreign) == 0


def test_staff_of_this_municipality_only(client, login, town, neighbour):
    assert client.get(NEW).status_code == 302
    for method, path in (("get", NEW), ("post", reverse("desk_near"))):
        assert getattr(login(neighbour.manager), method)(path).status_code == 403
        assert getattr(login(town.field), method)(path).status_code == 200
    assert login(town.field).get(reverse("desk_near"), {"text": "Frau Muster"}).status_code == 405

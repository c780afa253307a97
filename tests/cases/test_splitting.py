"""Parts of a case: several units work, the reporter hears one voice."""

import pytest
from django.urls import reverse

from cases.change import Act, By
from cases.errors import Invalid, NoSuchEdge
from cases.models import Case
from cases.policy import State
from cases.services import confirm_contact, move
from notifications.models import Delivery
from outbox.work import run_jobs
from reports.services import releasable, release_text
from reports.splitting import Part, split
from tests.moderation.conftest import forms_of, url


@pytest.fixture
def main(make_report, town):
    """A public report whose reporter hears of it."""
    case = make_report("Baum auf Straße, Laterne umgefallen", email="anna@example.org")
    confirm_contact(contact=case.contact)
    release_text(case=case, by=By.system())
    case.refresh_from_db()
    return case


@pytest.fixture
def parts(main, town):
    """Two parts: the greens by hand, the yard by the table."""
    wanted = [Part(town.idea, "Baum zersägen", town.greens), Part(town.lamp, "Mast aufrichten")]
    split(case=main, parts=wanted, by=By.staff(town.manager))
    return list(main.parts.order_by("pk"))


def mails():
    assert run_jobs().failed == 0
    return sorted(Delivery.objects.exclude(purpose="receipt").values_list("purpose", "address"))


def test_parts_are_internal_and_mail_their_units_alone(main, parts, client):
    assert [part.unit.slug for part in parts] == ["gruen", "bauhof"]
    assert [(part.contact, part.public_at, part.point) for part in parts] == [(None, None, main.point)] * 2
    assert {one for one in mails() if one[0] == "assigned"} >= {("assigned", "gruen@harsewinkel.example")}
    assert not [one for one in mails() if one[1] == "anna@example.org"]
    for part in parts:
        part = Case.objects.select_related("topic__category", "stage").get(pk=part.pk)
        assert not releasable(part)
        with pytest.raises(NoSuchEdge):
            release_text(case=part, by=By.system())
        assert client.get(reverse("report", args=[part.number])).status_code == 404
        move(case=part, to=State.DONE, by=By.system(), text="Fertig")
    assert not [one for one in mails() if one[0] in {"done", "moved"}]


def test_the_main_case_is_not_settled_by_accident(main, parts, town):
    by = By.staff(town.manager)
    with pytest.raises(Invalid, match="despite_parts"):
        move(case=main, to=State.DONE, by=by)
    move(case=parts[0], to=State.DONE, by=by)
    move(case=main, to=State.DONE, by=by, despite_parts=True)
    assert ("done", "anna@example.org") in mails()


def test_a_part_has_no_parts_and_foreign_categories_are_refused(main, parts, town, neighbour):
    with pytest.raises(NoSuchEdge):
        split(case=parts[0], parts=[Part(town.lamp, "noch einer")], by=By.system())
    for wrong in ([], [Part(neighbour.lamp, "x")], [Part(town.lamp, " ")], [Part(town.lamp, "x", neighbour.yard)]):
        with pytest.raises(Invalid):
            split(case=main, parts=wrong, by=By.system(), act=Act())


def test_at_the_desk_the_main_case_shows_its_parts(client, main, town):
    client.force_login(town.manager)
    page = client.get(url(main, tun="aufteilen"))
    action = reverse("desk_deed", args=[main.pk, "aufteilen"])
    data = next(values for address, values in forms_of(page) if address.startswith(action))
    half = client.post(action, {**data, "text_1": "Absperren", "text_2": "ohne Kategorie"})
    assert half.status_code == 422
    assert client.post(action, {**data, "text_1": "Absperren"}).status_code == 302
    part = main.parts.get()
    text = client.get(url(main)).content.decode()
    assert part.number in text
    assert f"Aufgeteilt: {part.number}" in text
    assert main.number in client.get(url(part)).content.decode()
    assert "despite_parts" in client.get(url(main, tun="erledigt")).content.decode()

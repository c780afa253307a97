"""Praise at the desk: the usual step is to pass it on."""

import uuid

from cases.change import Act, By
from cases.models import Case
from cases.policy import State
from reports.praise import thanks
from reports.submission import Person, submit
from tests.conftest import AT
from tests.moderation.conftest import url


def test_the_desk_offers_it_first_and_does_it_with_one_form(manager, town, act_on):
    case, _new = submit(
        municipality=town.municipality,
        category=town.praise,
        text="Danke an den Bauhof!",
        by=By.citizen(),
        act=Act(at=AT, client_key=uuid.uuid4()),
        person=Person(email="erika@example.org"),
    )
    assert "tun=weitergeben" in manager.get(url(case)).content.decode()
    page = manager.get(url(case, tun="weitergeben")).content.decode()
    assert thanks(case, town.yard) in page
    act_on(manager, case, "weitergeben", unit=str(town.greens.pk))
    case = Case.objects.get(pk=case.pk)
    assert case.state == State.DONE.value
    assert case.entries.order_by("pk").last().text == thanks(case, town.greens)
    assert "Lob weitergegeben: Grünflächen" in manager.get(url(case)).content.decode()
    assert "tun=weitergeben" not in manager.get(url(case)).content.decode()

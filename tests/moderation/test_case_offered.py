"""Which deeds the desk offers to whom in which state."""

import uuid

import pytest

from cases.change import By
from cases.policy import State
from cases.services import move
from moderation.deeds import DEEDS
from tests.moderation.conftest import deed_url, url


def test_only_allowed_stages_are_offered(manager, town, make_report):
    case = make_report()
    move(case=case, to=State.DONE, by=By.staff(town.manager))
    form = manager.get(url(case, tun="status")).context["form"]
    offered = [label for _state, rows in form.fields["stage"].choices for _value, label in rows]
    assert sorted(offered) == ["eingeplant", "erledigt", "in Bearbeitung"]


def test_complaints_offer_no_release_and_refuse_it_in_words(manager, town, make_report, filled):
    case = make_report("Ärger", category=town.complaint, point=None)
    page = manager.get(url(case))
    names = [entry["name"] for entry in page.context["menu"]]
    assert "freigeben" not in names
    assert "mitteilung" not in names
    response = manager.post(deed_url(case, "freigeben"), filled(manager, case, "notiz", text="Raus damit"))
    assert response.status_code == 409
    assert "darf nichts öffentlich werden" in response.content.decode()


@pytest.mark.parametrize(
    ("who", "missing"),
    [
        ("field", {"freigeben", "kategorie", "ort", "zuweisen"}),
        ("editor", {"status", "erledigt", "mitteilung", "nachricht", "rueckfrage", "zuweisen"}),
        ("clerk", set()),
    ],
)
def test_what_somebody_may_not_is_neither_offered_nor_done(who, missing, login, town, make_report):
    case, client = make_report(), login(getattr(town, who))
    page = client.get(url(case))
    offered = {entry["name"] for entry in page.context["menu"]}
    assert {deed.name for deed in DEEDS if deed.menu} - offered == missing
    data = {"version": case.version, "client_key": str(uuid.uuid4()), "text": "Hallo"}
    for name in missing:
        response = client.post(deed_url(case, name), data)
        assert response.status_code == 403
        assert "Dafür fehlt Ihnen die Berechtigung." in response.content.decode()
    assert case.entries.count() == 1

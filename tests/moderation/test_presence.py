"""Two people on one case see each other, and that it was changed."""

import pytest
from django.urls import reverse

from cases.change import By
from cases.services import note
from moderation.case import presence
from tests.moderation.conftest import deed_url, url


@pytest.fixture
def beat():
    def send(client, case, **data):
        return client.post(reverse("desk_presence", args=[case.pk]), {"version": case.version, **data})

    return send


def test_two_on_one_case_see_each_other_and_who_left_is_gone(login, town, make_report, beat):
    case, manager, clerk = make_report(), login(town.manager), login(town.clerk)
    assert "sieht sich" not in manager.get(url(case)).content.decode()
    assert "Manager sieht sich diesen Vorgang gerade an." in clerk.get(url(case)).content.decode()
    assert "Clerk sieht sich" in beat(manager, case).content.decode()
    assert beat(clerk, case, writing="1").status_code == 200
    assert "Clerk schreibt gerade" in beat(manager, case).content.decode()
    beat(clerk, case, leave="1")
    assert beat(manager, case).content.decode().strip() == ""


def test_who_is_silent_for_long_is_gone(login, town, make_report, beat, monkeypatch):
    case, manager = make_report(), login(town.manager)
    login(town.clerk).get(url(case))
    later = presence.time.time() + presence.GONE_SECONDS + 1
    monkeypatch.setattr(presence.time, "time", lambda: later)
    assert "Clerk" not in beat(manager, case).content.decode()


def test_a_case_that_moved_is_told(login, town, make_report, beat):
    case, manager = make_report(), login(town.manager)
    note(case=make_report(), by=By.staff(town.clerk), text="Ein anderer Vorgang")
    assert "geändert" not in beat(manager, case).content.decode()
    seen = case.version
    note(case=case, by=By.staff(town.clerk), text="Dazwischen")
    assert "Jemand hat diesen Vorgang geändert." in beat(manager, case, version=seen).content.decode()


def test_nobody_learns_of_a_case_that_is_not_theirs(login, client, town, neighbour, make_report, beat):
    case = make_report()
    for user in (neighbour.admin, town.other_clerk):
        assert beat(login(user), case).status_code == 404
    assert beat(client, case).status_code == 302
    assert login(town.manager).get(reverse("desk_presence", args=[case.pk])).status_code == 405
    assert deed_url(case, "hier") == reverse("desk_presence", args=[case.pk]), "its address comes before the deeds'"


def test_a_version_that_is_no_number_of_ours_breaks_nothing(manager, make_report, beat):
    assert beat(manager, make_report(), version="9" * 5000).status_code == 200

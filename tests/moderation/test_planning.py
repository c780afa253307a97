"""The planning page: plan in one go, order, propose a tour, print, and settle from paper."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.models import Unit
from cases.models import Case
from cases.policy import State
from dispatch.lists import of_day
from dispatch.models import Job
from tests.conftest import AT
from tests.moderation.conftest import forms_of

pytestmark = pytest.mark.django_db
BOARD = "desk_planning"


@pytest.fixture
def team(town):
    return Unit.objects.create(municipality=town.municipality, name="Kolonne 1", slug="kolonne-1", parent=town.yard)


def send(client, what, cases, team, day, **more):
    """Fill the bar of the page and press one of its buttons."""
    chosen = [f"{case.pk}-{Case.objects.get(pk=case.pk).version}" for case in cases]
    form = next(values for address, values in forms_of(client.get(reverse(BOARD))) if "einplanen" in address)
    data = {**form, "vorgang": chosen, "team": team.pk, "day": day.isoformat(), "tun": what, **more}
    return client.post(reverse("desk_planning_do"), data, follow=True), data


def test_several_cases_are_planned_at_once_and_what_is_refused_is_told(manager, town, team, make_report):
    first, second, gone = (make_report(f"Loch {n}") for n in range(3))
    Case.objects.filter(pk=gone.pk).update(version=7)
    day = localdate()
    chosen = [f"{case.pk}-{case.version}" for case in (first, second, gone)]
    page, data = send(manager, "einplanen", [], team, day, vorgang=chosen)
    words = page.content.decode()
    assert "2 Vorgänge eingeplant: Kolonne 1" in words
    assert f"{gone.number}: Jemand hat es inzwischen geändert" in words
    assert {job.case_id for job in Job.objects.all()} == {first.pk, second.pk}
    manager.post(reverse("desk_planning_do"), data)
    assert Job.objects.count() == 2
    assert first.entries.count() == 2
    assert page.context["form"]["team"].value() == str(team.pk), "the next ones mostly go to the same team"
    page, _data = send(manager, "ausplanen", [first], team, day)
    assert "1 Vorgang ist von der Liste genommen." in page.content.decode()
    assert [job.case_id for job in Job.objects.all()] == [second.pk]


def test_nothing_chosen_or_a_past_day_is_told_and_keeps_what_was_typed(manager, town, team, make_report):
    case = make_report()
    page, _data = send(manager, "einplanen", [], team, localdate())
    assert page.status_code == 422
    assert "Bitte wählen Sie zuerst Vorgänge aus." in page.content.decode()
    page, _data = send(manager, "einplanen", [case], team, localdate() - timedelta(days=2))
    assert "Bitte wählen Sie heute oder einen späteren Tag" in page.content.decode()
    chosen = {"vorgang": [f"{case.pk}-{case.version}"], "team": team.pk, "day": "31.31.", "tun": "einplanen"}
    page = manager.post(reverse("desk_planning_do"), {"client_key": uuid.uuid4(), **chosen})
    assert (page.status_code, page.context["form"]["team"].value()) == (422, str(team.pk))


def test_the_board_costs_the_same_for_any_number_of_cases(
    manager, town, team, make_report, django_assert_max_num_queries
):
    for number in range(6):
        send(manager, "einplanen", [make_report(f"Loch {number}")], team, localdate())
        make_report(f"Ungeplant {number}")
    with django_assert_max_num_queries(18):
        page = manager.get(reverse(BOARD))
    assert page.context["unplanned_count"] == 6
    column = next(one for one in page.context["columns"] if one.team == team)
    assert (column.left, column.load[0]) == (6, (localdate(), 6))


def test_the_order_is_typed_proposed_and_never_set_over_somebody_elses(manager, town, team, make_report):
    east, west, middle = (
        make_report(f"Loch {n}", point=Point(town.middle.x + lon, town.middle.y, srid=4326))
        for n, lon in enumerate([0.02, -0.02, 0.0])
    )
    cases, day = [east, west, middle], localdate()
    send(manager, "einplanen", cases, team, day)
    address = reverse("desk_planning_order", args=[team.pk])

    def order():
        return [job.case_id for job in of_day(team=team, day=day, at=AT)]

    seen = ",".join(str(pk) for pk in order())
    typed = {"seen": seen, f"platz-{middle.pk}": "0,5", f"platz-{east.pk}": "x"}
    manager.post(address, typed)
    assert order() == [middle.pk, east.pk, west.pk]
    refused = manager.post(address, typed, follow=True)
    assert "Die Liste hat sich inzwischen geändert" in refused.content.decode()
    now = ",".join(str(pk) for pk in order())
    page = manager.post(address, {"seen": now, "tun": "tour"}, follow=True)
    assert "Eine kürzere Tour: 2,7 statt 4,1 km Luftlinie." in page.content.decode()
    assert order() in ([east.pk, middle.pk, west.pk], [west.pk, middle.pk, east.pk])


def test_the_day_list_settles_from_paper(manager, town, team, make_report):
    done, blocked, left = (make_report(f"Loch {n}") for n in range(3))
    send(manager, "einplanen", [done, blocked, left], team, localdate())
    address = reverse("desk_day_list", args=[team.pk, localdate().isoformat()])
    page = manager.get(address)
    words = page.content.decode()
    assert words.count('class="day-job__code"') == 3
    assert "data:image/png" in words
    versions = [f"{case.pk}-{Case.objects.get(pk=case.pk).version}" for case in (done, blocked, left)]
    typed = {f"stand-{done.pk}": "erledigt", f"text-{done.pk}": "Asphaltiert", f"stand-{blocked.pk}": "nicht-moeglich"}
    data = {"client_key": str(page.context["client_key"]), "vorgang": versions, **typed}
    refused = manager.post(address, data)
    assert refused.status_code == 422
    assert "Bitte schreiben Sie, warum es nicht möglich war." in refused.content.decode()
    assert f'name="stand-{done.pk}"' not in refused.content.decode(), "what was taken over is not asked for again"
    manager.post(address, {**data, f"text-{blocked.pk}": "Auto parkt darauf"})
    states = {case.pk: Case.objects.get(pk=case.pk).state for case in (done, blocked, left)}
    assert states == {done.pk: State.DONE, blocked.pk: State.NEW, left.pk: State.NEW}
    assert set(Job.objects.values_list("case", flat=True)) == {done.pk, left.pk}
    assert "war nicht möglich" in manager.get(reverse(BOARD)).content.decode()


def test_nobody_plans_for_others(login, town, neighbour, team, make_report):
    case = make_report()
    assert login(town.field).get(reverse(BOARD)).status_code == 404
    assert login(town.editor).get(reverse(BOARD)).status_code == 404
    clerk = login(town.clerk).get(reverse(BOARD))
    assert {column.team.name for column in clerk.context["columns"]} == {"Bauhof", "Kolonne 1"}
    stranger = login(neighbour.manager)
    stranger.post(reverse("desk_planning_do"), {"vorgang": [f"{case.pk}-1"], "tun": "einplanen"})
    assert stranger.get(reverse("desk_day_list", args=[team.pk, "2026-03-02"])).status_code == 404
    assert not Job.objects.exists()


def test_a_number_no_database_knows_chooses_nothing(manager, town, team, make_report):
    make_report()
    page, _data = send(manager, "einplanen", [], team, localdate(), vorgang=["9" * 25 + "-1"])
    assert page.status_code == 422
    assert "Bitte wählen Sie zuerst Vorgänge aus." in page.content.decode()

"""With whom a case lies: accepting, handing back, routing anew, whom a waiting case waits for."""

from datetime import timedelta

import pytest

from accounts.models import Unit
from cases.change import Act, By
from cases.errors import Invalid, NoSuchEdge
from cases.handing import accept, hand_back
from cases.models import Responsibility, Stage
from cases.policy import Deed, State
from cases.services import assign, message, move, question
from reports.services import change_category, change_place
from tests.conftest import AT

LATER = Act(at=AT + timedelta(hours=2))


def test_it_lies_with_the_unit_from_the_first_second_and_anew_with_each_next_one(make_report, town):
    case = make_report()
    assert (case.unit, case.assigned_at, case.accepted_at) == (town.yard, AT, None)
    accept(case=case, by=By.staff(town.clerk), act=LATER)
    assert case.accepted_at == LATER.at
    assign(case=case, by=By.staff(town.manager), unit=town.yard, assignee=town.clerk, act=LATER)
    assert (case.assigned_at, case.accepted_at) == (AT, LATER.at), "another person of the same unit"
    assign(case=case, by=By.staff(town.manager), unit=town.greens, act=LATER)
    assert (case.assigned_at, case.accepted_at) == (LATER.at, None)


def test_who_works_on_it_or_takes_it_has_accepted_it(make_report, town):
    worked, taken, managed = make_report(), make_report(), make_report()
    move(case=worked, to=State.OPEN, by=By.staff(town.field))
    assign(case=taken, unit=town.yard, assignee=town.clerk, by=By.staff(town.clerk))
    move(case=managed, to=State.OPEN, by=By.staff(town.manager))
    assert worked.accepted_at is not None
    assert taken.accepted_at is not None
    assert managed.accepted_at is None, "the complaint management does not accept for a unit by the way"


def test_a_unit_hands_back_to_the_complaint_management_with_a_reason(make_report, town):
    case = make_report()
    with pytest.raises(Invalid):
        hand_back(case=case, by=By.staff(town.clerk), text=" ")
    entry = hand_back(case=case, by=By.staff(town.clerk), text="Das ist eine Kreisstraße.")
    assert (case.unit, case.assignee, case.assigned_at) == (None, None, None)
    assert (entry.deed, entry.public, entry.for_reporter) == (Deed.HANDED_BACK.value, False, False)
    with pytest.raises(NoSuchEdge):
        hand_back(case=case, by=By.staff(town.manager), text="noch einmal")


def test_a_team_hands_back_to_its_unit(make_report, town):
    team = Unit.objects.create(municipality=town.municipality, slug="kolonne", name="Kolonne 1", parent=town.yard)
    case = make_report()
    assign(case=case, by=By.staff(town.manager), unit=team)
    hand_back(case=case, by=By.staff(town.clerk), text="Andere Kolonne")
    assert (case.unit, case.accepted_at) == (town.yard, None)


def test_another_category_or_place_goes_to_the_unit_the_table_names_now(make_report, town):
    Responsibility.objects.create(municipality=town.municipality, topic=town.lamp.topic, unit=town.greens)
    case = make_report()
    accept(case=case, by=By.staff(town.clerk))
    change_category(case=case, category=town.lamp, by=By.staff(town.manager), act=LATER)
    assert (case.unit, case.assigned_at, case.accepted_at) == (town.greens, LATER.at, None)


def test_a_unit_chosen_by_hand_stays_while_the_table_names_the_same_as_before(make_report, town):
    case = make_report()
    assign(case=case, by=By.staff(town.manager), unit=town.greens, assignee=town.other_clerk)
    change_place(case=case, by=By.staff(town.manager), point=town.middle, address="Kirchplatz 2")
    assert (case.unit, case.assignee) == (town.greens, town.other_clerk)
    Responsibility.objects.create(municipality=town.municipality, topic=town.lamp.topic, unit=town.yard)
    Responsibility.objects.filter(topic=town.pothole.topic.parent).update(unit=town.greens)
    change_category(case=case, category=town.lamp, by=By.staff(town.manager))
    assert (case.unit, case.assignee) == (town.yard, None), "now it names another one"


def test_whom_a_waiting_case_waits_for(make_report, town):
    others = Stage.objects.create(
        municipality=town.municipality, slug="dritte", state=State.WAITING.value, label={"de": "wartet"}, position=99
    )
    case, by = make_report(), By.staff(town.clerk)
    question(case=case, by=by, text="Wo genau?")
    assert (case.stage.slug, case.waits_for) == ("rueckfrage", "reporter")
    move(case=case, to=State.WAITING, stage=others, by=by)
    assert case.waits_for == "others"
    message(case=case, by=By.citizen(), text="Hinter der Kirche")
    assert (case.state, case.waits_for) == (State.OPEN.value, "")

"""Day lists: planning gives a case to a team, what is not done rolls over, and nobody's order is overwritten."""

from datetime import timedelta

import pytest

from accounts.models import Unit
from accounts.policy import Role
from accounts.services import grant
from cases import handing
from cases import services as cases
from cases.change import Act, By
from cases.errors import Conflict, Denied, Invalid, NoSuchEdge
from cases.models import Case
from cases.policy import Deed, State
from dispatch import lists
from dispatch.models import Job
from dispatch.services import arrange, plan, unplan
from tests.conftest import AT
from tests.dispatch.conftest import MONDAY

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


def numbers(team, day, at=AT):
    return [job.case_id for job in lists.of_day(team=team, day=day, at=at)]


def test_a_planned_case_lies_with_the_team_and_is_accepted(town, team, planned):
    (case,) = planned()
    assert (case.unit, case.accepted_at) == (team, AT)
    assert numbers(team, MONDAY) == [case.pk]
    assert not lists.unplanned(Case.objects.all()).exists()
    entry = case.entries.get(deed=Deed.PLANNED.value)
    assert (entry.data["team"], entry.data["day"], entry.public) == (team.pk, MONDAY.isoformat(), False)


def test_what_is_not_done_rolls_over_and_what_was_done_stays_on_its_day(town, team, planned):
    first, second = planned(2)
    cases.move(case=first, to=State.DONE, by=By.staff(town.manager), act=Act(at=AT + timedelta(hours=2)))
    tomorrow = AT + timedelta(days=1)
    assert numbers(team, MONDAY, tomorrow) == [first.pk, second.pk]
    assert numbers(team, TUESDAY, tomorrow) == [second.pk]
    job = Job.objects.get(case=second)
    assert [lists.rolled_over(job, on=day) for day in (MONDAY, TUESDAY)] == [False, True]
    cases.move(case=second, to=State.DONE, by=By.staff(town.manager), act=Act(at=tomorrow))
    assert numbers(team, TUESDAY, tomorrow) == [second.pk]
    assert numbers(team, TUESDAY + timedelta(days=1), tomorrow + timedelta(days=1)) == []


def test_the_load_counts_what_was_left_as_todays(team, planned):
    planned(2)
    planned(1, TUESDAY)
    days = [MONDAY, TUESDAY]
    assert lists.load(teams=[team], days=days, at=AT) == {(team.pk, MONDAY): 2, (team.pk, TUESDAY): 1}
    assert lists.load(teams=[team], days=days, at=AT + timedelta(days=1)) == {(team.pk, TUESDAY): 3}


def test_a_case_given_elsewhere_leaves_the_list_by_itself(town, team, planned):
    (case,) = planned()
    handing.hand_back(case=case, by=By.staff(town.manager), text="Nicht unseres", act=Act(at=AT))
    assert numbers(team, MONDAY) == []
    assert lists.unplanned(Case.objects.all()).get() == case
    plan(case=case, team=team, day=MONDAY, by=By.staff(town.manager), act=Act(at=AT))
    assert numbers(team, MONDAY) == [case.pk]


def test_taken_off_or_not_possible_it_waits_for_a_plan_again(town, team, planned):
    first, second = planned(2)
    unplan(case=first, by=By.staff(town.manager), act=Act(at=AT))
    with pytest.raises(NoSuchEdge):
        unplan(case=first, by=By.staff(town.manager), act=Act(at=AT))
    worker = grant(user=town.field, municipality=town.municipality, role=Role.FIELD, unit=team).user
    with pytest.raises(Invalid):
        unplan(case=second, text=" ", by=By.staff(worker), act=Act(at=AT))
    unplan(case=second, text="Auto parkt auf dem Deckel", by=By.staff(worker), act=Act(at=AT))
    back = {case.pk: case.came_back for case in lists.unplanned(Case.objects.all())}
    assert back == {first.pk: False, second.pk: True}
    assert second.entries.get(deed=Deed.UNPLANNED.value).text == "Auto parkt auf dem Deckel"


def test_plans_that_make_no_sense_are_refused(town, neighbour, team, planned, make_report):
    case = make_report()
    by = By.staff(town.manager)
    for day in (MONDAY - timedelta(days=1), MONDAY + timedelta(days=800)):
        with pytest.raises(Invalid):
            plan(case=case, team=team, day=day, by=by, act=Act(at=AT))
    for wrong in (neighbour.yard, Unit.objects.create(municipality=town.municipality, slug="f", external=True)):
        with pytest.raises(Invalid):
            plan(case=case, team=wrong, day=MONDAY, by=by, act=Act(at=AT))
    plan(case=case, team=team, day=MONDAY, by=by, act=Act(at=AT))
    with pytest.raises(Invalid):
        plan(case=case, team=team, day=MONDAY, by=by, act=Act(at=AT))
    cases.move(case=case, to=State.DONE, by=by, act=Act(at=AT))
    with pytest.raises(NoSuchEdge):
        plan(case=case, team=team, day=TUESDAY, by=by, act=Act(at=AT))
    other = make_report()
    with pytest.raises(Conflict):
        plan(case=other, team=team, day=MONDAY, by=by, act=Act(at=AT, version=other.version + 1))


def test_the_order_is_set_by_the_team_and_never_over_somebody_elses(town, team, planned):
    first, second, third = (case.pk for case in planned(3))
    worker = grant(user=town.field, municipality=town.municipality, role=Role.FIELD, unit=team).user
    facts = {"team": team, "day": MONDAY, "by": worker, "at": AT}
    arrange(order=[third, first], seen=[first, second, third], **facts)
    assert numbers(team, MONDAY) == [third, first, second]
    with pytest.raises(Invalid):
        arrange(order=[first], seen=[first, second, third], **facts)
    assert numbers(team, MONDAY) == [third, first, second]
    with pytest.raises(Denied):
        arrange(order=[first], seen=[third, first, second], **{**facts, "by": town.editor})

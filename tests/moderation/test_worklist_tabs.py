"""The lists of the desk: what belongs to each, what was put aside, what stands on top."""

from datetime import timedelta

from django.utils import timezone

from cases.change import By
from cases.models import Case
from cases.policy import State, WaitsFor
from cases.services import assign, message, move, question
from reports.services import release_text
from tests.moderation.test_desk import DESK, counts, numbers


def put_aside(case, days):
    """As the verb of the resubmission leaves it."""
    Case.objects.filter(pk=case.pk).update(resubmit_on=timezone.localdate() + timedelta(days=days))


def test_waiting_cases_stand_with_whom_they_wait_for(manager, make_report, town):
    by = By.staff(town.manager)
    asked, elsewhere, unsaid = make_report(), make_report(), make_report()
    for case, whom in ((asked, WaitsFor.REPORTER), (elsewhere, WaitsFor.OTHERS), (unsaid, "")):
        question(case=case, by=by, text="Wo genau?")
        Case.objects.filter(pk=case.pk).update(waits_for=whom)
    assert numbers(manager.get(DESK, {"liste": "rueckfrage"})) == [asked.number]
    assert numbers(manager.get(DESK, {"liste": "andere"})) == [elsewhere.number, unsaid.number]
    message(case=asked, by=By.citizen(), text="Am Tor.")
    assert numbers(manager.get(DESK, {"liste": "rueckfrage"})) == []


def test_what_was_put_aside_leaves_the_lists_until_its_day(manager, make_report, town):
    case = make_report()
    assign(case=case, by=By.staff(town.manager), unit=town.yard, assignee=town.manager)
    put_aside(case, 3)
    found = counts(manager.get(DESK))
    assert {name: count for name, count in found.items() if count} == {"Alle": 1}
    put_aside(case, 0)
    found = counts(manager.get(DESK))
    assert found["Wiedervorlage heute"] == found["Meine"] == found["Zu prüfen"] == 1
    assert numbers(manager.get(DESK, {"liste": "wiedervorlage"})) == [case.number]


def test_a_word_of_the_citizen_brings_back_what_was_put_aside_and_puts_it_on_top(manager, make_report, town):
    by = By.staff(town.manager)
    old, answered = make_report(at=timezone.now() - timedelta(days=9)), make_report()
    for case in (old, answered):
        release_text(case=case, by=by)
        move(case=case, to=State.OPEN, by=by)
        assign(case=case, by=by, unit=town.yard, assignee=town.manager)
    put_aside(answered, 30)
    assert numbers(manager.get(DESK, {"liste": "meine"})) == [old.number]
    message(case=answered, by=By.citizen(), text="Es ist schlimmer geworden.")
    assert numbers(manager.get(DESK, {"liste": "meine"})) == [answered.number, old.number]
    assert numbers(manager.get(DESK, {"liste": "pruefen"})) == [answered.number]


def test_somebody_in_the_field_begins_with_the_list_of_their_unit(login, make_report, town):
    case = make_report()
    page = login(town.field).get(DESK)
    assert page.context["query"].tab.slug == "stelle"
    assert numbers(page) == [case.number]

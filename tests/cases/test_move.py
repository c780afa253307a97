"""`move`: edges, reasons, the clock, and what the history keeps."""

import uuid
from datetime import timedelta

import pytest

from cases.change import Act, By
from cases.errors import Conflict, Denied, Invalid, KeyReused, NoSuchEdge
from cases.models import Entry, Stage
from cases.policy import CLOSED, EDGES, Deed, State, reason_required
from cases.services import feedback, message, move, note, question
from tests.conftest import AT


def at(days: float) -> Act:
    return Act(at=AT + timedelta(days=days))


def bring(case, state: State, by: By) -> None:
    """Bring a fresh case into `state` by allowed edges."""
    if state is not State.NEW:
        move(case=case, to=state, by=by, text="Grund", act=at(0.1))


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize("after", list(State))
def test_every_pair_of_states_follows_the_table(before, after, make_report):
    case = make_report()
    bring(case, before, By.system())
    if after in EDGES[before]:
        move(case=case, to=after, by=By.system(), text="Grund", act=at(1))
        assert case.state == after.value
        assert (case.closed_at is not None) == (after in CLOSED)
    else:
        with pytest.raises(NoSuchEdge):
            move(case=case, to=after, by=By.system(), text="Grund", act=at(1))
        case.refresh_from_db()
        assert case.state == before.value


@pytest.mark.parametrize(("before", "after"), [(State.NEW, State.REJECTED), (State.DONE, State.OPEN)])
def test_closing_without_action_and_reopening_need_a_reason(before, after, make_report, town):
    case = make_report()
    bring(case, before, By.system())
    assert reason_required(before, after)
    with pytest.raises(Invalid) as refused:
        move(case=case, to=after, by=By.staff(town.manager))
    assert "text" in refused.value.errors


def test_a_stage_of_another_state_is_refused(make_report, town):
    stage = Stage.objects.get(municipality=town.municipality, slug="erledigt")
    with pytest.raises(Invalid):
        move(case=make_report(), to=State.OPEN, stage=stage, by=By.staff(town.manager))


def test_without_a_stage_the_first_of_the_state_is_taken(make_report, town):
    case = make_report()
    move(case=case, to=State.OPEN, by=By.staff(town.manager))
    assert case.state_label == "in Bearbeitung"


def test_the_deadline_stands_still_while_waiting_for_the_citizen(make_report, town):
    case = make_report()
    due = case.due_at
    question(case=case, by=By.staff(town.manager), text="Welche Seite?", act=at(1))
    assert case.state == State.WAITING.value
    message(case=case, by=By.citizen(), text="Die linke.", act=at(8))
    assert case.state == State.OPEN.value
    assert case.due_at - due == timedelta(days=7)


def test_the_same_key_again_returns_the_stored_entry(make_report, town):
    case = make_report()
    act = Act(client_key=uuid.uuid4(), at=AT)
    first = note(case=case, by=By.staff(town.manager), text="Ortstermin", act=act)
    again = note(case=case, by=By.staff(town.manager), text="Ortstermin", act=act)
    assert again.pk == first.pk
    assert Entry.objects.filter(case=case, deed=Deed.NOTE.value).count() == 1
    with pytest.raises(KeyReused):
        note(case=case, by=By.staff(town.manager), text="etwas anderes", act=act)


def test_saving_over_somebodys_change_is_a_conflict(make_report, town):
    case = make_report()
    seen = case.version
    note(case=case, by=By.staff(town.manager), text="zuerst", act=Act(version=seen, at=AT))
    with pytest.raises(Conflict) as refused:
        move(case=case, to=State.OPEN, by=By.staff(town.clerk), act=Act(version=seen, at=AT))
    assert refused.value.case.version == seen + 1


def test_a_second_queued_action_of_one_phone_does_not_conflict_with_its_first(make_report, town):
    case = make_report()
    first = Act(client_key=uuid.uuid4(), version=case.version, at=AT)
    note(case=case, by=By.staff(town.field), text="bin da", act=first)
    move(case=case, to=State.DONE, by=By.staff(town.field), act=Act(based_on=first.client_key, at=AT))
    assert case.state == State.DONE.value


def test_a_citizens_still_there_within_14_days_reopens(make_report, town):
    case = make_report()
    move(case=case, to=State.DONE, by=By.staff(town.manager), act=at(1))
    feedback(case=case, by=By.citizen(), still_there=True, text="Das Loch ist noch da.", act=at(10))
    assert case.state == State.OPEN.value


def test_a_later_still_there_is_a_hint_only(make_report, town):
    case = make_report()
    move(case=case, to=State.DONE, by=By.staff(town.manager), act=at(1))
    entry = feedback(case=case, by=By.citizen(), still_there=True, text="Wieder da.", act=at(30))
    assert case.state == State.DONE.value
    assert entry.data == {"still_there": True}


def test_other_towns_staff_cannot_even_know_of_it(make_report, neighbour):
    with pytest.raises(Denied):
        note(case=make_report(), by=By.staff(neighbour.admin), text="hallo")

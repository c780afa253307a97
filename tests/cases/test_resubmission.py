"""Putting aside, due dates, priority, watching."""

from datetime import date, timedelta

import pytest

from cases.change import Act, By
from cases.errors import Denied, Invalid, NoSuchEdge
from cases.planning import change_due, resubmit, set_priority
from cases.policy import Priority, State
from cases.services import message, move
from cases.watching import unwatch, watch
from tests.conftest import AT

TODAY = AT.date()
ACT = Act(at=AT)


def test_a_case_is_put_aside_until_a_day_to_come_and_taken_up_again(make_report, town):
    case, by = make_report(), By.staff(town.clerk)
    for day in (TODAY, TODAY - timedelta(days=1), date(2126, 1, 1)):
        with pytest.raises(Invalid):
            resubmit(case=case, on=day, by=by, act=ACT)
    entry = resubmit(case=case, on=TODAY + timedelta(days=1), text="Material da?", by=by, act=ACT)
    assert case.resubmit_on == TODAY + timedelta(days=1)
    assert (entry.text, entry.public, entry.for_reporter) == ("Material da?", False, False)
    resubmit(case=case, on=None, by=by, act=ACT)
    assert case.resubmit_on is None
    with pytest.raises(NoSuchEdge):
        resubmit(case=case, on=None, by=by, act=ACT)


def test_an_answer_or_the_end_takes_it_up(make_report, town):
    answered, closed, by = make_report(), make_report(), By.staff(town.clerk)
    for case in (answered, closed):
        resubmit(case=case, on=TODAY + timedelta(days=30), by=by, act=ACT)
    message(case=answered, by=By.citizen(), text="Es ist schlimmer geworden", act=ACT)
    move(case=closed, to=State.DONE, by=by, act=ACT)
    assert (answered.resubmit_on, closed.resubmit_on) == (None, None)


def test_another_due_date_needs_a_reason_and_ends_at_six_in_the_evening(make_report, town):
    case, by = make_report(), By.staff(town.clerk)
    with pytest.raises(Invalid):
        change_due(case=case, on=date(2026, 4, 1), text="", by=by, act=ACT)
    with pytest.raises(Invalid):
        change_due(case=case, on=TODAY - timedelta(days=1), text="Frost", by=by, act=ACT)
    entry = change_due(case=case, on=date(2026, 4, 1), text="Frost", by=by, act=ACT)
    assert case.due_at is not None
    assert case.due_at.isoformat() == "2026-04-01T16:00:00+00:00"
    assert (entry.public, entry.for_reporter, entry.data["before"]) == (False, False, "2026-03-16")


def test_the_priority_has_four_words(make_report, town):
    case, by = make_report(), By.staff(town.clerk)
    set_priority(case=case, priority=Priority.URGENT, by=by)
    assert case.priority == 2
    move(case=case, to=State.DONE, by=by)
    with pytest.raises(NoSuchEdge):
        set_priority(case=case, priority=Priority.LOW, by=by)


def test_watching_needs_sight_and_leaves_the_version_alone(make_report, town):
    case = make_report()
    for _time in range(2):
        watch(case=case, user=town.editor, at=AT)
    assert [row.user for row in case.watchers.all()] == [town.editor]
    with pytest.raises(Denied):
        watch(case=case, user=town.other_clerk, at=AT)
    unwatch(case=case, user=town.editor)
    case.refresh_from_db()
    assert (case.watchers.count(), case.version) == (0, 1)

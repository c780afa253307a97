"""Reminder, then escalation: once each, on working mornings, for what the municipality does not want to lie."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from cases import routing
from cases.change import Act, By
from cases.handing import accept
from cases.models import Case, Entry, Stage
from cases.patience import remind
from cases.planning import resubmit
from cases.policy import Deed, State
from cases.services import message, move, question, update
from cases.tasks import remind_of_lying
from reports.services import release_text
from tests.conftest import AT

MONDAY, NEVER = AT, [0, 0]


def morning(day: int) -> datetime:
    """Half past seven in Berlin, on that day of March 2026; the cases came in on Monday, the second."""
    return datetime(2026, 3, day, 6, 30, tzinfo=UTC)


def noted(case: Case) -> list[tuple[str, str]]:
    """(deed, subject) of what was noted, in order."""
    rows = Entry.objects.filter(case=case, deed__in=[Deed.REMINDED.value, Deed.ESCALATED.value]).order_by("at", "id")
    return [(row.deed, row.data["subject"]) for row in rows]


@pytest.fixture
def only(town):
    """`only("accept", [2, 4])`: this subject alone, with so many working days."""

    def choose(subject: str, days: list[int]) -> None:
        subjects = ("accept", "answer", "release", "reason", "question", "forward")
        town.municipality.patience = {one: days if one == subject else NEVER for one in subjects}
        town.municipality.save()

    return choose


def test_nobody_accepts(make_report, town, only):
    only("accept", [2, 4])
    case, taken = make_report(), make_report()
    accept(case=taken, by=By.staff(town.clerk))
    remind(at=morning(4))
    assert noted(case) == [], "Tuesday alone is a whole working day"
    for _time in range(2):
        remind(at=morning(5))
        assert noted(case) == [("reminded", "accept")]
    remind(at=morning(6))
    remind(at=morning(7))
    remind(at=morning(8))
    assert len(noted(case)) == 1, "a weekend is no working day"
    remind(at=morning(9))
    remind(at=morning(10))
    assert noted(case) == [("reminded", "accept"), ("escalated", "accept")]
    assert noted(taken) == []
    case.refresh_from_db()
    assert case.version == 1, "it gets in nobody's way"


def test_a_run_after_a_long_standstill_reminds_before_it_escalates(make_report, only):
    only("accept", [2, 4])
    case = make_report()
    remind(at=morning(17))
    remind(at=morning(17) + timedelta(hours=3))
    assert noted(case) == [("reminded", "accept")]
    remind(at=morning(18))
    assert noted(case) == [("reminded", "accept"), ("escalated", "accept")]


def test_nobody_answers_and_nobody_decides_about_the_text(make_report, town):
    town.municipality.patience = {"accept": NEVER, "answer": [3, 0], "release": [2, 0]}
    town.municipality.save()
    silent, answered, put_aside = make_report(), make_report(), make_report()
    update(case=answered, by=By.staff(town.clerk), text="Wir kommen", act=Act(at=MONDAY))
    release_text(case=answered, by=By.staff(town.clerk))
    resubmit(case=put_aside, on=datetime(2026, 3, 20).date(), by=By.staff(town.clerk), act=Act(at=MONDAY))
    remind(at=morning(9))
    assert sorted(noted(silent)) == [("reminded", "answer"), ("reminded", "release")]
    assert (noted(answered), noted(put_aside)) == ([], [])


def test_a_question_without_answer_is_noted_once_for_each_question(make_report, town, only):
    only("question", [3, 0])
    case, by = make_report(), By.staff(town.clerk)
    question(case=case, by=by, text="Wo genau?", act=Act(at=MONDAY))
    remind(at=morning(9))
    remind(at=morning(12))
    assert noted(case) == [("reminded", "question")]
    message(case=case, by=By.citizen(), text="Dort", act=Act(at=morning(12)))
    question(case=case, by=by, text="Und die Hausnummer?", act=Act(at=morning(12)))
    remind(at=morning(20))
    assert noted(case) == [("reminded", "question")] * 2


def test_a_rejection_without_a_reason(make_report, town, only, monkeypatch):
    only("reason", [1, 3])
    silent, told = make_report(), make_report()
    for case in (silent, told):
        move(case=case, to=State.REJECTED, by=By.staff(town.clerk), text="Privatgrund", act=Act(at=MONDAY))
    Entry.objects.filter(case=silent, deed=Deed.MOVED.value).update(text="")
    monkeypatch.setattr("cases.patience.REASON_DAYS", 99999)
    remind(at=morning(5))
    assert (noted(silent), noted(told)) == ([("reminded", "reason")], [])
    Stage.objects.filter(pk=silent.stage_id).update(public_text={"de": "Das gehört uns nicht."})
    remind(at=morning(12))
    assert len(noted(silent)) == 1, "the stage says why"


def test_days_are_inherited_one_by_one_and_checked(town, neighbour):
    county, below = town.municipality, neighbour.municipality
    below.parent = county
    county.patience, below.patience = {"accept": [5, 9], "answer": [1, 2]}, {"accept": [1, 0]}
    assert [below.waits(one) for one in ("accept", "answer", "question")] == [(1, 0), (1, 2), (10, 0)]
    for wrong in (
        {"accept": [3, 2]},
        {"accept": [1]},
        {"lunch": [1, 2]},
        {"accept": [-1, 2]},
        {"accept": [1, 999]},
        [1],
    ):
        county.patience = wrong
        with pytest.raises(ValidationError):
            county.clean_fields(exclude={field.name for field in county._meta.fields} - {"patience"})


def test_what_has_lain_for_so_many_working_days(town):
    town.municipality.closed_days = ["2026-03-06"]
    assert routing.lain(town.municipality, morning(10), 2) == datetime(2026, 3, 4, 23, tzinfo=UTC)


def test_the_scheduler_runs_it(make_report):
    case = make_report(at=MONDAY - timedelta(days=30))
    remind_of_lying()
    assert all(deed == "reminded" for deed, _subject in noted(case))


def test_a_run_that_broke_off_is_repeated_and_tells_nothing_twice(make_report, only, monkeypatch):
    only("accept", [2, 0])
    cases, told = [make_report() for _number in range(3)], []

    def killed(name, **payload):
        if len(told) == 1:
            raise KeyboardInterrupt
        told.append(payload["case"])

    with monkeypatch.context() as patch:
        patch.setattr("cases.patience.emit", killed)
        with pytest.raises(KeyboardInterrupt):
            remind(at=morning(5))
    assert [len(noted(case)) for case in cases] == [1, 0, 0], "the one it broke off at is undone"
    remind(at=morning(5))
    assert [len(noted(case)) for case in cases] == [1, 1, 1]

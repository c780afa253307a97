"""What is new for the reporter: until they look or write."""

from datetime import timedelta

from cases.change import Act, By
from cases.models import Case
from cases.policy import State
from cases.reading import Unread, note_read, unread
from cases.services import message, move, note, question, update
from tests.conftest import AT


def new(case):
    row = Case.objects.select_related("contact").get(pk=case.pk)
    return unread([row])[case.pk]


def act(hours):
    return Act(at=AT + timedelta(hours=hours))


def test_words_of_the_town_hall_are_new_until_they_are_read(town, make_report):
    case, staff = make_report(email="erika@example.org"), By.staff(town.clerk)
    assert new(case) == Unread(0, False)
    note(case=case, by=staff, text="intern", act=act(1))
    assert new(case) == Unread(0, False)
    move(case=case, to=State.OPEN, by=staff, act=act(2))
    update(case=case, by=staff, text="Wir kommen.", act=act(3))
    assert new(case) == Unread(2, False)
    case.contact.refresh_from_db()
    assert note_read(contact=case.contact, at=act(4).at)
    case.contact.refresh_from_db()
    assert not note_read(contact=case.contact, at=act(5).at), "nothing new, nothing written"
    assert new(case) == Unread(0, False)


def test_a_question_waits_until_it_is_answered(town, make_report):
    case, staff = make_report(email="erika@example.org"), By.staff(town.clerk)
    question(case=case, by=staff, text="Welches Haus?", act=act(1))
    assert new(case) == Unread(1, True)
    note_read(contact=case.contact, at=act(2).at)
    assert new(case) == Unread(0, True), "read is not answered"
    message(case=case, by=By.citizen(), text="Nummer 3", act=act(3))
    assert new(case) == Unread(0, False)
    move(case=case, to=State.WAITING, by=staff, act=act(4))
    assert new(case) == Unread(1, False), "waiting for others is no question"

"""Support and follow: confirmed by mail, counted once, gone with one click."""

from datetime import timedelta

import pytest

from cases import following
from cases.change import By
from cases.errors import Denied, Invalid
from cases.models import Follow, Support
from outbox.models import Event
from reports.services import release_text
from tests.conftest import AT


@pytest.fixture
def case(make_report):
    case = make_report()
    release_text(case=case, by=By.system())
    return case


def ask(case, email="anna@example.org", **wish):
    following.ask(case=case, email=email, language="de", at=AT, **{"support": True, "follow": True, **wish})


def test_nothing_counts_before_the_mail_is_confirmed(case):
    ask(case)
    assert following.supporters(case) == 0
    assert Event.objects.filter(name="case.interest_asked").count() == 1
    following.confirm(token=Follow.objects.get().token, at=AT)
    assert following.supporters(case) == 1
    assert Follow.objects.get().confirmed_at == AT
    assert Support.objects.get().email == "", "only the hash of a supporter is kept"


def test_the_same_person_counts_once(case):
    version = case.version
    for address in ("anna@example.org", "Anna@Example.ORG ", "anna@example.org"):
        ask(case, address)
    following.confirm(token=Support.objects.get().token, at=AT)
    ask(case)
    assert following.supporters(case) == 1
    case.refresh_from_db()
    assert case.version == version


def test_a_button_pressed_twice_mails_once_and_asking_later_mails_again(case):
    for seconds in (0, 1, 59, 60):
        following.ask(
            case=case,
            email="anna@example.org",
            support=True,
            follow=True,
            language="de",
            at=AT + timedelta(seconds=seconds),
        )
    assert Event.objects.filter(name="case.interest_asked").count() == 2


def test_asking_after_confirming_mails_nobody_again(case):
    ask(case)
    following.confirm(token=Follow.objects.get().token, at=AT)
    ask(case)
    assert Event.objects.filter(name="case.interest_asked").count() == 1


def test_unfollowing_twice_does_no_harm(case):
    ask(case, support=False)
    token = Follow.objects.get().token
    assert following.unfollow(token=token) == case
    assert following.unfollow(token=token) is None
    assert following.confirm(token=token, at=AT) is None


def test_invisible_characters_of_a_copied_address_are_left_out(case):
    ask(case, "\u202aanna@example.org\u200b\u202c")
    assert Follow.objects.get().email == "anna@example.org"


def test_a_wrong_address_and_an_unreleased_case_are_refused(case, make_report):
    with pytest.raises(Invalid):
        ask(case, "kein at")
    with pytest.raises(Denied):
        ask(make_report())

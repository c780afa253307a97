"""What cases keep for the work list is what their entries, photos and supporters say."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from cases.change import By
from cases.models import Case, Entry, Support
from cases.models.case import ANSWERED, STAFF_PHOTO_WAITS, STILL_THERE, TEXT_WAITS
from cases.policy import State
from cases.services import feedback, message, move, note
from reports import attention
from reports.services import release_text, withdraw_text


def kept(case):
    """What the database holds of a case."""
    return Case.objects.values_list("unanswered", "unreleased", "supported").get(pk=case.pk)


def test_marks_follow_what_citizens_and_staff_do(make_report, town):
    case, by = make_report(), By.staff(town.manager)
    assert kept(case) == (0, TEXT_WAITS, 0)
    release_text(case=case, by=by)
    assert kept(case) == (0, 0, 0)
    message(case=case, by=By.citizen(), text="Es wird schlimmer.")
    move(case=case, to=State.DONE, by=By.system())
    feedback(case=case, by=By.citizen(), still_there=True, text="Nein.")
    assert kept(case) == (ANSWERED | STILL_THERE, 0, 0)
    note(case=case, by=by, text="Gelesen.")
    assert kept(case) == (0, 0, 0)
    withdraw_text(case=case, by=by)
    for number in range(3):
        Support.objects.create(
            case=case,
            email_hash=str(number),
            created_at=timezone.now(),
            confirmed_at=timezone.now() if number else None,
        )
    Support.objects.filter(case=case).update(confirmed_at=timezone.now())
    Support.objects.filter(case=case, email_hash="1").delete()
    assert kept(case) == (0, 0, 2)
    assert attention.differences(connection) == []


def test_a_saved_case_leaves_what_is_kept_as_it_is(make_report):
    case = make_report()
    Case.objects.filter(pk=case.pk).update(unreleased=STAFF_PHOTO_WAITS)
    case.priority = 1
    case.save()
    assert kept(case) == (0, STAFF_PHOTO_WAITS, 0)


def test_the_proof_finds_what_differs_and_mends_it(make_report, capsys):
    case = make_report()
    message(case=case, by=By.citizen(), text="Noch etwas.")
    Entry.objects.filter(case=case, deed="answer").update(version=9)
    Case.objects.filter(pk=case.pk).update(unanswered=0)
    with pytest.raises(CommandError):
        call_command("desk_marks")
    assert f"case {case.pk}: unanswered is 0, due is {ANSWERED}" in capsys.readouterr().out
    call_command("desk_marks", rebuild=True)
    assert kept(case)[0] == ANSWERED

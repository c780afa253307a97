"""A hundred mails in the shapes people and machines write them: each ends as a draft, an answer or a named refusal."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from cases.change import By
from cases.marks import marked
from cases.models import File
from cases.policy import Deed
from cases.services import confirm_contact, question
from intake.models import IncomingMail
from intake.policy import Outcome, Reason
from intake.services import receive
from intake.sorting import run_incoming
from notifications.models import Delivery
from outbox.work import run_jobs
from tests.conftest import AT
from tests.intake import mails
from tests.intake.conftest import ADDRESS

REPORTER = "melderin@example.org"


@pytest.fixture
def scene(mailtown, make_report):
    """A report whose reporter was asked something by mail."""
    case = make_report("Laterne aus", email=REPORTER)
    confirm_contact(contact=case.contact)
    question(case=case, by=By.staff(mailtown.manager), text="Welche Nummer hat die Laterne?")
    run_jobs()
    asked = Delivery.objects.get(case=case, purpose="question")
    assert asked.headers["Reply-To"] == marked(ADDRESS, case)
    ours = mailtown.municipality.sender_address
    return case, mails.Scene(ADDRESS, marked(ADDRESS, case), asked.message_id, REPORTER, ours)


@pytest.mark.slow
def test_a_hundred_mails_end_by_name(scene):
    case, about = scene
    examples = mails.examples(about)
    assert len(examples) >= 100
    assert len({one.name for one in examples}) == len(examples)
    rows = {}
    for one in examples:
        rows[one.name] = receive(raw=one.raw, at=AT, recipient="" if b"\nTo:" in b"\n" + one.raw else ADDRESS).pk
    assert len(set(rows.values())) == len(examples), "no two are taken for one"
    result = run_incoming()
    assert (result.done, result.failed, result.parked) == (len(examples), 0, 0)
    found = {row.pk: row for row in IncomingMail.objects.select_related("draft")}
    wrong = []
    for one in examples:
        row = found[rows[one.name]]
        became = (row.outcome, row.reason)
        if became != one.becomes:
            wrong.append(f"{one.name}: {became} instead of {one.becomes}")
            continue
        if row.outcome == Outcome.DRAFT:
            text, photos = row.draft.data["text"], row.draft.files.count()
        elif row.outcome == Outcome.ANSWER:
            key = row.pk
            entry = case.entries.filter(deed=Deed.ANSWER).order_by("pk")[_place(found, key)]
            text, photos = entry.text, File.objects.filter(entry=entry).count()
        else:
            assert row.draft is None
            continue
        wrong += [f"{one.name}: lacks {word!r} in {text!r}" for word in one.has if word not in text]
        wrong += [f"{one.name}: has {word!r} in {text!r}" for word in one.lacks if word in text]
        if photos != one.photos:
            wrong.append(f"{one.name}: {photos} photos instead of {one.photos}")
    assert not wrong, "\n".join(wrong)
    outcomes = {outcome: sum(row.outcome == outcome for row in found.values()) for outcome in Outcome}
    assert outcomes == {outcome: sum(one.becomes[0] == outcome for one in examples) for outcome in Outcome}
    quiet = [row for row in found.values() if row.reason in {Reason.AUTOMATIC, Reason.LIST, Reason.LOOP}]
    assert quiet
    written_to = set(Delivery.objects.filter(purpose="draft").values_list("address", flat=True))
    assert not written_to & {row.sender for row in quiet if row.sender}, "no machine is answered"
    cache.clear()


def _place(found, key):
    """Which of the answers, in the order they were sorted, belongs to a row."""
    answers = sorted(row.pk for row in found.values() if row.outcome == Outcome.ANSWER)
    return answers.index(key)

"""Taking mails in and deciding about them, where a table of examples does not show it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from cases.change import By
from cases.marks import case_of, mark_of, marked
from cases.policy import State
from cases.services import confirm_contact, delete_contact, question, withdraw
from intake.models import FOLDER, IncomingMail
from intake.policy import LINKS_PER_DAY, PER_HOUR
from intake.retention import forget_old
from intake.services import Homeless, receive
from intake.sorting import run_incoming, sort
from notifications.models import Delivery
from notifications.sending import message_of
from outbox.work import run_jobs
from reports.flow import read
from tests.conftest import AT
from tests.intake import mails
from tests.intake.conftest import ADDRESS


def a_mail(number: int = 1, *, to: str = ADDRESS, sender: str = "erika@example.org", text: str = "Loch vor Haus 12"):
    return f"From: {sender}\nTo: {to}\nSubject: Loch\nMessage-ID: <t{number}@example.org>\n\n{text}\n".encode()


def the_mail() -> IncomingMail:
    return IncomingMail.objects.select_related("draft").get()


def test_the_same_mail_on_two_ways_is_one_and_another_one_under_its_id_is_not_lost(mailtown):
    first = receive(raw=a_mail(), at=AT)
    assert receive(raw=b"Received: by mx2\r\n" + a_mail().replace(b"\n", b"\r\n"), at=AT).pk == first.pk
    other = receive(raw=a_mail(text="Etwas anderes"), at=AT)
    assert other.pk != first.pk
    assert receive(raw=a_mail(text="Etwas anderes"), at=AT).pk == other.pk
    assert run_incoming().done == 2
    assert sort(mail=first, at=AT) == {}, "decided once"
    assert Delivery.objects.filter(purpose="draft").count() == 2


def test_without_a_message_id_the_content_tells(mailtown):
    raw = a_mail().replace(b"Message-ID: <t1@example.org>\n", b"")
    assert receive(raw=raw, at=AT).pk == receive(raw=raw, at=AT).pk


def test_whose_mail_it_is_follows_from_the_address(mailtown, neighbour, make_report):
    case = make_report(of=neighbour, category=neighbour.pothole)
    assert receive(raw=a_mail(1, to=marked(ADDRESS, case)), at=AT).municipality == neighbour.municipality
    assert receive(raw=a_mail(2, to="x@elsewhere.example"), at=AT).municipality == mailtown.municipality


def test_without_any_municipality_it_is_not_taken(db):
    with pytest.raises(Homeless):
        receive(raw=a_mail(), at=AT)


def test_a_draft_keeps_words_sender_photos_and_proposes_where_the_photo_was_taken(mailtown):
    mail = mails.head("Jürgen Müller <J@Example.org>", ADDRESS, "AW: Schlagloch")
    mail.set_content("Vor Haus 12.\n\n-- \nTel. 05247 1")
    mail.add_attachment(mails.photo("red", lon=8.231, lat=51.961), "image", "jpeg", filename="a.jpg")
    receive(raw=mail.as_bytes(), at=AT)
    run_incoming()
    draft = the_mail().draft
    typed = read(draft)
    assert (typed.text, typed.email, typed.name) == ("Schlagloch\n\nVor Haus 12.", "j@example.org", "Jürgen Müller")
    assert (typed.source, draft.files.count()) == ("mail", 1)
    assert typed.point is None, "only a proposal"
    assert typed.photo_place == pytest.approx((8.231, 51.961), abs=0.001)


def test_the_link_goes_to_the_sender_and_says_no_word_of_the_mail(mailtown):
    receive(raw=a_mail(text="KAUFEN SIE http://boese.example"), at=AT)
    run_incoming()
    link = Delivery.objects.get(purpose="draft")
    assert link.address == "erika@example.org"
    assert the_mail().draft.secret in link.text
    assert "boese" not in link.text + link.html + link.subject
    sent = message_of(link)
    assert sent["In-Reply-To"] == "<t1@example.org>"
    assert sent["Auto-Submitted"] == "auto-generated"


def test_a_flood_of_one_sender_gets_few_links_and_then_refusals(mailtown):
    now = timezone.now()
    for number in range(PER_HOUR + 2):
        receive(raw=a_mail(number), at=now)
    run_incoming()
    assert Delivery.objects.filter(purpose="draft").count() == LINKS_PER_DAY
    assert IncomingMail.objects.filter(reason="often").count() == 2
    assert IncomingMail.objects.filter(outcome="draft").count() == PER_HOUR


def test_a_sender_whose_domain_disowns_the_mail_is_not_written_to(mailtown):
    receive(raw=b"Authentication-Results: mx; spf=fail; dmarc=fail\n" + a_mail(), at=AT)
    run_incoming()
    assert (the_mail().outcome, the_mail().linked_at) == ("draft", None)
    assert not Delivery.objects.filter(purpose="draft").exists()


@pytest.fixture
def asked(mailtown, make_report):
    """A report that waits for its reporter."""
    case = make_report("Laterne aus", email="erika@example.org")
    confirm_contact(contact=case.contact)
    question(case=case, by=By.staff(mailtown.manager), text="Welche Nummer?")
    return case


def test_an_answer_opens_the_case_again_and_is_not_acted_on_twice(asked):
    receive(raw=a_mail(to=marked(ADDRESS, asked), text="4711"), at=AT)
    run_incoming()
    asked.refresh_from_db()
    assert State(asked.state) is State.OPEN
    mail = the_mail()
    assert (mail.case, mail.reason) == (asked, "mark")
    assert mail.closed_at is not None
    IncomingMail.objects.update(outcome="", done_at=None)
    assert run_incoming().done == 1, "a worker that died before its note"
    assert asked.entries.filter(deed="answer").count() == 1


def test_an_answer_proves_the_address_it_comes_from(mailtown, make_report):
    case = make_report(email="erika@example.org")
    receive(raw=a_mail(to=marked(ADDRESS, case), sender="ERIKA@example.org"), at=AT)
    run_incoming()
    case.contact.refresh_from_db()
    assert case.contact.confirmed_at is not None


def test_an_answer_nobody_takes_any_more_is_left_to_the_desk(mailtown, make_report):
    case = make_report()
    withdraw(case=case, by=By.citizen())
    receive(raw=a_mail(to=marked(ADDRESS, case)), at=AT)
    run_incoming()
    mail = the_mail()
    assert (mail.outcome, mail.reason, mail.case, mail.closed_at) == ("refused", "closed", case, None)


def test_mails_to_the_reporter_alone_carry_the_mark(mailtown, make_report):
    case = make_report(email="erika@example.org")
    run_jobs()
    receipt = Delivery.objects.get(purpose="receipt")
    assert receipt.headers["Reply-To"] == marked(ADDRESS, case)
    assert case_of(mark_of(case)) == case
    for wrong in ("", "x", mark_of(case)[:-1], "a" * 20 + "1", mark_of(case) + "zzzzzzzzzzzzzzzz", "ü" * 30):
        assert case_of(wrong) is None


def test_marks_survive_a_change_of_the_key_but_not_of_the_secret(mailtown, make_report, settings):
    case = make_report()
    mark = mark_of(case)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-the-platform"
    assert case_of(mark) == case
    case.secret = "0" * 32
    case.save()
    assert case_of(mark) is None


def test_a_large_mail_is_taken_and_one_above_the_limit_is_named(mailtown, monkeypatch):
    scene = mails.Scene(ADDRESS, ADDRESS, "", "", "")
    taken = receive(raw=mails.large(scene, 3), at=AT)
    monkeypatch.setattr("intake.services.MAX_BYTES", 2**20)
    named = receive(raw=mails.large(scene, 2), at=AT)
    monkeypatch.setattr("intake.sorting.MAX_BYTES", 2**20)
    IncomingMail.objects.filter(pk=taken.pk).update(bytes=1)
    run_incoming()
    assert IncomingMail.objects.get(pk=taken.pk).outcome == "draft"
    row = IncomingMail.objects.get(pk=named.pk)
    assert (row.outcome, row.reason, row.subject) == ("refused", "too_large", "Viele Fotos")
    assert default_storage.size(row.path) < 2**20


def test_everything_goes_after_its_time(mailtown):
    mail = receive(raw=a_mail(), at=AT)
    run_incoming()
    path = IncomingMail.objects.get().path
    default_storage.save(f"{FOLDER}/loose", default_storage.open(path))
    forget_old(at=AT + timedelta(days=31))
    assert not default_storage.exists(path)
    assert IncomingMail.objects.get().sender == "erika@example.org"
    forget_old(at=AT + timedelta(days=91))
    mail.refresh_from_db()
    assert (mail.sender, mail.text, mail.subject, mail.outcome) == ("", "", "", "draft")
    forget_old(at=AT + timedelta(days=366))
    assert not IncomingMail.objects.exists()


def test_a_deleted_contact_leaves_nothing_in_the_mails(asked, django_capture_on_commit_callbacks):
    receive(raw=a_mail(to=marked(ADDRESS, asked), text="Ich bin Erika"), at=AT)
    run_incoming()
    path = the_mail().path
    with django_capture_on_commit_callbacks(execute=True):
        delete_contact(case=asked, by=By.citizen())
        run_jobs()
    mail = the_mail()
    assert (mail.sender, mail.text, mail.raw_key) == ("", "", "")
    assert not default_storage.exists(path)

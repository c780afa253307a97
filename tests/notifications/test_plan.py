"""Who gets which mail, and what stands in it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from cases import following, services
from cases.change import Act, By
from cases.files import store
from cases.models import Follow, Stage, Support
from cases.policy import State
from notifications.policy import Purpose
from reports.policy import FEEDBACK
from reports.services import attach_staff_photos, release_text, withdraw_text
from tests.conftest import AT, jpeg
from tests.notifications.conftest import FOLLOWER, LATER, REPORTER, move, purposes

pytestmark = pytest.mark.django_db


# Receipt -------------------------------------------------------------------------------------------------------------
def test_the_receipt_goes_out_at_once_with_number_dates_and_both_links(town, make_report, mails):
    case = make_report(email=REPORTER)
    (receipt,) = mails()
    assert receipt.address == REPORTER
    assert receipt.subject == f"Ihre Meldung {case.number} ist angekommen"
    base = "http://localhost:"
    for words in (receipt.text, receipt.html):
        assert base in words
        assert reverse("confirm_contact", args=[case.contact.token]) in words
        assert reverse("own_report", args=[case.secret]) in words
        assert "5. März 2026" in words, "the first answer is promised within three working days"
        assert "16. März 2026" in words, "ten working days to settle it"


def test_the_receipt_repeats_nothing_that_was_typed(town, make_report, mails):
    make_report(text="Kaufen Sie jetzt http://spam.example", email=REPORTER)
    (receipt,) = mails()
    assert "spam.example" not in receipt.text + receipt.html + receipt.subject


def test_an_anonymous_report_leads_to_no_mail(make_report, mails):
    make_report()
    assert mails() == []


def test_an_unconfirmed_address_gets_the_receipt_and_nothing_else(town, make_report, mails):
    case = make_report(email=REPORTER)
    mails()
    move(case, town, State.OPEN)
    services.update(case=case, by=By.staff(town.clerk), text="Wir kommen morgen.", act=Act(at=LATER))
    services.question(case=case, by=By.staff(town.clerk), text="Wo genau?", act=Act(at=LATER))
    services.message(case=case, by=By.staff(town.clerk), text="Hallo", act=Act(at=LATER))
    move(case, town, State.DONE)
    assert mails() == []


def test_the_receipt_speaks_the_language_of_the_reporter(make_report, mails):
    case = make_report(email=REPORTER, language="en")
    (receipt,) = mails()
    assert receipt.subject == f"Your report {case.number} has arrived"
    assert 'lang="en"' in receipt.html
    links = re.findall(r"https?://\S+", receipt.text)
    assert links
    assert all("/en/" in link for link in links if link.count("/") > 3)


# Danger --------------------------------------------------------------------------------------------------------------
def make_danger(town, make_report, **more):
    town.pothole.danger = True
    town.pothole.save()
    return make_report(text="Kanaldeckel fehlt, Anruf 0170 1234567", category=town.pothole, **more)


def test_danger_alerts_the_on_call_address_before_anything_is_released(town, make_report, mails):
    town.yard.on_call_email = "bereitschaft@harsewinkel.example"
    town.yard.save()
    case = make_danger(town, make_report, email=REPORTER, address="Mühlenstraße 3")
    (alert,) = [mail for mail in mails() if mail.purpose == Purpose.DANGER]
    assert alert.address == "bereitschaft@harsewinkel.example"
    assert "Mühlenstraße 3" in alert.subject
    assert reverse("desk_case", args=[case.pk]) in alert.text
    assert f"{town.middle.y:.5f}, {town.middle.x:.5f}" in alert.text
    assert alert.due_at < alert.created_at, "it moves ahead of what waits"
    for words in (alert.text, alert.html):
        assert REPORTER not in words
        assert "0170 1234567" not in words


@pytest.mark.parametrize(
    ("on_call", "unit", "expected"),
    [
        ("a@x.example", "b@x.example", "a@x.example"),
        ("", "b@x.example", "b@x.example"),
        ("", "", "rathaus@harsewinkel.example"),
    ],
)
def test_without_an_on_call_address_the_unit_or_the_town_hall_is_alerted(
    town, make_report, mails, on_call, unit, expected
):
    town.yard.on_call_email, town.yard.email = on_call, unit
    town.yard.save()
    make_danger(town, make_report)
    assert purposes(mails()) == [("danger", expected)]


def test_without_any_address_the_danger_is_at_least_logged_as_an_error(town, make_report, mails, caplog):
    town.yard.email = ""
    town.yard.save()
    town.municipality.contact_email = ""
    town.municipality.save()
    make_danger(town, make_report)
    assert mails() == []
    assert "danger_without_address" in caplog.text


def test_a_harmless_report_alerts_nobody(make_report, mails):
    make_report()
    assert not [mail for mail in mails() if mail.purpose == Purpose.DANGER]


# News ----------------------------------------------------------------------------------------------------------------
def test_a_move_is_told_to_reporter_and_follower(town, public_case, follower, mails):
    stage = Stage.objects.get(slug="eingeplant")
    stage.public_text = {"de": "So steht es auf der Seite."}
    stage.mail_text = {"de": "Die Arbeit ist bestellt."}
    stage.save()
    move(public_case, town, State.OPEN, stage=stage, text="Am Freitag wird gefüllt.")
    found = mails()
    assert purposes(found) == [("moved", REPORTER), ("moved", FOLLOWER)]
    reporter, other = sorted(found, key=lambda mail: mail.address)
    assert reporter.subject == f"Ihre Meldung {public_case.number} hat einen neuen Stand: eingeplant"
    assert other.subject == f"Die Meldung {public_case.number} hat einen neuen Stand: eingeplant"
    for mail in found:
        for words in (mail.text, mail.html):
            assert "Am Freitag wird gefüllt." in words
            assert "Die Arbeit ist bestellt." in words
            assert "So steht es auf der Seite." not in words
    assert reverse("own_report", args=[public_case.secret]) in reporter.text
    assert public_case.secret not in other.text + other.html
    assert reverse("report", args=[public_case.number]) in other.text


def test_the_mail_tells_the_state_of_its_entry_even_if_the_case_moved_on(town, public_case, mails):
    move(public_case, town, State.OPEN, stage=Stage.objects.get(slug="eingeplant"))
    move(public_case, town, State.DONE)
    assert sorted(mail.subject.rpartition(" ")[2] for mail in mails()) == ["eingeplant", "erledigt"]


def test_followers_hear_nothing_of_a_case_that_is_not_public(town, public_case, follower, mails):
    withdraw_text(case=public_case, by=By.staff(town.clerk), act=Act(at=LATER))
    move(public_case, town, State.OPEN, text="Nur für Sie")
    services.update(case=public_case, by=By.staff(town.clerk), text="Stand der Dinge", act=Act(at=LATER))
    assert {mail.address for mail in mails()} == {REPORTER}


def test_a_rejection_that_hides_the_case_is_told_to_the_reporter_alone(town, public_case, follower, mails):
    stage = Stage.objects.create(
        municipality=town.municipality,
        slug="verstoss",
        state=State.REJECTED.value,
        label={"de": "Verstoß gegen Regeln"},
        hides=True,
    )
    move(public_case, town, State.REJECTED, stage=stage, text="Beleidigung")
    assert purposes(mails()) == [("moved", REPORTER)]


def test_questions_and_messages_go_to_the_reporter_alone(town, public_case, follower, mails):
    services.question(case=public_case, by=By.staff(town.clerk), text="Wie tief ist es?", act=Act(at=LATER))
    services.message(case=public_case, by=By.staff(town.clerk), text="Vertrauliches", act=Act(at=LATER))
    question, message = sorted(mails(), key=lambda mail: mail.purpose, reverse=True)
    assert (question.purpose, question.address) == ("question", REPORTER)
    assert "Wie tief ist es?" in question.text
    assert (message.purpose, message.address) == ("message", REPORTER)
    assert "Vertrauliches" not in message.text + message.html


def test_internal_notes_the_report_and_the_contact_stand_in_no_followers_mail(town, make_report, mails):
    case = make_report(text="Original mit Namen Meier", email=REPORTER)
    services.confirm_contact(contact=case.contact, act=Act(at=AT))
    release_text(case=case, by=By.staff(town.clerk), text="Loch in der Straße", act=Act(at=AT))
    following.ask(case=case, email=FOLLOWER, support=False, follow=True, language="de", at=AT)
    following.confirm(token=Follow.objects.get().token, at=AT)
    mails()
    services.note(case=case, by=By.staff(town.clerk), text="INTERN", act=Act(at=LATER))
    services.question(case=case, by=By.staff(town.clerk), text="FRAGE", act=Act(at=LATER))
    services.message(case=case, by=By.citizen(), text="ANTWORT", act=Act(at=LATER))
    services.update(case=case, by=By.staff(town.clerk), text="Öffentlich", act=Act(at=LATER))
    move(case, town, State.DONE)
    found = [mail for mail in mails() if mail.address == FOLLOWER]
    assert purposes(found) == [("done", FOLLOWER), ("update", FOLLOWER)]
    for mail in found:
        everything = mail.subject + mail.text + mail.html + str(mail.headers)
        for secret in ("Meier", "INTERN", "FRAGE", "ANTWORT", REPORTER, case.secret, case.contact.token):
            assert secret not in everything


def test_what_the_citizen_did_is_not_told_to_the_citizen(make_report, mails):
    case = make_report(email=REPORTER)
    services.confirm_contact(contact=case.contact, act=Act(at=AT))
    mails()
    services.message(case=case, by=By.citizen(), text="Noch etwas", act=Act(at=LATER))
    services.withdraw(case=case, by=By.citizen(), act=Act(at=LATER))
    assert mails() == []


@pytest.mark.parametrize("what", ["stopped", "bounced"])
def test_who_stopped_the_mails_or_cannot_be_reached_gets_none(town, public_case, mails, what):
    contact = public_case.contact
    if what == "stopped":
        services.stop_mails(contact=contact, at=AT)
    else:
        services.note_bounce(case=public_case, address_of="reporter", reason="550", at=AT)
    move(public_case, town, State.OPEN)
    assert mails() == []


def test_a_reporter_who_also_follows_gets_one_mail(town, public_case, mails):
    following.ask(case=public_case, email=REPORTER, support=False, follow=True, language="de", at=AT)
    following.confirm(token=Follow.objects.get().token, at=AT)
    mails()
    move(public_case, town, State.OPEN)
    assert purposes(mails()) == [("moved", REPORTER)]


# Done ----------------------------------------------------------------------------------------------------------------
def test_done_shows_the_photo_and_asks_whether_it_was_solved(town, public_case, follower, mails):
    file, _position = store(upload=jpeg(), case=public_case, at=LATER)
    entry = move(public_case, town, State.DONE, text="Gefüllt.", files=(file,))
    attach_staff_photos(entry=entry, files=[file], by=By.staff(town.clerk))
    file.refresh_from_db()
    found = [mail for mail in mails() if mail.purpose == Purpose.DONE]
    assert {mail.address for mail in found} == {REPORTER, FOLLOWER}
    until = LATER + timedelta(days=14)
    for mail in found:
        for words in (mail.text, mail.html):
            assert f"/bild/{file.public_name}/" in words
            assert "Wurde es gelöst?" in words
            assert f"{until.day}. März 2026" in words


def test_done_leads_straight_to_the_answer(town, public_case, follower, mails):
    move(public_case, town, State.DONE)
    own = reverse("own_deed", args=[public_case.secret, FEEDBACK])
    for mail in mails():
        assert (own in mail.text, own in mail.html) == ((True, True) if mail.address == REPORTER else (False, False))
        assert (reverse("report_feedback", args=[public_case.number]) in mail.text) == (mail.address == FOLLOWER)


def test_nobody_asks_whether_praise_is_settled(town, make_report, mails):
    case = make_report("Danke für die Blumen", category=town.praise, email=REPORTER)
    services.confirm_contact(contact=case.contact, act=Act(at=AT))
    mails()
    move(case, town, State.DONE, text="Wir haben es weitergegeben.")
    (mail,) = mails()
    assert mail.subject == f"Danke für Ihr Lob ({case.number})"
    for words in (mail.text, mail.html):
        assert "gelöst" not in words
        assert reverse("own_report", args=[case.secret]) in words


def test_a_photo_that_is_not_released_is_not_in_the_mail(town, public_case, follower, mails):
    file, _position = store(upload=jpeg(), case=public_case, at=LATER)
    move(public_case, town, State.DONE, files=(file,))
    for mail in mails():
        assert "<img" not in mail.html
        assert file.key not in mail.html


@pytest.mark.parametrize("own", [False, True])
def test_reopening_by_a_citizen_is_told_to_all_who_were_told_that_it_is_settled(
    town, public_case, follower, mails, own
):
    move(public_case, town, State.DONE)
    mails()
    services.feedback(
        case=public_case,
        by=By.citizen(),
        still_there=True,
        text="Noch da, Tel. 0170 1234567",
        own=own,
        act=Act(at=LATER),
    )
    by_address = {mail.address: mail for mail in mails()}
    assert set(by_address) == {town.yard.email, FOLLOWER, *([] if own else [REPORTER])}
    assert by_address[town.yard.email].purpose == "reopened"
    assert reverse("desk_case", args=[public_case.pk]) in by_address[town.yard.email].text
    assert by_address[FOLLOWER].subject == f"Die Meldung {public_case.number} ist wieder aufgenommen"
    for mail in by_address.values():
        assert "0170 1234567" not in mail.text + mail.html


def test_taking_up_again_by_staff_says_so_with_the_reason(town, public_case, follower, mails):
    move(public_case, town, State.DONE)
    mails()
    move(public_case, town, State.OPEN, text="Der Asphalt ist gerissen.")
    reporter, other = sorted(mails(), key=lambda mail: mail.address)
    assert reporter.subject == f"Ihre Meldung {public_case.number} ist wieder aufgenommen"
    for mail in (reporter, other):
        for words in (mail.text, mail.html):
            assert "wieder aufgenommen" in words
            assert "Der Asphalt ist gerissen." in words


def test_feedback_that_changes_nothing_is_told_to_nobody(town, public_case, mails):
    services.feedback(case=public_case, by=By.citizen(), still_there=False, act=Act(at=LATER))
    assert mails() == []


# Units ---------------------------------------------------------------------------------------------------------------
def test_a_unit_hears_of_what_a_colleague_gives_it(town, public_case, mails):
    services.assign(case=public_case, by=By.staff(town.manager), unit=town.greens, act=Act(at=LATER))
    (mail,) = mails()
    assert (mail.purpose, mail.address) == ("assigned", town.greens.email)
    services.assign(
        case=public_case, by=By.staff(town.manager), unit=town.greens, assignee=town.other_clerk, act=Act(at=LATER)
    )
    assert mails() == [], "the unit is the same"


def test_of_a_confidential_case_the_units_mailbox_learns_the_number_alone(town, make_report, mails):
    case = make_report(category=town.complaint, point=None)
    services.assign(case=case, by=By.staff(town.manager), unit=town.greens, act=Act(at=LATER))
    (mail,) = mails()
    assert case.number in mail.subject
    assert "Beschwerde" not in mail.text + mail.html


# Interest ------------------------------------------------------------------------------------------------------------
def test_following_is_confirmed_by_mail_each_time_it_is_asked(public_case, mails):
    for at in (AT, LATER):
        following.ask(case=public_case, email=FOLLOWER, support=True, follow=True, language="de", at=at)
    found = mails()
    assert purposes(found) == [("interest", FOLLOWER)] * 2
    token = Follow.objects.get().token
    assert reverse("confirm_interest", args=[token]) in found[0].text
    assert "List-Unsubscribe" not in found[0].headers


def test_support_alone_is_confirmed_with_its_own_token(public_case, mails):
    following.ask(case=public_case, email=FOLLOWER, support=True, follow=False, language="de", at=AT)
    (mail,) = mails()
    assert reverse("confirm_interest", args=[Support.objects.get().token]) in mail.html
    assert mail.recipient.startswith("support:")

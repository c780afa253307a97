"""The form of every mail: sender, headers, one heading and one button; and that planning again adds nothing."""

import pytest
from django.urls import reverse

from cases import services
from cases.change import Act, By
from cases.models import Follow
from cases.policy import State
from notifications.models import Delivery
from outbox.models import Job
from tests.conftest import AT
from tests.notifications.conftest import FOLLOWER, LATER, REPORTER, move

pytestmark = pytest.mark.django_db


def test_news_can_be_ended_with_one_click(town, public_case, follower, mails):
    move(public_case, town, State.OPEN)
    by_address = {mail.address: mail for mail in mails()}
    stop = reverse("stop_mails", args=[public_case.contact.token])
    unfollow = reverse("unfollow", args=[follower.token])
    for address, path in ((REPORTER, stop), (FOLLOWER, unfollow)):
        mail = by_address[address]
        url = town.municipality.base_url() + path
        assert mail.headers["List-Unsubscribe"] == f"<{url}>"
        assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert url in mail.text
        assert url in mail.html


def test_the_mail_comes_from_the_municipality(town, make_report, mails):
    town.municipality.reply_to = "antwort@harsewinkel.example"
    town.municipality.accent = "#7a1f2b"
    town.municipality.save()
    make_report(email=REPORTER)
    (mail,) = mails()
    assert mail.headers["From"] == "Stadt Harsewinkel <melder@harsewinkel.example>"
    assert mail.headers["Reply-To"] == "antwort@harsewinkel.example"
    assert mail.sender == "melder@harsewinkel.example"
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert mail.message_id.endswith("@localhost>")
    assert "#7a1f2b" in mail.html


def test_a_mail_has_one_heading_one_button_and_no_picture_it_needs(town, make_report, mails):
    make_report(email=REPORTER)
    (mail,) = mails()
    assert mail.html.count("<h1") == 1
    assert mail.html.count("display:inline-block") == 1
    assert "<img" not in mail.html
    assert "<script" not in mail.html


def test_words_of_staff_are_escaped_in_html_and_plain_in_the_text(town, public_case, mails):
    services.update(case=public_case, by=By.staff(town.clerk), text="Maße < 3 & <b>fett</b>", act=Act(at=LATER))
    (mail,) = mails()
    assert "Maße < 3 & <b>fett</b>" in mail.text
    assert "&lt;b&gt;fett" in mail.html


def test_a_consumer_that_runs_again_adds_nothing(town, public_case, follower, mails):
    move(public_case, town, State.OPEN)
    first = mails()
    Job.objects.update(done_at=None)
    assert mails() == []
    assert Delivery.objects.filter(pk__in=[mail.pk for mail in first]).count() == 2


def test_many_followers_are_written_in_chunks(town, public_case, mails, monkeypatch):
    monkeypatch.setattr("notifications.services._CHUNK", 2)
    for number in range(4):
        Follow.objects.create(case=public_case, email=f"f{number}@example.org", confirmed_at=AT, created_at=AT)
    move(public_case, town, State.OPEN)
    assert len(mails()) == 5


def test_an_event_of_a_case_that_is_gone_leads_to_nothing(town, make_report, mails):
    case = make_report(email=REPORTER)
    case.entries.all().delete()
    case.report.delete()
    case.delete()
    assert mails() == []


def test_an_event_without_its_entry_leads_to_nothing(town, public_case, mails):
    services.update(case=public_case, by=By.staff(town.clerk), text="Neues", act=Act(at=LATER))
    public_case.entries.filter(deed="update").delete()
    assert mails() == []

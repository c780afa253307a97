"""From the row to the relay: what arrives, what is retried, what is given up, what is dropped."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import following, services
from cases.change import Act, By
from cases.models import Entry
from cases.policy import Deed, State
from net.smtp import Relay
from notifications import sending
from notifications.models import Delivery
from notifications.policy import Purpose
from notifications.sending import message_of, relay_url, run_deliveries
from reports.services import submit
from tests.conftest import AT
from tests.notifications.conftest import FOLLOWER, LATER, REPORTER

pytestmark = pytest.mark.django_db


def update(case, town, text="Neues"):
    services.update(case=case, by=By.staff(town.clerk), text=text, act=Act(at=LATER))


def test_the_relay_gets_text_and_html_with_message_id_date_and_whole_headers(town, make_report, mails, sink):
    town.municipality.host = "buergerportal-mit-sehr-langem-namen.landkreis-heidekreis.example"
    town.municipality.save()
    case = make_report(text="Größe ß", email=REPORTER)
    (row,) = mails()
    assert run_deliveries().done == 1
    (mail,) = sink.mails
    assert mail["Message-ID"] == row.message_id
    assert mail["Date"].datetime == row.created_at.replace(microsecond=0)
    assert mail["Subject"] == f"Ihre Meldung {case.number} ist angekommen"
    assert mail["From"].addresses[0].addr_spec == "melder@harsewinkel.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "de"
    assert mail.get_content_type() == "multipart/alternative"
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == row.text.strip()
    assert mail.get_body(("html",)).get_content().startswith("<!doctype html>")
    assert sink.envelopes == [("melder@harsewinkel.example", [REPORTER])]
    assert f"List-Unsubscribe: {row.headers['List-Unsubscribe']}\r\n".encode() in message_of(row).as_bytes()
    row.refresh_from_db()
    assert row.sent_at is not None
    assert row.error == ""


def test_one_connection_serves_a_whole_run(town, public_case, follower, mails, sink):
    for number in range(3):
        update(public_case, town, f"Nachricht {number}")
    assert len(mails()) == 6
    run_deliveries()
    assert sink.connections == 1
    assert len(sink.mails) == 6 + 1, "and the receipt, which had been due before"


def test_in_demo_mode_mail_becomes_a_file_whatever_relay_a_municipality_names(town, make_report, mails, settings):
    town.municipality.smtp_relay = "smtp://mail.example.org:25"
    town.municipality.save()
    make_report(email=REPORTER)
    mails()
    assert run_deliveries().done == 1
    (file,) = settings.MAIL_DIR.glob("*.eml")
    assert REPORTER in file.read_text()


def test_the_relay_is_the_municipalitys_else_the_countys_else_the_platforms(town, neighbour, settings):
    settings.DEMO = False
    heek, county = neighbour.municipality, town.municipality
    assert relay_url(heek) == settings.RELAY_URL
    heek.parent = county
    county.smtp_relay = "smtp://county.example:25"
    assert relay_url(heek) == "smtp://county.example:25"
    heek.smtp_relay = "smtp://heek.example:25"
    assert relay_url(heek) == "smtp://heek.example:25"
    assert relay_url(None) == settings.RELAY_URL


def test_a_rejected_address_is_given_up_and_shown_on_the_case(town, public_case, mails, sink):
    run_deliveries()
    sink.answer = lambda address: "550 no such user"
    update(public_case, town)
    (row,) = mails()
    assert run_deliveries().parked == 1
    row.refresh_from_db()
    assert row.bounced
    assert row.failed_at is not None
    assert row.sent_at is None
    entry = Entry.objects.get(case=public_case, deed=Deed.BOUNCED.value)
    assert entry.data == {"recipient": "reporter"}
    assert "(550)" in entry.text
    assert REPORTER not in entry.text
    assert not entry.public
    public_case.contact.refresh_from_db()
    assert public_case.contact.bounced_at is not None
    update(public_case, town)
    assert mails() == [], "nobody writes there again"


def test_a_units_dead_address_is_shown_on_the_case_once(town, public_case, mails, sink):
    run_deliveries()
    sink.answer = lambda address: "550 no such user"
    services.assign(case=public_case, by=By.staff(town.manager), unit=town.greens, act=Act(at=LATER))
    (row,) = mails()
    run_deliveries()
    Delivery.objects.filter(pk=row.pk).update(failed_at=None, due_at=timezone.now())
    run_deliveries()
    assert [entry.data for entry in Entry.objects.filter(deed=Deed.BOUNCED.value)] == [{"recipient": "unit"}]


def test_a_refused_sender_is_not_the_fault_of_the_recipient(town, public_case, mails, sink):
    run_deliveries()
    sink.answer_sender = lambda address: "550 not your domain"
    update(public_case, town)
    (row,) = mails()
    assert run_deliveries().parked == 1
    row.refresh_from_db()
    public_case.contact.refresh_from_db()
    assert not row.bounced
    assert public_case.contact.bounced_at is None


def test_a_relay_at_a_private_address_that_the_settings_do_not_name_is_not_contacted(
    make_report, mails, sink, settings
):
    settings.NET_ALLOWED = []
    make_report(email=REPORTER)
    (row,) = mails()
    assert run_deliveries().failed == 1
    row.refresh_from_db()
    assert "not a public address" in row.error
    assert sink.connections == 0


def test_a_mail_without_html_is_plain_text(make_report, mails, sink):
    make_report(email=REPORTER)
    (row,) = mails()
    Delivery.objects.filter(pk=row.pk).update(html="")
    run_deliveries()
    assert sink.mails[0].get_content_type() == "text/plain"


def test_a_followers_dead_address_is_marked_and_does_not_touch_the_case(town, public_case, follower, mails, sink):
    run_deliveries()
    sink.answer = lambda address: "550 no" if address == FOLLOWER else "250 OK"
    update(public_case, town)
    public_case.refresh_from_db()
    version = public_case.version
    mails()
    assert run_deliveries().parked == 1
    follower.refresh_from_db()
    public_case.refresh_from_db()
    assert follower.bounced_at is not None
    assert public_case.version == version


def test_a_busy_relay_is_asked_again_later_with_the_same_message_id(town, make_report, mails, sink):
    make_report(email=REPORTER)
    (row,) = mails()
    sink.answer = lambda address: "451 try later"
    assert run_deliveries().failed == 1
    row.refresh_from_db()
    assert row.due_at > timezone.now()
    assert not row.bounced
    sink.answer = lambda address: "250 OK"
    assert run_deliveries(at=timezone.now() + timedelta(minutes=1)).done == 1
    assert sink.mails[0]["Message-ID"] == row.message_id


def test_a_relay_that_is_down_does_not_hold_up_the_mails_of_others(
    town, neighbour, make_report, mails, sink, settings, monkeypatch
):
    settings.DEMO = False
    neighbour.municipality.smtp_relay = "smtp://127.0.0.1:9"
    neighbour.municipality.save()
    settings.NET_ALLOWED = [*settings.NET_ALLOWED, "127.0.0.1:9"]
    tried = []
    real = Relay.send

    def send(relay, *args, **more):
        tried.append(relay)
        return real(relay, *args, **more)

    monkeypatch.setattr(Relay, "send", send)
    for _ in range(8):
        make_report(of=neighbour, category=neighbour.pothole, email=REPORTER)
    make_report(email=REPORTER)
    assert len(mails()) == 9
    result = run_deliveries()
    assert (result.done, result.failed) == (1, 8)
    assert len(tried) == sending.FAILURES + 1, "after a few failures the relay is left alone"
    assert sending.rest.resting("smtp://127.0.0.1:9")


@pytest.mark.parametrize("left", ["contact deleted", "mails stopped", "unfollowed"])
def test_who_left_since_the_mail_was_written_does_not_get_it(town, public_case, follower, mails, sink, left):
    run_deliveries()
    sink.mails.clear()
    update(public_case, town)
    assert len(mails()) == 2
    gone = FOLLOWER if left == "unfollowed" else REPORTER
    if left == "contact deleted":
        services.delete_contact(case=public_case, by=By.citizen(), act=Act(at=LATER))
    elif left == "mails stopped":
        services.stop_mails(contact=public_case.contact, at=LATER)
    else:
        following.unfollow(token=follower.token)
    run_deliveries()
    assert gone not in {mail["To"] for mail in sink.mails}
    assert len(sink.mails) == 1
    assert Delivery.objects.filter(done_at__isnull=False, sent_at=None).count() == 1


def test_the_receipt_waits_for_no_confirmation(make_report, mails, sink):
    make_report(email=REPORTER)
    mails()
    assert run_deliveries().done == 1
    assert len(sink.mails) == 1


def test_a_confirmation_mail_keeps_no_address_once_it_is_sent(public_case, mails, sink):
    run_deliveries()
    following.ask(case=public_case, email=FOLLOWER, support=True, follow=False, language="de", at=AT)
    (row,) = mails()
    run_deliveries()
    row.refresh_from_db()
    assert row.sent_at is not None
    assert (row.address, row.text, row.html, row.headers) == ("", "", "", {})


def test_danger_is_sent_before_what_waited_longer(town, public_case, mails, sink):
    update(public_case, town)
    mails()
    town.lamp.danger = True
    town.lamp.save()
    case = public_case
    services.move(case=case, to=State.OPEN, by=By.staff(town.clerk), act=Act(at=LATER))
    mails()
    Delivery.objects.update(due_at=timezone.now() - timedelta(minutes=5))
    submit(
        municipality=town.municipality,
        category=town.lamp,
        text="Mast fällt um",
        by=By.citizen(),
        act=Act(),
        point=town.middle,
    )
    assert [mail.purpose for mail in mails()] == [Purpose.DANGER]
    run_deliveries()
    assert sink.mails[0]["Subject"].startswith("Gefahr gemeldet")

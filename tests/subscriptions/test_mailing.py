"""What goes out, when, and once: at once, in the evening, on Mondays; through kills and late finds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from cases.change import By
from notifications.models import Delivery
from notifications.services import forget_old, note_rejected, still_wanted
from outbox.leases import release_dead
from outbox.models import Event
from outbox.work import run_jobs
from reports.services import withdraw_text
from subscriptions.mailing import gather, last_evening, last_monday, put_together, run_mailings
from subscriptions.models import Hit, Mailing, Subscriber, Subscription
from subscriptions.policy import AT_ONCE_PER_HOUR, KEEP, Rhythm
from subscriptions.services import change_rhythm, confirm, end, end_rhythm, forget
from tests.conftest import AT

TOMORROW = timedelta(days=1)


def next_evening():
    return last_evening(timezone.now()) + TOMORROW + timedelta(minutes=1)


def next_monday():
    return last_monday(timezone.now()) + timedelta(days=7, minutes=1)


def test_at_once_names_what_is_released_and_nothing_else(town, subscribe, publish, mails):
    row = subscribe("kategorie=schlagloch")
    case = publish("Tiefes Loch", email="erika@example.org", address="Mühlenstraße 3")
    publish("Danke", category=town.praise, point=None)
    (mail,) = mails()
    assert mail.address == "paula@example.org"
    assert mail.subject == "Neue Meldung: Schlagloch, Mühlenstraße 3"
    assert f"/meldungen/{case.number}/" in mail.text
    assert "Schlagloch" in mail.html
    assert "erika" not in mail.text + mail.html
    assert case.secret not in mail.text + mail.html
    assert f"/abo/verwalten/{row.subscriber.token}/" in mail.text
    assert mail.headers["List-Unsubscribe"].endswith(f"/abo/ende/{row.subscriber.token}/once/>")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mails() == []


def test_a_report_that_fits_twice_is_told_once(subscribe, publish, mails):
    subscribe("kategorie=schlagloch"), subscribe("q=loch")
    publish()
    (mail,) = mails()
    assert mail.text.count("/meldungen/") == 1
    assert "„loch“" in mail.text


def test_unconfirmed_addresses_hear_nothing(subscribe, publish, mails):
    row = subscribe(confirmed=False)
    publish()
    assert mails(at=next_evening()) == []
    confirm(subscription=row, at=AT)
    assert mails(at=next_evening()) == []


def test_the_evening_gathers_the_day_and_monday_the_week(subscribe, publish, mails):
    subscribe(rhythm=Rhythm.DAILY)
    subscribe(rhythm=Rhythm.WEEKLY, email="wim@example.org")
    for _ in range(3):
        publish()
    assert mails() == []
    (daily,) = mails(at=next_evening()) if next_evening() < next_monday() else mails(at=next_evening())[:1]
    assert daily.address == "paula@example.org"
    assert daily.subject == "Heute: 3 neue Meldungen in Stadt Harsewinkel"
    assert mails(at=next_evening() + timedelta(minutes=5)) == []
    told = mails(at=next_monday())
    if told:
        assert [mail.address for mail in told] == ["wim@example.org"]
        assert told[0].subject.startswith("Diese Woche: 3")
    assert Hit.objects.filter(told_at=None).count() == 0


@pytest.mark.parametrize(
    ("at", "evening", "monday"),
    [
        # Winter: Berlin is one hour ahead of UTC; summer: two.
        (datetime(2026, 3, 2, 16, 59, tzinfo=UTC), "2026-03-01 18:00+0100", "2026-03-02 08:00+0100"),
        (datetime(2026, 3, 2, 17, 0, tzinfo=UTC), "2026-03-02 18:00+0100", "2026-03-02 08:00+0100"),
        (datetime(2026, 3, 29, 16, 0, tzinfo=UTC), "2026-03-29 18:00+0200", "2026-03-23 08:00+0100"),
        (datetime(2026, 3, 30, 5, 59, tzinfo=UTC), "2026-03-29 18:00+0200", "2026-03-23 08:00+0100"),
        (datetime(2026, 3, 30, 6, 0, tzinfo=UTC), "2026-03-29 18:00+0200", "2026-03-30 08:00+0200"),
    ],
)
def test_days_end_on_the_clock_of_the_municipality(at, evening, monday):
    assert f"{last_evening(at):%Y-%m-%d %H:%M%z}" == evening
    assert f"{last_monday(at):%Y-%m-%d %H:%M%z}" == monday


def test_a_flood_becomes_one_mail_an_hour_later(subscribe, publish, mails):
    subscribe()
    for _ in range(AT_ONCE_PER_HOUR + 3):
        publish()
        mails()
    assert Delivery.objects.filter(purpose="reports").count() == AT_ONCE_PER_HOUR
    (rest,) = mails(at=timezone.now() + timedelta(hours=2))
    assert rest.subject == "3 neue Meldungen in Stadt Harsewinkel"


def test_what_was_taken_back_is_not_told(town, subscribe, publish, mails):
    subscribe(rhythm=Rhythm.DAILY)
    case = publish()
    publish("Zweites Loch")
    run_jobs()
    withdraw_text(case=case, by=By.staff(town.manager))
    (mail,) = mails(at=next_evening())
    assert case.number not in mail.text
    assert not Hit.objects.filter(case=case).exists(), "it is news again when it comes back"


def test_a_killed_worker_repeats_nothing_and_loses_nothing(subscribe, publish, mails):
    for index in range(4):
        subscribe(rhythm=Rhythm.DAILY, email=f"p{index}@example.org")
    publish()
    run_jobs()
    at = next_evening()
    gather(at=at), gather(at=at)
    first = Mailing.objects.order_by("pk").first()
    with transaction.atomic():
        put_together(first, at=at)
        transaction.set_rollback(True)  # the worker dies before the commit
    Mailing.objects.filter(pk=first.pk).update(lease_owner="anderswo:1:1/x", leased_until=at + timedelta(minutes=5))
    release_dead(Mailing)
    run_mailings(at=at)
    assert Event.objects.filter(name="subscription.mail").count() == 3
    run_mailings(at=at + timedelta(minutes=6))
    event = Event.objects.filter(name="subscription.mail").order_by("pk").first()
    assert len(mails()) == 4
    event.jobs.update(done_at=None)  # the worker dies before it notes that the mail is written
    assert mails() == []
    assert sorted(Delivery.objects.filter(purpose="reports").values_list("address", flat=True)) == [
        f"p{index}@example.org" for index in range(4)
    ]


def test_what_is_found_late_comes_with_the_next_evening(subscribe, publish, mails):
    row = subscribe(rhythm=Rhythm.DAILY)
    publish()
    assert len(mails(at=next_evening())) == 1
    Hit.objects.create(subscription=row, case=publish("Spät"), at=AT)
    assert mails(at=next_evening()) == []
    assert len(mails(at=next_evening() + TOMORROW)) == 1


def test_another_rhythm_takes_over_what_was_not_told(subscribe, publish, mails):
    row = subscribe(rhythm=Rhythm.WEEKLY)
    publish()
    run_jobs()
    change_rhythm(subscription=row, rhythm=Rhythm.DAILY)
    assert len(mails(at=next_evening())) == 1


def test_who_left_gets_nothing_more_and_is_forgotten(subscribe, publish, mails):
    row = subscribe()
    publish()
    (mail,) = mails()
    assert still_wanted(mail)
    end_rhythm(subscriber=row.subscriber, rhythm=Rhythm.DAILY)
    assert Subscriber.objects.exists()
    end(subscription=row)
    mail.refresh_from_db()
    assert not Subscriber.objects.exists()
    assert not still_wanted(mail)
    forget_old(at=timezone.now())
    mail.refresh_from_db()
    assert (mail.address, mail.text) == ("", "")


def test_an_address_that_does_not_work_is_left_alone(subscribe, publish, mails):
    row = subscribe()
    publish()
    (mail,) = mails()
    note_rejected(delivery=mail, code=550, at=timezone.now())
    publish("Noch eins")
    assert mails() == []
    confirm(subscription=row, at=AT)
    publish("Und noch eins")
    assert len(mails()) == 1
    Subscriber.objects.update(bounced_at=AT)
    forget(at=AT + timedelta(days=31))
    assert not Subscription.objects.exists()


def test_a_mailing_that_was_given_up_is_forgotten(subscribe):
    row = subscribe()
    Mailing.objects.create(subscriber=row.subscriber, rhythm=row.rhythm, key="2026-03-02", failed_at=AT)
    forget(at=AT + KEEP)
    assert Mailing.objects.exists()
    forget(at=AT + KEEP + timedelta(seconds=1))
    assert not Mailing.objects.exists()
    assert Subscription.objects.exists()

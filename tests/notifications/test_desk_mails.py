"""Mails to people at work: units at once or in the morning, watchers, the complaint management."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.absence import away
from accounts.models import Unit
from cases.change import Act, By
from cases.handing import hand_back
from cases.models import Responsibility
from cases.patience import remind
from cases.services import assign, message, update
from cases.watching import unwatch, watch
from notifications.digests import gather
from notifications.services import still_wanted
from reports.services import change_category
from tests.conftest import AT
from tests.notifications.conftest import LATER, purposes

pytestmark = pytest.mark.django_db
AGAIN = Act(at=LATER)


def to_greens(case, town, **more):
    assign(case=case, by=By.staff(town.manager), unit=town.greens, act=AGAIN, **more)


def test_an_assignment_mails_the_unit_at_once_with_the_narrow_view(town, make_report, mails):
    case = make_report("Loch, Tel. 0170 1234567", address="Kirchplatz 1")
    mails()
    to_greens(case, town)
    (mail,) = mails()
    assert mail.address == town.greens.email
    assert reverse("desk_narrow", args=[case.pk]) in mail.text
    assert "0170 1234567" not in mail.text + mail.html


def test_a_team_without_mailbox_reads_its_units_and_a_person_without_unit_is_told(town, make_report, mails):
    team = Unit.objects.create(municipality=town.municipality, slug="k1", name="Kolonne 1", parent=town.yard)
    first, second = make_report(), make_report()
    mails()
    assign(case=first, by=By.staff(town.manager), unit=team, act=AGAIN)
    assign(case=second, by=By.staff(town.manager), unit=None, assignee=town.clerk, act=AGAIN)
    assert purposes(mails()) == [("assigned", town.yard.email), ("assigned", town.clerk.email)]


def test_routing_anew_by_a_colleague_mails_too(town, make_report, mails):
    Responsibility.objects.create(municipality=town.municipality, topic=town.lamp.topic, unit=town.greens)
    case = make_report()
    mails()
    change_category(case=case, category=town.lamp, by=By.staff(town.manager), act=AGAIN)
    assert purposes(mails()) == [("assigned", town.greens.email)]


def test_what_is_handed_back_reaches_the_complaint_management(town, make_report, mails):
    case = make_report()
    mails()
    hand_back(case=case, by=By.staff(town.clerk), text="Gehört Frau Meier", act=AGAIN)
    (mail,) = mails()
    assert (mail.purpose, mail.address) == ("desk", town.manager.email)
    assert "Meier" not in mail.text


def test_a_morning_mail_gathers_a_night_and_comes_once(town, make_report, mails):
    Unit.objects.filter(pk=town.greens.pk).update(mail_rhythm="digest")
    first, secret = make_report(address="Kirchplatz 1"), make_report(category=town.complaint, point=None)
    mails()
    for case in (first, secret):
        to_greens(case, town)
    assert mails() == []
    tuesday = datetime(2026, 3, 3, 6, 5, tzinfo=UTC)
    assert [gather(at=tuesday), gather(at=tuesday)] == [1, 0]
    (mail,) = mails()
    assert (mail.purpose, mail.address) == ("digest", town.greens.email)
    assert mail.subject == "2 Vorgänge für Grünflächen"
    for case in (first, secret):
        assert reverse("desk_narrow", args=[case.pk]) in mail.text
    assert "Kirchplatz 1" in mail.text
    assert "Beschwerde" not in mail.text
    gather(at=datetime(2026, 3, 4, 6, 5, tzinfo=UTC))
    assert mails() == [], "nothing new"
    assert gather(at=datetime(2026, 3, 8, 6, 5, tzinfo=UTC)) == 0, "a Sunday"


def test_a_unit_without_mails_gets_none(town, make_report, mails):
    Unit.objects.filter(pk=town.greens.pk).update(mail_rhythm="none")
    case = make_report()
    mails()
    to_greens(case, town)
    assert mails() == []


def test_watchers_hear_of_words_and_states_but_not_of_their_own(town, make_report, mails):
    case = make_report()
    mails()
    watch(case=case, user=town.editor, at=AT)
    watch(case=case, user=town.clerk, at=AT)
    update(case=case, by=By.staff(town.clerk), text="Geheim bis zur Freigabe", act=AGAIN)
    (mail,) = mails()
    assert (mail.role, mail.address) == ("watcher", town.editor.email)
    assert "Geheim" not in mail.text
    assert reverse("desk_case", args=[case.pk]) in mail.text
    message(case=case, by=By.citizen(), text="Danke", act=AGAIN)
    assert purposes(mails()) == [("desk", town.clerk.email), ("desk", town.editor.email)]


def test_who_sees_a_case_no_more_hears_of_it_no_more(town, make_report, mails):
    case = make_report()
    watch(case=case, user=town.clerk, at=AT)
    mails()
    to_greens(case, town)
    assert [mail.role for mail in mails()] == ["unit"]
    update(case=case, by=By.staff(town.manager), text="Neu", act=AGAIN)
    assert mails() == []


def test_a_reminder_goes_to_the_unit_and_an_escalation_to_the_complaint_management(town, make_report, mails):
    town.municipality.patience = {"answer": [0, 0], "release": [0, 0]}
    town.municipality.save()
    make_report()
    mails()
    remind(at=datetime(2026, 3, 5, 6, 5, tzinfo=UTC))
    assert purposes(mails()) == [("desk", town.yard.email)]
    remind(at=datetime(2026, 3, 10, 6, 5, tzinfo=UTC))
    (mail,) = mails()
    assert (mail.address, mail.subject.split(":")[0]) == (town.manager.email, "Noch offen")


def test_a_deputy_is_told_for_whom_and_when(town, mails):
    day = timezone.localdate()
    away(user=town.clerk, deputy=town.other_clerk, from_on=day, until_on=day, today=day)
    (mail,) = mails()
    assert (mail.address, mail.subject) == (town.other_clerk.email, "Sie vertreten Clerk")
    assert "/verwaltung/?liste=meine" in mail.text


def test_who_stopped_watching_gets_no_mail_that_was_still_waiting(town, make_report, mails):
    case = make_report()
    watch(case=case, user=town.editor, at=AT)
    mails()
    update(case=case, by=By.staff(town.clerk), text="Neu", act=AGAIN)
    (mail,) = mails()
    assert still_wanted(mail)
    unwatch(case=case, user=town.editor)
    assert not still_wanted(mail)

"""The desk sees which mails a step would send, before it is taken."""

import pytest

from cases import services
from cases.change import Act, By
from cases.models import Entry
from cases.policy import Actor, Deed, State
from notifications.models import Delivery
from notifications.policy import Role
from notifications.previewing import preview
from tests.notifications.conftest import FOLLOWER, LATER, REPORTER

pytestmark = pytest.mark.django_db


def unsaved(case, **facts):
    return Entry(case=case, at=LATER, actor=Actor.STAFF.value, public=True, for_reporter=True, **facts)


def test_a_preview_shows_the_words_for_reporter_and_followers_and_writes_nothing(town, public_case, follower, mails):
    before = Delivery.objects.count()
    entry = unsaved(
        public_case, deed=Deed.MOVED.value, text="Fertig.", data={"from": State.OPEN.value, "to": State.DONE.value}
    )
    reporter, followers = preview(case=public_case, entry=entry)
    assert (reporter.role, reporter.count) == (Role.REPORTER, 1)
    assert (followers.role, followers.count) == (Role.FOLLOWER, 1)
    assert reporter.subject == f"Ihre Meldung {public_case.number} ist erledigt"
    assert "Fertig." in followers.text
    assert Delivery.objects.count() == before


def test_a_preview_holds_no_key_and_no_address(town, public_case, follower):
    entry = unsaved(public_case, deed=Deed.UPDATE.value, text="Neues")
    for shown in preview(case=public_case, entry=entry):
        for key in (public_case.secret, public_case.contact.token, follower.token, REPORTER, FOLLOWER):
            assert key not in shown.text + shown.subject


def test_the_preview_is_what_goes_out(town, public_case, mails):
    entry = unsaved(public_case, deed=Deed.UPDATE.value, text="Neues")
    (shown,) = preview(case=public_case, entry=entry)
    services.update(case=public_case, by=By.staff(town.clerk), text="Neues", act=Act(at=LATER))
    (mail,) = mails()
    assert mail.subject == shown.subject


def test_nobody_to_tell_is_an_empty_preview(town, make_report):
    case = make_report()
    assert preview(case=case, entry=unsaved(case, deed=Deed.UPDATE.value, text="Neues")) == []
    assert preview(case=case, entry=unsaved(case, deed=Deed.NOTE.value, text="Notiz")) == []

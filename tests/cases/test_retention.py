"""What nobody confirmed or finished is deleted by itself; cases stay."""

from datetime import timedelta

import pytest

from cases import following, services
from cases.change import Act, By
from cases.files import store
from cases.models import Case, Contact, Draft, File, Follow, Support
from cases.retention import DRAFT_DAYS, delete_old_drafts, delete_unconfirmed_interest
from cases.tasks import SCHEDULE, forget_drafts, forget_unconfirmed
from reports.services import release_text
from tests.conftest import AT, jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def public_case(town, make_report):
    case = make_report()
    release_text(case=case, by=By.staff(town.clerk), act=Act(at=AT))
    return case


def test_unconfirmed_support_and_follow_go_after_three_days(public_case):
    following.ask(case=public_case, email="a@x.example", support=True, follow=True, language="de", at=AT)
    assert delete_unconfirmed_interest(at=AT + timedelta(days=3)) == 0
    assert delete_unconfirmed_interest(at=AT + timedelta(days=3, seconds=1)) == 2
    assert not Follow.objects.exists()
    assert not Support.objects.exists()


def test_confirmed_support_and_follow_stay(public_case):
    following.ask(case=public_case, email="a@x.example", support=True, follow=True, language="de", at=AT)
    following.confirm(token=Follow.objects.get().token, at=AT)
    assert delete_unconfirmed_interest(at=AT + timedelta(days=99)) == 0
    assert Follow.objects.count() == Support.objects.count() == 1


def test_an_old_draft_goes_with_its_photos(town):
    draft = Draft.objects.create(municipality=town.municipality, kind="report")
    store(upload=jpeg(), draft=draft, at=AT)
    assert delete_old_drafts(at=draft.changed_at + timedelta(days=DRAFT_DAYS)) == 0
    assert delete_old_drafts(at=draft.changed_at + timedelta(days=DRAFT_DAYS, seconds=1)) == 1
    assert not Draft.objects.exists()
    assert not File.objects.exists()


def test_a_photo_that_belongs_to_a_case_outlives_the_draft(town, make_report):
    case = make_report()
    draft = Draft.objects.create(municipality=town.municipality, kind="report", case=case)
    file, _position = store(upload=jpeg(), draft=draft, at=AT)
    File.objects.filter(pk=file.pk).update(case=case)
    delete_old_drafts(at=draft.changed_at + timedelta(days=DRAFT_DAYS + 1))
    file.refresh_from_db()
    assert file.case == case
    assert file.draft is None


def test_the_jobs_delete_unconfirmed_contacts_and_keep_the_case(public_case, make_report):
    case = make_report(email="erika@example.org")
    other = make_report(email="paul@example.org")
    services.confirm_contact(contact=other.contact, act=Act(at=AT))
    forget_unconfirmed()
    forget_drafts()
    assert Case.objects.get(pk=case.pk).contact is None
    assert list(Contact.objects.values_list("email", flat=True)) == ["paul@example.org"]
    assert {entry.task.name for entry in SCHEDULE} == {forget_unconfirmed.name, forget_drafts.name}

"""What nobody confirmed or finished is deleted by itself; cases stay."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from cases import following, services
from cases.change import Act, By
from cases.files import store
from cases.models import Case, Contact, Draft, File, Follow, Support
from cases.retention import (
    DRAFT_DAYS,
    delete_old_drafts,
    delete_orphans_in_storage,
    delete_unattached_files,
    delete_unconfirmed_interest,
)
from cases.tasks import SCHEDULE, forget_drafts, forget_files, forget_unconfirmed
from reports.services import attach_photo, release_text
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


def test_a_file_that_nothing_refers_to_goes(town, make_report):
    case, draft = make_report(), Draft.objects.create(municipality=town.municipality, kind="report")
    loose, kept, typed, noted = (
        store(upload=jpeg(colour), **owner, at=AT)[0]
        for colour, owner in (
            ("red", {"case": case}),
            ("blue", {"case": case}),
            ("green", {"draft": draft}),
            ("white", {"case": case}),
        )
    )
    attach_photo(case=case, file=kept, by=By.citizen(), act=Act(at=AT))
    services.note(case=case, by=By.staff(town.manager), text="Siehe Bild", files=(noted,), act=Act(at=AT))
    assert delete_unattached_files(at=AT + timedelta(days=2)) == 0
    assert delete_unattached_files(at=AT + timedelta(days=2, seconds=1)) == 1
    assert set(File.objects.all()) == {kept, typed, noted}
    assert not File.objects.filter(pk=loose.pk).exists()


def test_a_stored_picture_without_a_row_goes(town):
    draft = Draft.objects.create(municipality=town.municipality, kind="report")
    file, _position = store(upload=jpeg(), draft=draft, at=AT)
    for path in ("originals/lost", "variants/lost/small.webp", f"variants/{file.key}/small.webp"):
        default_storage.save(path, ContentFile(b"..."))
    now = timezone.now()
    assert delete_orphans_in_storage(at=now + timedelta(days=1)) == 0
    forget_files()
    assert default_storage.exists("originals/lost")
    assert delete_orphans_in_storage(at=now + timedelta(days=3)) == 1
    assert default_storage.listdir("originals")[1] == [file.key]
    assert default_storage.listdir("variants")[0] == [file.key]
    assert default_storage.exists(f"variants/{file.key}/small.webp")


def test_the_jobs_delete_unconfirmed_contacts_and_keep_the_case(public_case, make_report):
    case = make_report(email="erika@example.org")
    other = make_report(email="paul@example.org")
    services.confirm_contact(contact=other.contact, act=Act(at=AT))
    forget_unconfirmed()
    forget_drafts()
    assert Case.objects.get(pk=case.pk).contact is None
    assert list(Contact.objects.values_list("email", flat=True)) == ["paul@example.org"]
    assert {forget_unconfirmed.name, forget_drafts.name, forget_files.name} <= {entry.task.name for entry in SCHEDULE}

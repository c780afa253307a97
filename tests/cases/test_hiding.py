"""A stage that hides: what was public goes, comes back with the next stage, and nothing slips out on the way."""

import pytest

from cases import files
from cases.change import By
from cases.errors import NoSuchEdge
from cases.models import Case, Stage
from cases.policy import State
from cases.services import feedback, move, update, withdraw
from reports.models import Photo
from reports.services import (
    attach_photo,
    attach_staff_photos,
    change_category,
    release_photo,
    release_text,
    withdraw_photo,
    withdraw_text,
)
from reports.showing import timeline
from tests.conftest import AT, jpeg


@pytest.fixture
def by(town):
    return By.staff(town.manager)


@pytest.fixture
def hide(town, by):
    """`hide(case)` puts a case into a stage that hides it."""
    stage = Stage.objects.create(
        municipality=town.municipality,
        slug="verstoss",
        state=State.REJECTED.value,
        label={"de": "Verstoß gegen Regeln"},
        hides=True,
    )

    def put(case):
        move(case=case, to=State.REJECTED, stage=stage, text="Wegen einer Beleidigung.", by=by)
        assert case.public_at is None

    return put


def take_up(case, by):
    move(case=case, to=State.OPEN, text="Das war ein Irrtum.", by=by)


def photo_of(case):
    file, _position = files.store(upload=jpeg(), case=case, at=AT)
    attach_photo(case=case, file=file, by=By.citizen())
    return Photo.objects.get(file=file)


def test_what_was_public_is_public_again_as_before(make_report, by, hide):
    case = make_report()
    release_text(case=case, by=by)
    since = case.public_at
    hide(case)
    take_up(case, by)
    assert case.public_at == since
    assert Case.objects.public().get() == case


def test_what_never_was_public_stays_unreleased(make_report, by, hide):
    case = make_report()
    hide(case)
    take_up(case, by)
    assert case.public_at is None
    release_text(case=case, by=by)
    assert case.public_at is not None


def test_a_second_hiding_stage_forgets_nothing(make_report, by, hide):
    case = make_report()
    release_text(case=case, by=by)
    hide(case)
    hide(case)
    take_up(case, by)
    assert case.public_at is not None


def test_taken_back_while_hidden_stays_away(make_report, by, hide):
    case = make_report()
    photo = photo_of(case)
    release_text(case=case, by=by)
    release_photo(photo=photo, by=by)
    hide(case)
    withdraw_photo(photo=photo, by=by)
    withdraw_text(case=case, by=by)
    case.refresh_from_db()
    take_up(case, by)
    assert case.public_at is None


def test_one_part_taken_back_while_hidden_leaves_the_other(make_report, by, hide):
    case = make_report()
    photo = photo_of(case)
    release_text(case=case, by=by)
    release_photo(photo=photo, by=by)
    hide(case)
    withdraw_text(case=case, by=by)
    take_up(case, by)
    assert case.public_at is not None


def test_a_complaint_meanwhile_is_never_public(make_report, by, hide, town):
    case = make_report()
    release_text(case=case, by=by)
    hide(case)
    change_category(case=case, category=town.complaint, by=by)
    take_up(case, by)
    assert case.public_at is None


def test_words_on_hiding_it_are_for_the_reporter_alone(make_report, by, hide):
    case = make_report()
    release_text(case=case, by=by)
    hide(case)
    assert case.entries.get(text__contains="Beleidigung").for_reporter
    take_up(case, by)
    assert not any("Beleidigung" in moment.text for moment in timeline(case))


def test_photos_of_staff_are_not_released_while_it_is_hidden(make_report, by, hide):
    case = make_report()
    hide(case)
    file, _position = files.store(upload=jpeg(), case=case, at=AT)
    told = update(case=case, by=by, text="Zur Akte.", files=(file,))
    attach_staff_photos(entry=told, files=[file], by=by)
    assert not Photo.objects.get(file=file).released


def test_a_citizen_who_takes_it_back_while_hidden_does_not_show_it(make_report, by, town):
    case = make_report()
    release_text(case=case, by=by)
    Stage.objects.filter(municipality=town.municipality, slug="eingeplant").update(hides=True)
    move(case=case, to=State.OPEN, stage=Stage.objects.get(municipality=town.municipality, slug="eingeplant"), by=by)
    withdraw(case=case, by=By.citizen())
    assert case.public_at is None
    with pytest.raises(NoSuchEdge):
        release_text(case=case, by=by)


def test_a_citizens_still_there_brings_it_back_too(make_report, by, town):
    case = make_report()
    release_text(case=case, by=by)
    Stage.objects.filter(municipality=town.municipality, slug="erledigt").update(hides=True)
    move(case=case, to=State.DONE, by=by)
    assert case.public_at is None
    feedback(case=case, by=By.citizen(), still_there=True, text="Noch da.")
    assert case.public_at is not None


def test_keeping_the_text_internal_makes_nothing_public(make_report, by):
    case = make_report()
    file, _position = files.store(upload=jpeg(), case=case, at=AT)
    told = update(case=case, by=by, text="Vorher.", files=(file,))
    attach_staff_photos(entry=told, files=[file], by=by)
    withdraw_text(case=case, by=by)
    assert case.public_at is None

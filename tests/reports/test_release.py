"""Release: text and each photo by themselves, and what takes a report off the public pages again."""

import pytest

from cases.change import By
from cases.errors import Invalid, NoSuchEdge
from cases.models import Case, Stage
from cases.policy import State
from cases.services import move
from reports.services import change_category, change_place, correct, release_text, withdraw_text
from reports.showing import public_report, readable
from tests.conftest import AT


def shown(case):
    return public_report(readable().get(pk=case.pk))


def test_the_clerks_wording_is_public_and_the_citizens_own_is_kept(make_report, town):
    case = make_report("Herr M. hat hier Müll abgeladen")
    release_text(case=case, by=By.staff(town.manager), text="Hier liegt Müll.")
    assert shown(case).text == "Hier liegt Müll."
    case.report.refresh_from_db()
    assert case.report.text == "Herr M. hat hier Müll abgeladen"


def test_withdrawing_the_last_released_part_hides_the_report(make_report, town):
    case = make_report()
    release_text(case=case, by=By.staff(town.manager))
    assert case.public_at is not None
    withdraw_text(case=case, by=By.staff(town.manager))
    assert not Case.objects.public().exists()


def test_a_complaint_is_never_released(make_report, town):
    with pytest.raises(NoSuchEdge):
        release_text(case=make_report(category=town.complaint, point=None), by=By.staff(town.manager))
    assert not Case.objects.public().exists()


def test_becoming_a_complaint_hides_what_was_public(make_report, town):
    case = make_report()
    release_text(case=case, by=By.staff(town.manager))
    change_category(case=case, category=town.complaint, by=By.staff(town.manager))
    assert not Case.objects.public().exists()
    assert case.confidential
    assert case.unit is None


def test_another_category_goes_to_the_unit_now_responsible(make_report, town):
    from cases.models import Responsibility

    Responsibility.objects.create(municipality=town.municipality, topic=town.lamp.topic, unit=town.greens)
    case = make_report()
    assert case.unit == town.yard
    change_category(case=case, category=town.lamp, by=By.staff(town.manager))
    assert case.unit == town.greens


def test_words_of_the_citizen_are_a_public_place_only_with_the_text(make_report, town):
    case = make_report(point=None, address="beim Haus von Familie Geheim")
    from cases import files
    from reports.models import Photo
    from reports.services import attach_photo, release_photo
    from tests.conftest import jpeg

    file, _ = files.store(upload=jpeg(), case=case, at=AT)
    attach_photo(case=case, file=file, by=By.citizen())
    release_photo(photo=Photo.objects.get(), by=By.staff(town.manager))
    assert shown(case).address == ""
    release_text(case=case, by=By.staff(town.manager))
    assert shown(case).address == "beim Haus von Familie Geheim"


def test_a_place_outside_is_refused_and_one_inside_sets_grid(make_report, town, neighbour):
    case = make_report(point=None, address="am Bach")
    with pytest.raises(Invalid):
        change_place(case=case, point=neighbour.middle, by=By.staff(town.manager))
    change_place(case=case, point=town.middle, by=By.staff(town.manager))
    assert case.grid is not None


def test_a_hiding_stage_takes_it_off_the_pages(make_report, town):
    case = make_report()
    release_text(case=case, by=By.staff(town.manager))
    stage = Stage.objects.create(
        municipality=town.municipality,
        slug="regelverstoss",
        state=State.REJECTED.value,
        label={"de": "Verstoß gegen Regeln"},
        hides=True,
    )
    move(case=case, to=State.REJECTED, stage=stage, text="Beleidigung", by=By.staff(town.manager))
    assert not Case.objects.public().exists()
    with pytest.raises(NoSuchEdge):
        release_text(case=case, by=By.staff(town.manager))


def test_a_released_text_is_not_corrected_behind_the_clerks_back(make_report, town):
    case = make_report()
    correct(case=case, text="Besser beschrieben", by=By.citizen())
    release_text(case=case, by=By.staff(town.manager))
    assert shown(case).text == "Besser beschrieben"
    with pytest.raises(NoSuchEdge):
        correct(case=case, text="Werbung", by=By.citizen())


def test_the_timeline_tells_a_reopening_without_the_words(make_report, town):
    from cases.services import feedback
    from reports.showing import timeline

    case = make_report()
    release_text(case=case, by=By.system())
    move(case=case, to=State.DONE, by=By.staff(town.manager))
    feedback(case=case, by=By.citizen(), still_there=True, text="Nicht öffentlich: noch da.")
    last = timeline(case)[-1]
    assert last.look == "working"
    assert last.text == ""

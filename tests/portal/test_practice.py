"""Practising: the real desk on cases of one's own that leave no trace anywhere else."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from cases.areas import Rectangle
from cases.change import By
from cases.errors import Denied, Invalid
from cases.forwarding import forward
from cases.merging import merge
from cases.models import Case, Contact, File
from cases.patience import remind
from cases.policy import State
from cases.redacting import redact
from cases.services import move, question
from notifications.models import Delivery
from outbox.work import run_jobs
from portal.practice import services
from portal.practice.services import KEPT, begin, clear, progress, sweep
from reports.models import Photo
from reports.services import release_photo, release_text
from tests.conftest import jpeg, make_category

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _small_picture(monkeypatch):
    """Drawing a real one takes seconds."""
    monkeypatch.setattr(services, "drawn", lambda _shot: jpeg().read())


@pytest.fixture
def practised(town):
    """The manager of Harsewinkel has begun; the cases in the order of the plot."""
    return begin(user=town.manager, municipality=town.municipality, at=timezone.now())


def texts(client, *names, **args):
    return " ".join(client.get(reverse(name, **args)).content.decode() for name in names)


def test_tasks_tick_themselves_off_when_the_real_deeds_are_done(client, town, practised):
    by, me = By.staff(town.manager), {"user": town.manager, "municipality": town.municipality}
    client.force_login(town.manager, backend=BACKEND)
    assert "0 von 6 Aufgaben erledigt" in texts(client, "practice")
    first, photo, original, duplicate, unclear, light, bin_ = [Case.objects.get(pk=case.pk) for case in practised]
    release_text(case=first, by=by)
    file = Photo.objects.get(report__case=photo).file
    redact(file=file, by=by, shapes=[Rectangle(0.4, 0.4, 0.2, 0.2)])
    merge(duplicate=duplicate, original=original, by=by)
    question(case=unclear, by=by, text="Wo genau ist das?")
    forward(case=light, by=by, name="Straßen.NRW", email="ampel@nrw.example", text="Bitte ansehen.")
    move(case=bin_, to=State.DONE, by=by, text="Der Eimer ist geleert.")
    assert [one.done for one in progress(**me)] == [True] * 6
    assert "Alles erledigt" in texts(client, "practice")


def test_nothing_of_it_is_public_listed_counted_or_mailed(client, town, practised, settings):
    by = By.staff(town.manager)
    for case in practised:
        release_text(case=case, by=by)
        move(case=Case.objects.get(pk=case.pk), to=State.OPEN, by=by, text="Wir kümmern uns.")
    release_photo(photo=Photo.objects.get(), by=by)
    run_jobs()
    remind(at=timezone.now() + timedelta(days=60))
    run_jobs()
    assert not Delivery.objects.exists()
    assert not Case.objects.public().exists()
    number = Case.objects.first().number
    assert number not in texts(client, "start", "map_list", "report_feed")
    assert client.get(reverse("report", args=[number])).status_code == 404
    assert client.get(f"/api/v1/reports/{number}/").status_code == 404
    client.force_login(town.manager, backend=BACKEND)
    assert number not in client.get(reverse("desk"), {"liste": "alle"}).content.decode()
    page = client.get(reverse("desk_case", args=[practised[0].pk])).content.decode()
    assert "Übungsfall." in page
    for other in (town.admin, town.clerk):
        client.force_login(other, backend=BACKEND)
        assert client.get(reverse("desk_case", args=[practised[0].pk])).status_code == 404
        with pytest.raises(Denied):
            release_text(case=practised[0], by=By.staff(other))


def test_a_practice_case_is_never_merged_with_a_real_one(town, practised, make_report):
    with pytest.raises(Invalid):
        merge(duplicate=make_report(), original=practised[0], by=By.staff(town.manager))


def test_a_clerk_practises_on_what_is_within_their_reach(town):
    begin(user=town.clerk, municipality=town.municipality, at=timezone.now())
    cases = Case.objects.filter(practice_by=town.clerk)
    assert set(Case.objects.visible_to(town.clerk)) == set(cases)
    assert len(progress(user=town.clerk, municipality=town.municipality)) == 6
    begin(user=town.field, municipality=town.municipality, at=timezone.now())
    keys = [one.task.key for one in progress(user=town.field, municipality=town.municipality)]
    assert keys == ["merge", "question", "settle"]


def test_what_is_published_at_once_is_not_in_practice(town):
    for slug in ("papierkorb", "schrottauto"):
        make_category(town.municipality, slug, slug, release_at_once=True)
    begin(user=town.manager, municipality=town.municipality, at=timezone.now())
    assert not Case.objects.exclude(public_at=None).exists()
    assert not File.objects.exclude(public_name=None).exists()


def test_beginning_anew_and_cleaning_up_leave_nothing_and_touch_nothing_else(client, town, practised, make_report):
    real = make_report()
    keys = list(File.objects.values_list("key", flat=True))
    client.force_login(town.manager, backend=BACKEND)
    client.post(reverse("practice_start"))
    assert Case.objects.filter(practice_by=town.manager).count() == 7
    assert not Case.objects.filter(pk__in=[case.pk for case in practised]).exists()
    assert sweep(at=timezone.now() + KEPT - timedelta(hours=1)) == 0
    assert sweep(at=timezone.now() + KEPT + timedelta(hours=1)) == 7
    client.post(reverse("practice_start"))
    client.post(reverse("practice_end"))
    assert list(Case.objects.all()) == [real]
    assert not File.objects.exists()
    assert not Contact.objects.filter(email="erika.beispiel@example.org").exists()
    assert clear(user=town.manager) == 0
    assert keys


def test_strangers_do_not_practise(client, town, neighbour):
    assert client.get(reverse("practice")).status_code == 302
    with pytest.raises(Denied):
        begin(user=neighbour.manager, municipality=town.municipality, at=timezone.now())


def test_the_stored_files_go_with_the_cases(town, practised, django_capture_on_commit_callbacks):
    key = File.objects.get().key
    assert default_storage.exists(f"originals/{key}")
    with django_capture_on_commit_callbacks(execute=True):
        clear(user=town.manager)
    assert not default_storage.exists(f"originals/{key}")

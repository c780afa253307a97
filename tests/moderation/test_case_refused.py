"""What is refused at the desk: in words, with everything typed kept."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cases import files
from cases.change import By
from cases.models import File, Stage
from cases.policy import State
from cases.services import move, note
from moderation.deeds import BY_NAME
from reports.models import Photo, Report
from tests.conftest import AT, jpeg
from tests.moderation.conftest import deed_url, url


def test_a_conflict_shows_both_versions_and_loses_neither(manager, town, make_report, filled):
    case = make_report()
    data = filled(manager, case, "freigeben", text="Meine Fassung", reason="Verständlicher")
    note(case=case, by=By.staff(town.clerk), text="Ich war schneller")
    response = manager.post(deed_url(case, "freigeben"), data)
    assert response.status_code == 409
    text = response.content.decode()
    assert "Inzwischen wurde dieser Vorgang geändert" in text
    assert "Ich war schneller" in text
    assert "Clerk" in text
    form = response.context["form"]
    assert form["text"].value() == "Meine Fassung"
    assert not Report.objects.get(case=case).text_released
    case.refresh_from_db()
    again = manager.post(deed_url(case, "freigeben"), {**data, "version": form["version"].value()})
    assert again.status_code == 302
    assert Report.objects.get(case=case).public_text == "Meine Fassung"


def test_a_choice_that_is_gone_meanwhile_is_a_conflict_too(manager, town, make_report, filled):
    case = make_report()
    received = Stage.objects.get(municipality=town.municipality, slug="eingegangen")
    data = filled(manager, case, "status", stage=str(received.pk), text="Mein Text")
    move(case=case, to=State.OPEN, by=By.staff(town.clerk))
    response = manager.post(deed_url(case, "status"), data)
    assert response.status_code == 409
    assert response.context["form"]["text"].value() == "Mein Text"


def test_sent_twice_counts_once(manager, make_report, photo_of, filled):
    case = make_report()
    photo = photo_of(case)
    data = filled(manager, case, "freigeben", photos=[str(photo.pk)])
    assert manager.post(deed_url(case, "freigeben"), data).status_code == 302
    entries = case.entries.count()
    assert manager.post(deed_url(case, "freigeben"), data).status_code == 302
    data = filled(manager, case, "erledigt", text="Fertig")
    for _time in range(2):
        assert manager.post(deed_url(case, "erledigt"), {**data, "photos": [jpeg("green")]}).status_code == 302
    assert case.entries.count() == entries + 1
    assert Photo.objects.filter(report__case=case, by_staff=True).count() == 1


def typed(town):
    """What is typed into each deed, in an order in which all of them are open."""
    stages = {stage.slug: str(stage.pk) for stage in Stage.objects.filter(municipality=town.municipality)}
    return {
        "freigeben": {"text": "Öffentlich 🎉", "reason": "Der Text nannte eine Person."},
        "wortlaut": {"text": "Öffentlich, anders", "reason": "Der Text nannte noch eine Person."},
        "foto-freigeben": {},
        "foto-zurueckziehen": {},
        "text-zurueckziehen": {},
        "kategorie": {"category": str(town.lamp.pk)},
        "ort": {"lat": "51,961", "lon": "8,231", "address": "Kirchplatz 1"},
        "zuweisen": {"unit": str(town.yard.pk), "assignee": ""},
        "aktenzeichen": {"file_number": "66-2026/17", "url": "https://akten.example/17"},
        "notiz": {"text": "Größe prüfen 🚧"},
        "annehmen": {},
        "prioritaet": {"priority": "2"},
        "wiedervorlage": {"on": (timezone.localdate() + timedelta(days=3)).isoformat()},
        "aufnehmen": {},
        "frist": {"on": (timezone.localdate() + timedelta(days=30)).isoformat(), "text": "Frost"},
        "einplanen": {"team": str(town.yard.pk), "day": timezone.localdate().isoformat()},
        "ausplanen": {},
        "zurueckgeben": {"text": "Kreisstraße"},
        "nachricht": {"text": "Danke"},
        "mitteilung": {"text": "Wir kommen"},
        "rueckfrage": {"text": "Wo genau?"},
        "aufbewahren": {"text": "Klage"},
        "aufbewahren-beenden": {},
        "weiterleiten": {"name": "Stadtwerke", "email": "netz@example.org", "text": "Bitte reparieren"},
        "weiterleitung-erneut": {},
        "weiterleitung-beenden": {},
        "aufteilen": {"text_1": "Bitte absperren"},
        "zusammenfuehren": {},
        "trennen": {},
        "status": {"stage": stages["eingeplant"]},
        "erledigt": {"text": "Fertig", "stage": stages["erledigt"], "despite_parts": "on"},
    }


def test_every_deed_sent_twice_counts_once(manager, town, make_report, photo_of, filled):
    case = make_report()
    photo_of(case)
    done = typed(town)
    done["zusammenfuehren"]["number"] = make_report(point=None, address="Bahnhof").number
    # After "uebergeben" the case is on another desk: see tests/cases/test_handing_over.py.
    # "weitergeben" is for praise alone: see tests/reports/test_praise.py.
    assert {*done, "uebergeben", "weitergeben"} == set(BY_NAME)
    for deed, words in done.items():
        data = filled(manager, case, deed, opened=bool(BY_NAME[deed].menu), **words)
        before = case.entries.count()
        answers = [manager.post(deed_url(case, deed), data).status_code for _press in range(2)]
        assert (deed, answers, case.entries.count() - before) == (deed, [302, 302], 1)


def test_sent_twice_after_the_case_left_the_desk_is_no_error(login, town, make_report, filled):
    case, clerk = make_report(), login(town.clerk)
    data = filled(clerk, case, "zuweisen", unit=str(town.greens.pk), assignee="")
    for _press in range(2):
        response = clerk.post(deed_url(case, "zuweisen"), data)
        assert response["Location"].startswith(reverse("desk"))
    assert clerk.post(deed_url(case, "zuweisen"), {**data, "client_key": "x"}).status_code == 404
    assert login(town.field).post(deed_url(case, "zuweisen"), data).status_code == 404


def test_the_back_button_with_other_words_is_told(manager, make_report, filled):
    case = make_report()
    data = filled(manager, case, "notiz", text="Eins")
    manager.post(deed_url(case, "notiz"), data)
    response = manager.post(deed_url(case, "notiz"), {**data, "text": "Zwei"})
    assert response.status_code == 409
    assert "schon mit anderem Inhalt gesendet" in response.content.decode()
    form = response.context["form"]
    assert form["text"].value() == "Zwei"
    assert form["client_key"].value() != data["client_key"]


def test_a_missing_reason_is_told_at_its_field(manager, town, make_report, act_on):
    case = make_report()
    refused = Stage.objects.get(municipality=town.municipality, slug="nicht-zustaendig")
    response = act_on(manager, case, "status", stage=str(refused.pk), expected_on="2031-05-04")
    assert response.status_code == 422
    form = response.context["form"]
    assert "text" in form.errors
    assert form["expected_on"].value() == "2031-05-04"
    assert 'role="alert"' in response.content.decode()


def test_photos_survive_a_refusal(manager, make_report, filled):
    case = make_report()
    data = filled(manager, case, "mitteilung", text="", photos=[jpeg("green")])
    response = manager.post(deed_url(case, "mitteilung"), data)
    assert response.status_code == 422
    assert "1 Foto ist schon hochgeladen" in response.content.decode()
    kept = response.context["form"]["kept"].value()
    manager.post(deed_url(case, "mitteilung"), {**data, "text": "Da", "photos": [], "kept": kept})
    entry = Photo.objects.get(report__case=case, by_staff=True).file.entry
    assert entry is not None
    assert entry.text == "Da"


def test_a_hostile_photo_is_told_and_the_text_stays(manager, make_report, filled):
    case = make_report()
    bad = SimpleUploadedFile("x.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    response = manager.post(
        deed_url(case, "mitteilung"), filled(manager, case, "mitteilung", text="Bleibt", photos=[bad])
    )
    assert response.status_code == 422
    assert "photos" in response.context["form"].errors
    assert response.context["form"]["text"].value() == "Bleibt"


def test_good_photos_beside_a_bad_one_are_kept(manager, make_report, filled):
    case = make_report()
    bad = SimpleUploadedFile("x.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    data = filled(manager, case, "mitteilung", text="Da", photos=[bad, jpeg("green"), bad])
    response = manager.post(deed_url(case, "mitteilung"), data)
    assert len(response.context["form"].errors["photos"]) == 2
    assert "1 Foto ist schon hochgeladen" in response.content.decode()


def test_a_place_outside_is_told(manager, make_report, act_on):
    response = act_on(manager, make_report(), "ort", lat="48.1", lon="11.5", address="München")
    assert response.status_code == 422
    assert "lat" in response.context["form"].errors


def test_files_of_another_case_cannot_be_slipped_in(manager, make_report, filled):
    case, other = make_report(), make_report()
    file, _position = files.store(upload=jpeg("red"), at=AT, case=other)
    manager.post(deed_url(case, "mitteilung"), filled(manager, case, "mitteilung", text="Da", kept=str(file.pk)))
    assert File.objects.get(pk=file.pk).case == other


@pytest.mark.parametrize("bad", [{"version": ""}, {"client_key": "x"}, {"photo": "99999999"}, {"photo": ""}])
def test_broken_forms_are_refused_without_a_crash(bad, manager, make_report, photo_of, filled):
    case = make_report()
    photo_of(case)
    data = {**filled(manager, case, "foto-freigeben"), **bad}
    assert manager.post(deed_url(case, "foto-freigeben"), data).status_code in {409, 422}
    assert not Photo.objects.filter(released=True).exists()


def test_a_reload_of_a_refused_form_leads_back(manager, make_report):
    case = make_report()
    response = manager.get(deed_url(case, "notiz"))
    assert response["Location"].startswith(url(case))
    assert manager.get(deed_url(case, "quatsch")).status_code == 404

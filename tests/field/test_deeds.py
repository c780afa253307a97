"""What a crew did arrives exactly once, changes what it should, and takes nothing from anybody else."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localdate, localtime, now

from cases.change import By
from cases.models import Case, Entry, File
from cases.policy import Deed, State
from cases.retention import delete_unattached_files
from cases.services import assign, move, note
from dispatch.models import Job
from field.tasks import SHOT_DAYS, delete_old_shots
from moderation.case import history
from reports.models import Photo
from tests.conftest import jpeg
from tests.field.test_access import reason

pytestmark = pytest.mark.django_db


def test_settled_with_photos(planned, phone):
    (case,) = planned(1)
    before, _answer = phone.shoot(case, jpeg("red").read(), "before")
    after, _answer = phone.shoot(case, jpeg("green").read(), "after")
    at = now() - timedelta(hours=3)
    case.submitted_at = case.state_since = at - timedelta(hours=1)
    case.save()
    answer = phone.do("erledigt", case, "Gefüllt.", photos=[before, after], at=at.isoformat())
    assert answer.status_code == 200, answer.content
    entry = Entry.objects.get(pk=answer.json()["entry"])
    assert (entry.deed, entry.text, entry.user, entry.at) == (Deed.MOVED, "Gefüllt.", phone.user, at)
    assert parse_datetime(entry.data["received_at"]) > at + timedelta(hours=2)
    case.refresh_from_db()
    assert case.changed_at > at + timedelta(hours=2), "what asks for changes since a time sees it"
    told = history.told([entry])[0]
    assert f"eingegangen {localtime():%H:}" in told.who
    assert [file.role for file in entry.files.order_by("pk")] == ["before", "after"]
    assert not Photo.objects.filter(released=True).exists()
    job = answer.json()["job"]
    assert job["closed"]
    assert [photo["role"] for photo in job["photos"]] == ["before", "after"]
    assert phone.client.get(job["photos"][0]["thumb"]).status_code == 200


def test_the_same_deed_twice_is_one(planned, phone):
    (case,) = planned(1)
    said = phone.said("zurueckgeben", case, "Das ist eine Kreisstraße.")
    first, again = phone.post("eintrag/", said), phone.post("eintrag/", said)
    assert first.status_code == again.status_code == 200
    assert first.json()["entry"] == again.json()["entry"]
    assert again.json()["job"] is None, "it lies with somebody else by now"
    assert Entry.objects.filter(client_key=said["client_key"]).count() == 1
    assert reason(phone.post("eintrag/", {**said, "text": "Anders"})) == (409, "key")


def test_a_second_deed_of_one_phone_does_not_conflict_with_its_first(planned, phone):
    (case,) = planned(1)
    first = phone.said("notiz", case, "Rand ist lose.")
    second = {**phone.said("erledigt", case), "based_on": {"key": first["client_key"]}}
    assert phone.post("eintrag/", first).status_code == 200
    assert phone.post("eintrag/", second).status_code == 200


def test_somebody_was_faster(town, planned, phone):
    (case,) = planned(1)
    said = phone.said("erledigt", case, "Gefüllt.")
    move(case=case, by=By.staff(town.manager), to=State.DONE, text="Die Firma war da.")
    refused = phone.post("eintrag/", said)
    assert reason(refused) == (409, "conflict")
    body = refused.json()
    assert [(one["by"], one["text"]) for one in body["since"]] == [("Manager", "Die Firma war da.")]
    assert body["job"]["closed"]
    assert not Entry.objects.filter(client_key=said["client_key"]).exists()
    seen = {**said, "based_on": {"version": body["job"]["version"]}}
    assert phone.post("eintrag/", seen).status_code == 200


def test_given_elsewhere_meanwhile_the_work_comes_in_as_a_note(town, planned, phone):
    case, other = planned(2)
    said = phone.said("erledigt", case, "Gefüllt.")
    assign(case=case, by=By.staff(town.manager), unit=town.greens)
    shot, answer = phone.shoot(case)
    assert answer.status_code == 200
    assert reason(phone.post("eintrag/", said)) == (404, "gone")
    as_note = phone.post("eintrag/", {**said, "kind": "notiz", "photos": [shot]})
    assert as_note.status_code == 200
    assert as_note.json()["job"] is None
    entry = Entry.objects.get(client_key=said["client_key"])
    assert (entry.deed, entry.text, entry.user, entry.public) == (Deed.NOTE, "Gefüllt.", phone.user, False)
    assert entry.data["stale"]
    assert entry.files.count() == 1
    assert Case.objects.get(pk=case.pk).unit == town.greens
    # What never lay with them stays closed.
    Job.objects.filter(case=other).delete()
    Entry.objects.filter(case=other, deed=Deed.PLANNED).delete()
    assign(case=other, by=By.staff(town.manager), unit=town.greens)
    assert reason(phone.do("notiz", other, "Hallo")) == (404, "gone")
    assert phone.shoot(other)[1].status_code == 404


def test_a_note_is_written_whatever_happened_and_says_so(town, planned, phone):
    (case,) = planned(1)
    said = phone.said("notiz", case, "Bin dran.")
    after = {**phone.said("erledigt", case, "Fertig."), "based_on": {"key": said["client_key"]}}
    note(case=case, by=By.staff(town.manager), text="Bitte nicht, der Kreis kommt.")
    assert phone.post("eintrag/", said).status_code == 200
    assert Entry.objects.get(client_key=said["client_key"]).data["stale"] is True
    refused = phone.post("eintrag/", after)
    assert reason(refused) == (409, "conflict")
    assert [one["text"] for one in refused.json()["since"]] == ["Bitte nicht, der Kreis kommt."]


def test_a_deed_is_neither_in_the_future_nor_before_the_case(planned, phone):
    (case,) = planned(1)
    late = phone.do("notiz", case, "Morgen", at=(now() + timedelta(days=1)).isoformat()).json()
    early = phone.do("notiz", case, "Gestern", at=(now() - timedelta(days=1)).isoformat()).json()
    assert Entry.objects.get(pk=late["entry"]).at <= now()
    assert Entry.objects.get(pk=early["entry"]).at == case.submitted_at


def test_other_deeds_do_what_the_desk_knows(town, planned, phone):
    back, asked, aside, mine, moved = planned(5)
    assert phone.do("nicht-moeglich", back, "Ein Auto steht davor.").status_code == 200
    assert not Job.objects.filter(case=back).exists()
    assert phone.do("leitung", asked, "Welcher Asphalt?").status_code == 200
    asked.refresh_from_db()
    assert asked.resubmit_on == localdate()
    on = localdate() + timedelta(days=3)
    assert phone.do("wiedervorlage", aside, day=on.isoformat()).status_code == 200
    assert Job.objects.get(case=aside).day == on
    assert phone.do("uebernehmen", mine).json()["job"]["mine"]
    point = [moved.point.x + 0.0002, moved.point.y]
    assert phone.do("ort", moved, point=point, accuracy=6).json()["job"]["point"] == pytest.approx(point)
    moved.refresh_from_db()
    assert moved.unit == town.yard
    refused = phone.do("nicht-moeglich", mine, "")
    assert reason(refused) == (400, "invalid")
    assert "text" in refused.json()["errors"]


def test_the_order_of_the_day(planned, phone):
    cases = planned(3)
    order = [cases[2].pk, cases[0].pk]
    team = phone.day()["team"]["id"]
    answer = phone.do("reihenfolge", None, team=team, day=localdate().isoformat(), order=order)
    assert answer.status_code == 200
    assert [job["id"] for job in phone.day()["jobs"]] == [*order, cases[1].pk]


def test_a_photo_is_kept_once_under_each_key(planned, phone):
    (case,) = planned(1)
    data = jpeg("red").read()
    one, answer = phone.shoot(case, data)
    assert answer.json()["bytes"] == len(data)
    _same, again = phone.shoot(case, data, key=one)
    assert again.json() == answer.json()
    other, _answer = phone.shoot(case, data)
    assert File.objects.filter(case=case).count() == 2
    notes = [phone.do("notiz", case, photos=[key]).json()["entry"] for key in (one, other)]
    assert [Entry.objects.get(pk=pk).files.count() for pk in notes] == [1, 1]
    assert reason(phone.shoot(case, jpeg("blue").read(), key=one)[1]) == (409, "key")


def test_a_photo_damaged_on_its_way_is_asked_for_again(planned, phone):
    (case,) = planned(1)
    assert reason(phone.shoot(case, sha256="0" * 64)[1]) == (400, "damaged")
    assert reason(phone.shoot(case, b"kein Bild")[1]) == (400, "invalid")
    assert not File.objects.filter(case=case).exists()


def test_an_entry_waits_for_its_photos(town, planned, phone):
    (case,) = planned(1)
    missing = "3f6f3b0e-5a57-4f0c-9a68-111111111111"
    assert reason(phone.do("erledigt", case, photos=[missing])) == (400, "photos")
    case.refresh_from_db()
    assert not case.facts.closed


def test_a_case_that_went_elsewhere_is_gone(town, planned, phone):
    (case,) = planned(1)
    said = phone.said("erledigt", case)
    assign(case=case, by=By.staff(town.manager), unit=town.greens)
    assert reason(phone.post("eintrag/", said)) == (404, "gone")


def test_a_crew_reports_something_itself(town, phone):
    body = {
        "client_key": "0d0f7c52-5a57-4f0c-9a68-222222222222",
        "at": now().isoformat(),
        "category": "schlagloch",
        "point": [town.middle.x, town.middle.y],
        "accuracy": 5,
        "text": "Tiefes Loch",
        "address": "",
        "photos_follow": 1,
    }
    first, again = phone.post("meldung/", body), phone.post("meldung/", body)
    assert first.status_code == 200, first.content
    assert first.json() == again.json()
    case = Case.objects.get(pk=first.json()["case"])
    assert (case.source, case.public_at, first.json()["released"]) == ("field", None, False)
    _key, answer = phone.shoot(None, role="", report=body["client_key"])
    assert answer.status_code == 200
    assert case.report.photos.count() == 1
    wrong = phone.post("meldung/", {**body, "client_key": "1d0f7c52-5a57-4f0c-9a68-222222222222", "category": "weg"})
    assert reason(wrong) == (400, "invalid")
    assert "category" in wrong.json()["errors"]


def test_who_may_release_reports_in_public(town, phone):
    clerk = type(phone)(town.manager)
    body = {
        "client_key": "2d0f7c52-5a57-4f0c-9a68-222222222222",
        "at": now().isoformat(),
        "category": "schlagloch",
        "point": [town.middle.x, town.middle.y],
        "text": "Tiefes Loch",
    }
    said = clerk.post("meldung/", body).json()
    assert said["released"]
    assert said["url"] == f"/meldungen/{said['number']}/"


def test_photos_that_nothing_names_do_not_stay(planned, phone):
    (case,) = planned(1)
    named, _answer = phone.shoot(case, jpeg("red").read())
    phone.shoot(case, jpeg("blue").read())
    phone.do("notiz", case, photos=[named])
    at = now() + timedelta(days=SHOT_DAYS, minutes=1)
    assert delete_old_shots(at=at) == 2
    assert delete_unattached_files(at=at) == 1
    assert File.objects.get(case=case).client_key == UUID(named)

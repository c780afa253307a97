"""The day as a phone gets it: whose jobs, what stands on them, and what is nobody's business."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from cases.change import By
from cases.policy import State
from cases.services import assign, move, note
from dispatch.models import Presence
from reports.models import Category
from tests.field.conftest import Phone

pytestmark = pytest.mark.django_db


def test_a_crew_gets_the_jobs_of_its_own_team_only(town, planned, phone):
    (own,) = planned(1)
    planned(1, team=town.greens)
    day = phone.day()
    assert [job["id"] for job in day["jobs"]] == [own.pk]
    assert [team["name"] for team in day["teams"]] == ["Bauhof"]
    assert phone.day(f"?team={town.greens.pk}")["team"]["id"] == town.yard.pk
    both = Phone(town.manager).day(f"?team={town.greens.pk}")
    assert both["team"]["id"] == town.greens.pk
    assert len(both["teams"]) == 2


def test_a_job_says_what_is_needed_on_the_spot(town, planned, phone):
    first, second = planned(2)
    note(case=first, by=By.staff(town.manager), text="Schlüssel liegt beim Pförtner.")
    job = phone.job(first)
    assert job["title"] == "Schlagloch"
    assert job["text"] == "Loch Nummer 1"
    assert job["point"] == pytest.approx([town.middle.x, town.middle.y])
    assert [row["text"] for row in job["notes"]] == ["Schlüssel liegt beim Pförtner."]
    assert job["deeds"] == [
        "erledigt",
        "nicht-moeglich",
        "leitung",
        "notiz",
        "ort",
        "uebernehmen",
        "zurueckgeben",
        "wiedervorlage",
    ]
    assert job["version"] == first.version
    move(case=second, to=State.DONE, by=By.staff(town.manager))
    done = phone.job(second)
    assert done["closed"]
    assert done["deeds"] == ["notiz"]


def test_who_reported_it_stands_there_only_where_the_category_says_so(town, planned, phone):
    (case,) = planned(1, email="anna@example.org")
    assert phone.job(case)["contact"] is None
    assert b"anna@example.org" not in phone.get("tag/").content
    Category.objects.filter(pk=town.pothole.pk).update(contact_for_field=True)
    assert phone.job(case)["contact"]["email"] == "anna@example.org"


def test_earlier_reports_at_the_place(town, planned, phone, make_report):
    (case,) = planned(1)
    other = make_report("Schon einmal", at=now())
    assert [one["number"] for one in phone.job(case)["earlier"]] == [other.number]
    assign(case=other, by=By.staff(town.manager), unit=town.greens)
    assert phone.job(case)["earlier"] == []


def test_the_same_day_is_not_sent_twice(planned, phone):
    (case,) = planned(1)
    first = phone.get("tag/")
    again = phone.get("tag/", **{"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content
    phone.do("notiz", case, "Neu.")
    assert phone.get("tag/", **{"If-None-Match": first["ETag"]}).status_code == 200


def test_queries_do_not_grow_with_the_jobs(planned, phone):
    planned(1)
    phone.day()
    with CaptureQueriesContext(
        connection,
    ) as few:
        phone.day()
    planned(6)
    with CaptureQueriesContext(connection) as many:
        assert len(phone.day()["jobs"]) == 7
    assert len(many) == len(few)
    assert len(many) <= 36


def test_the_server_knows_when_a_phone_spoke(town, planned, phone):
    planned(1)
    phone.day()
    assert phone.post("stand/", {"waiting": 3, "needs_you": 1}).json() == {"schema": 1}
    seen = Presence.objects.get(user=town.field)
    assert (seen.unit, seen.waiting, seen.needs_you) == (town.yard, 3, 1)


def test_who_is_logged_in(town, phone):
    assert phone.get("ich/").json()["user"] == {"id": town.field.pk, "name": "Field"}


def test_around_are_own_and_public_cases(town, planned, phone, make_report):
    (own,) = planned(1)
    make_report("Geheim", at=now())
    found = phone.get(f"umgebung/?lat={town.middle.y}&lon={town.middle.x}&r=200").json()["items"]
    assert own.pk in [item["id"] for item in found]
    assert phone.get("umgebung/?lat=x&lon=1").status_code == 400

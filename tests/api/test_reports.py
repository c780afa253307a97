"""The interface: handing in, repeating, reading what is public."""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.change import By
from cases.models import Case
from reports.models import Photo
from reports.services import release_text
from tests.conftest import jpeg


def payload(town, **facts):
    return {
        "client_key": str(uuid.uuid4()),
        "municipality": town.municipality.slug,
        "category": "schlagloch",
        "point": {"type": "Point", "coordinates": [town.middle.x, town.middle.y]},
        "text": "Loch 🕳️ mit Wasser",
        "contact": {"email": "anna@example.org"},
        **facts,
    }


def post(client, body):
    return client.post("/api/v1/reports/", json.dumps(body), content_type="application/json")


def test_a_report_is_made_once_however_often_it_is_sent(client, town):
    body = payload(town)
    first, again = post(client, body), post(client, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert set(first.json()) == {"number", "state", "url", "own_url", "receipt_url"}
    assert Case.objects.count() == 1


def test_another_payload_under_the_same_key_is_a_conflict(client, town):
    body = payload(town)
    post(client, body)
    answer = post(client, {**body, "text": "ganz anders"})
    assert answer.status_code == 409
    assert "client_key" in answer.json()["errors"]


def test_photos_come_in_the_same_call_or_in_a_second_one(client, town):
    body = payload(town)
    first = client.post("/api/v1/reports/", {"report": json.dumps(body), "photos": [jpeg("red"), jpeg("blue")]})
    assert first.status_code == 201
    number = first.json()["number"]
    second = client.post(
        f"/api/v1/reports/{number}/photos/", {"client_key": body["client_key"], "photos": [jpeg("blue"), jpeg("green")]}
    )
    assert second.status_code == 200
    assert Photo.objects.count() == 3
    stranger = client.post(f"/api/v1/reports/{number}/photos/", {"client_key": str(uuid.uuid4()), "photos": [jpeg()]})
    assert stranger.status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"category": "gibt-es-nicht"}, "category"),
        ({"municipality": "atlantis"}, "municipality"),
        ({"point": {"type": "Point", "coordinates": ["a", 1]}}, "point"),
        ({"point": {"type": "Point", "coordinates": [400, 1]}}, "point"),
        ({"point": [1, 2]}, "point"),
        ({"point": None}, "point"),
        ({"point": {"type": "Point", "coordinates": [2.0, 48.0]}}, "point"),
        ({"client_key": "keine"}, "client_key"),
        ({"client_key": True}, "client_key"),
        ({"client_key": 1}, "client_key"),
        ({"contact": {"email": "kein at"}}, "contact.email"),
        ({"contact": "anna"}, "contact.non_field_errors"),
        ({"text": "x" * 2001}, "text"),
    ],
)
def test_wrong_input_names_the_field(change, field, client, town):
    answer = post(client, payload(town, **change))
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Case.objects.exists()


def test_broken_json_and_other_methods_are_told(client, town):
    assert client.post("/api/v1/reports/", "{", content_type="application/json").status_code == 400
    assert client.post("/api/v1/reports/", "a,b", content_type="text/csv").status_code == 415
    assert client.delete("/api/v1/reports/").status_code == 405
    assert client.get("/api/v1/nothing/").json()["status"] == 404


@pytest.mark.parametrize("deep", ["[" * 100_000 + "]" * 100_000, '{"answers": ' + "[" * 400 + "]" * 400 + "}"])
def test_json_without_a_bottom_is_refused(deep, client, town):
    assert client.post("/api/v1/reports/", deep, content_type="application/json").status_code == 400
    answer = client.post("/api/v1/reports/", {"report": deep})
    assert answer.status_code == 400
    assert "report" in answer.json()["errors"]


def test_a_body_that_is_too_large_is_told(client, town):
    assert post(client, payload(town, text="x" * 3_000_000)).status_code == 413
    many = {"report": json.dumps(payload(town)), "photos": [jpeg() for _number in range(101)]}
    answer = client.post("/api/v1/reports/", many)
    assert answer.status_code == 400
    assert "photos" in answer.json()["errors"]


def test_with_an_unusable_photo_no_report_is_made(client, town):
    body = {"report": json.dumps(payload(town)), "photos": [jpeg(), SimpleUploadedFile("a.jpg", b"<svg/>")]}
    answer = client.post("/api/v1/reports/", body)
    assert answer.status_code == 400
    assert "photos" in answer.json()["errors"]
    assert not Case.objects.exists()


def test_a_kind_without_a_place_needs_no_point(client, town):
    assert post(client, payload(town, category="lob", point=None)).status_code == 201


def test_only_released_reports_are_read(client, town, make_report):
    hidden, shown = make_report("verborgen"), make_report("sichtbar")
    release_text(case=shown, by=By.system())
    page = client.get("/api/v1/reports/", {"municipality": "harsewinkel"}).json()
    assert [one["id"] for one in page["features"]] == [shown.number]
    assert page["next"] is None
    assert client.get(f"/api/v1/reports/{shown.number}/").json()["properties"]["text"] == "sichtbar"
    assert set(client.get(f"/api/v1/reports/{hidden.number}/").json()) == {"number", "state", "since"}


def test_a_complaint_is_as_unknown_as_a_number_never_given(client, town, make_report):
    secret = make_report(category=town.complaint, point=None)
    answers = [client.get(f"/api/v1/reports/{number}/") for number in (secret.number, "HSW-2026-999999")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()


def test_paging_reaches_every_report_once(client, town, make_report):
    numbers = set()
    for n in range(7):
        case = make_report(f"Loch {n}")
        release_text(case=case, by=By.system())
        numbers.add(case.number)
    seen, url = [], "/api/v1/reports/?limit=3"
    while url:
        page = client.get(url).json()
        seen += [one["id"] for one in page["features"]]
        url = page["next"]
    assert len(seen) == 7
    assert set(seen) == numbers


def test_the_list_costs_the_same_for_any_number_of_reports(client, town, make_report, django_assert_max_num_queries):
    for n in range(5):
        release_text(case=make_report(f"Loch {n}"), by=By.system())
    with django_assert_max_num_queries(8):
        client.get("/api/v1/reports/")


def test_a_bad_filter_is_told(client, town):
    answer = client.get("/api/v1/reports/", {"bbox": "1,2,3"})
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_categories_name_group_and_questions(client, town):
    rows = client.get("/api/v1/categories/", {"municipality": "harsewinkel"}).json()
    assert {"slug", "name", "group", "questions"} <= set(rows[0])
    assert {"schlagloch", "laterne"} <= {row["slug"] for row in rows}


def test_the_schema_names_every_operation(client, town):
    schema = client.get("/api/schema/?format=json")
    assert schema.status_code == 200
    assert set(schema.json()["paths"]) == {
        "/api/v1/categories/",
        "/api/v1/reports/",
        "/api/v1/reports/{number}/",
        "/api/v1/reports/{number}/photos/",
    }


def test_handing_in_costs_few_queries(client, town, django_assert_max_num_queries):
    post(client, payload(town))
    with django_assert_max_num_queries(18):  # two of them are savepoints of the test itself
        assert post(client, payload(town)).status_code == 201


def test_repeating_is_possible_when_nothing_more_is_taken(client, town, monkeypatch):
    body = payload(town)
    post(client, body)
    monkeypatch.setattr("api.views.may_send", lambda **_facts: False)
    assert post(client, body).status_code == 200
    refused = post(client, payload(town))
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "3600"

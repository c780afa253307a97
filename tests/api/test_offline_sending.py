"""What a phone needs that sends later: each photo under its own key, and a word about what had arrived before."""

import uuid

from cases.models import Case, File
from reports.models import Photo
from tests.api.test_reports import payload, post
from tests.conftest import jpeg


def add(client, number, key, upload, **more):
    return client.post(f"/api/v1/reports/{number}/photos/", {"client_key": key, "photos": upload, **more})


def test_a_photo_sent_again_under_its_key_is_kept_once(client, town):
    body = payload(town)
    number = post(client, body).json()["number"]
    key = str(uuid.uuid4())
    for upload in (jpeg("red"), jpeg("red"), jpeg("blue")):  # the last one: a phone that shrank it anew
        assert add(client, number, body["client_key"], upload, photo_key=key).status_code == 200
    assert Photo.objects.count() == File.objects.count() == 1
    assert str(File.objects.get().client_key) == key


def test_a_photo_key_must_be_one_and_for_one_photo(client, town):
    body = payload(town)
    number = post(client, body).json()["number"]
    assert add(client, number, body["client_key"], jpeg(), photo_key="7").status_code == 400
    two = [jpeg("red"), jpeg("blue")]
    answer = add(client, number, body["client_key"], two, photo_key=str(uuid.uuid4()))
    assert answer.status_code == 400
    assert "photo_key" in answer.json()["errors"]


def test_a_change_that_comes_too_late_learns_the_number_and_nothing_secret(client, town):
    body = payload(town)
    number = post(client, body).json()["number"]
    answer = post(client, {**body, "text": "ganz anders"})
    assert (answer.status_code, answer.json()["number"]) == (409, number)
    assert Case.objects.get().secret not in answer.content.decode()


def test_the_answer_leads_to_the_receipt(client, town):
    receipt = post(client, payload(town)).json()["receipt_url"]
    page = client.get(receipt.partition("localhost")[2].lstrip(":0123456789") or receipt)
    assert Case.objects.get().number in page.content.decode()

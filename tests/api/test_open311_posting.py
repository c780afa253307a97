"""Open311: what is written. Requests with attributes and media, keys, repetitions, updates of back-office systems."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import keys
from accounts.models import ApiKey, RuleChange
from accounts.policy import Scope
from api.open311.policy import AIMS, Update
from cases.change import By
from cases.models import Case, Contact, Entry, File, Stage
from cases.policy import Deed, State
from reports.models import Photo
from reports.services import release_text
from reports.throttle import SENDS_PER_ADDRESS
from tests.api.test_open311_reading import ROOT, asking
from tests.conftest import jpeg, make_category

__all__ = ["asking"]


def fields(town, **facts: Any) -> dict[str, Any]:
    return {
        "jurisdiction_id": town.municipality.slug,
        "service_code": "schlagloch",
        "lat": town.middle.y,
        "long": town.middle.x,
        "description": "Loch 🕳️ mit Wasser",
        **facts,
    }


def post(client, body, path="requests.json"):
    return client.post(f"{ROOT}/{path}", body)


def number_of(answer):
    assert answer.status_code in (200, 201), answer.content
    return answer.json()[0]["service_request_id"]


@pytest.fixture
def make_key(town):
    """`make_key(scopes…, of=town, unit=…)` returns the secret of a new key."""

    def make(*scopes: Scope, of=None, unit=None, days=30):
        where, now = of or town, timezone.now()
        _key, secret = keys.make(
            municipality=where.municipality,
            name="Programm",
            scopes=scopes or [Scope.SUBMIT],
            unit=unit,
            expires_at=now + timedelta(days=days),
            by=where.admin,
            at=now,
        )
        return secret

    return make


def test_a_request_is_handed_in_as_a_form(client, town):
    sent = fields(town, first_name="Anna", last_name="Meier", email="anna@example.org", phone="05247 1", device_id="x")
    answer = post(client, {**sent, "deviceid": "y", "account_id": "3"})
    assert answer.status_code == 201
    (row,) = answer.json()
    assert set(row) == {"service_request_id", "service_notice", "account_id"}
    case = Case.objects.get(number=row["service_request_id"])
    assert (case.report.text, case.source) == ("Loch 🕳️ mit Wasser", "api")
    assert (case.contact.name, case.contact.email, case.contact.phone) == ("Anna Meier", "anna@example.org", "05247 1")
    assert (case.point.x, case.point.y) == (town.middle.x, town.middle.y)
    assert answer["RateLimit-Limit"] == str(SENDS_PER_ADDRESS)
    assert answer["RateLimit-Remaining"] == str(SENDS_PER_ADDRESS - 1)
    written = ElementTree.fromstring(post(client, fields(town, description="anders"), "requests.xml").content)
    assert written.tag == "service_requests"
    assert written.findtext("request/service_request_id", "").startswith("HSW-")


def test_an_address_in_words_is_a_place_and_a_service_is_words_enough(client, town):
    sent = {"service_code": "schlagloch", "address_string": "Hauptstraße 1"}
    case = Case.objects.get(number=number_of(post(client, sent)))
    assert (case.point, case.report.address, case.report.text) == (None, "Hauptstraße 1", "Schlagloch")


def test_attributes_come_in_both_spellings(client, town, asking):
    sent = fields(town, service_code="lampe")
    sent |= {
        "attribute[mast]": "12-3",
        "attribute[count]": "2",
        "attribute[since]": "2026-05-03T22:30:00Z",
        "attribute[danger]": "yes",
        "attribute[sides][]": ["left", "right"],
        "attribute[unbekannt]": "egal",
    }
    case = Case.objects.get(number=number_of(post(client, sent)))
    assert case.report.answers == {
        "mast": "12-3",
        "count": 2,
        "since": "2026-05-04",
        "danger": True,
        "sides": ["left", "right"],
    }
    missing = post(client, fields(town, service_code="lampe"))
    assert missing.status_code == 400
    assert {one["description"].partition(":")[0] for one in missing.json()} == {"attribute[mast]", "attribute[danger]"}


def test_several_media_and_addresses_of_others(client, town):
    sent = fields(town, media=[jpeg("red"), jpeg("blue")], media_url="https://photos.example/1.jpg")
    number = number_of(post(client, sent))
    assert Photo.objects.filter(report__case__number=number).count() == 2
    note = Entry.objects.get(case__number=number, deed=Deed.NOTE.value)
    assert "https://photos.example/1.jpg" in note.text
    assert not note.public
    assert number_of(post(client, {**sent, "media": [jpeg("red"), jpeg("blue")]})) == number
    assert Entry.objects.filter(case__number=number, deed=Deed.NOTE.value).count() == 1


def test_what_is_sent_again_is_the_same_request(client, town, monkeypatch):
    first = post(client, fields(town, media=jpeg("red")))
    again = post(client, fields(town, media=jpeg("red")))
    assert (first.status_code, again.status_code) == (201, 200)
    assert number_of(first) == number_of(again)
    assert Case.objects.count() == 1
    number_of(post(client, fields(town, media=jpeg("blue"))))
    number_of(post(client, fields(town, description="Ein anderes Loch")))
    assert Case.objects.count() == 3
    now = timezone.now().timestamp()
    monkeypatch.setattr("api.open311.posting.time.time", lambda: now + 1800)
    assert number_of(post(client, fields(town, media=jpeg("red")))) == number_of(first)
    monkeypatch.setattr("api.open311.posting.time.time", lambda: now + 7200)
    assert number_of(post(client, fields(town, media=jpeg("red")))) != number_of(first)


def test_a_key_of_the_senders_own_makes_it_repeatable_for_ever(client, town):
    sent = fields(town, client_key=str(uuid.uuid4()))
    assert number_of(post(client, sent)) == number_of(post(client, sent))
    assert post(client, {**sent, "description": "anders"}).status_code == 409
    assert post(client, fields(town, client_key="keiner")).status_code == 400


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"service_code": ""}, 400),
        ({"service_code": "gibt-es-nicht"}, 404),
        ({"jurisdiction_id": "atlantis"}, 404),
        ({"api_key": "anl_falsch"}, 403),
        ({"lat": ""}, 400),
        ({"lat": "x"}, 400),
        ({"lat": "inf"}, 400),
        ({"lat": "48.0", "long": "2.0"}, 400),
        ({"lat": "", "long": ""}, 400),
        ({"email": "kein at"}, 400),
        ({"description": "x" * 2001}, 400),
        ({"phone": "1" * 41}, 400),
    ],
)
def test_refusals_change_nothing(change, code, client, town):
    answer = post(client, fields(town, **change))
    assert answer.status_code == code
    assert {error["code"] for error in answer.json()} == {code}
    assert ElementTree.fromstring(post(client, fields(town, **change), "requests.xml").content).tag == "errors"
    assert not Case.objects.exists()
    assert not Contact.objects.exists()


def test_bodies_that_are_no_forms_are_told(client, town):
    address = f"{ROOT}/requests.json"
    assert client.post(address, '{"a": 1}', content_type="application/json").status_code == 400
    entity = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    assert client.post(address, entity, content_type="text/xml").status_code == 400
    assert client.post(address, b"x", content_type="multipart/form-data; boundary=y").status_code == 400
    odd = "multipart/form-data; boundary=y; charset=hex"
    assert client.generic("POST", address, b"a=%ff", content_type=odd).status_code == 400
    assert post(client, {"x": "y" * 3_000_000}).status_code == 413
    picture = SimpleUploadedFile("a.jpg", b"<svg/>")
    answer = post(client, fields(town, media=picture))
    assert answer.status_code == 400
    assert answer.json()[0]["description"].startswith("media:")
    assert not Case.objects.exists()


def test_what_belongs_elsewhere_says_where(client, town):
    make_category(town.municipality, "parken", "Falschparken", redirect_text={"de": "Bitte an die Polizei."})
    make_category(town.municipality, "intern", "Intern", staff_only=True)
    answer = post(client, fields(town, service_code="parken"))
    assert answer.status_code == 400
    assert "Polizei" in answer.json()[0]["description"]
    assert post(client, fields(town, service_code="intern")).status_code == 400


def test_too_many_are_told_when_to_come_again(client, town, make_key):
    answers = [post(client, fields(town, description=f"Loch {n}")) for n in range(SENDS_PER_ADDRESS + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {201}
    last = answers[-1]
    assert (last.status_code, last["RateLimit-Remaining"]) == (429, "0")
    assert 0 < int(last["Retry-After"]) <= 3600
    assert post(client, fields(town, description="Loch 0")).status_code == 200
    with_key = post(client, fields(town, description="mit Schlüssel", api_key=make_key()))
    assert (with_key.status_code, with_key["RateLimit-Limit"]) == (201, "600")


def test_a_town_may_ask_for_a_key(client, town, neighbour, make_key):
    town.municipality.keys_only = True
    town.municipality.save()
    assert post(client, fields(town)).status_code == 403
    for wrong in (make_key(Scope.READ), make_key(of=neighbour)):
        assert post(client, fields(town, api_key=wrong)).status_code == 403
    assert not Case.objects.exists()
    good = make_key()
    assert post(client, fields(town, api_key=good)).status_code == 201
    assert post(client, fields(neighbour, api_key=good)).status_code == 403
    for key in ApiKey.objects.filter(municipality=town.municipality):
        keys.revoke(key=key, by=town.admin, at=timezone.now())
    assert post(client, fields(town, api_key=good, description="neu")).status_code == 403


def test_an_expired_key_is_none(client, town, make_key):
    secret = make_key(days=1)
    ApiKey.objects.update(expires_at=timezone.now())
    assert post(client, fields(town, api_key=secret)).status_code == 403


def update(client, number, secret, **facts):
    sent = {"service_request_id": number, "api_key": secret, "jurisdiction_id": "harsewinkel", **facts}
    return post(client, sent, "servicerequestupdates.json")


def test_a_back_office_system_moves_a_case(client, town, make_key, make_report):
    case, secret = make_report(), make_key(Scope.TRIAGE)
    release_text(case=case, by=By.system())
    for word, state, text in (
        ("IN_PROGRESS", State.OPEN, ""),
        ("ACTION_SCHEDULED", State.OPEN, "Am Montag."),
        ("OPEN", State.OPEN, "Wir sind dran."),
        ("FIXED", State.DONE, "Fertig."),
        ("REOPEN", State.OPEN, "Doch noch nicht."),
        ("NOT_COUNCILS_RESPONSIBILITY", State.REJECTED, "Das gehört dem Land."),
    ):
        answer = update(client, case.number, secret, status=word, description=text)
        assert answer.status_code == 200, answer.content
        case.refresh_from_db()
        assert case.state == state.value, word
        assert answer.json()[0]["update_id"] == str(Entry.objects.latest("pk").pk)
    assert case.stage == Stage.objects.get(municipality=town.municipality, slug="nicht-zustaendig")
    told = client.get(f"{ROOT}/servicerequestupdates.json").json()
    assert told[-1]["status"] == "NOT_COUNCILS_RESPONSIBILITY"
    assert Entry.objects.latest("pk").user.name == "Programm"


def test_an_update_that_comes_again_is_written_once(client, town, make_key, make_report):
    case, secret = make_report(), make_key(Scope.FIELD)
    facts = {"status": "FIXED", "description": "Fertig.", "update_id": "77", "media": jpeg("red")}
    first = update(client, case.number, secret, **facts)
    again = update(client, case.number, secret, **{**facts, "media": jpeg("red")})
    assert first.json() == again.json()
    assert Entry.objects.filter(case=case, deed=Deed.MOVED.value).count() == 1
    assert Photo.objects.filter(report__case=case, by_staff=True).count() == 1


def test_who_may_not_write_updates(client, town, neighbour, make_key, make_report):
    case = make_report(email="anna@example.org")
    greens = make_key(Scope.TRIAGE, unit=town.greens)
    theirs = make_key(Scope.TRIAGE, of=neighbour)
    before = Entry.objects.count()
    asked = {"status": "FIXED", "description": "Fertig.", "email": "anna@example.org"}
    assert update(client, case.number, "", **asked).status_code == 403
    assert update(client, case.number, make_key(), **asked).status_code == 403
    assert update(client, case.number, theirs, **asked).status_code == 403
    assert update(client, case.number, theirs, **{**asked, "jurisdiction_id": "heek"}).status_code == 404
    assert update(client, case.number, greens, **asked).status_code == 404
    good = make_key(Scope.TRIAGE, unit=town.yard)
    assert update(client, case.number, good, status="VIELLEICHT", description="x").status_code == 400
    assert update(client, "HSW-1", good, **asked).status_code == 404
    assert update(client, "", good, **asked).status_code == 400
    assert update(client, case.number, good, status="NO_FURTHER_ACTION").status_code == 400
    assert Entry.objects.count() == before
    assert update(client, case.number, good, **asked).status_code == 200


def test_a_key_is_kept_as_a_hash_and_noted(client, town, make_key):
    secret = make_key(Scope.TRIAGE)
    key = ApiKey.objects.get()
    assert secret not in str(ApiKey.objects.values())
    assert (key.used_at, key.user.has_mailbox, key.user.has_usable_password()) == (None, False, False)
    client.get(f"{ROOT}/requests.json", {"api_key": secret})
    key.refresh_from_db()
    assert key.used_at is not None
    log = RuleChange.objects.get(subject="api_key")
    assert log.actor == town.admin
    assert secret not in str((log.before, log.after))


NASTY = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "\x00", "nan", "1e999", "-0", "']--", "<!ENTITY", "9" * 400, "true", "\ud7ff\ufffe", "schlagloch", "lampe"]
    ),
    st.integers().map(str),
    st.floats().map(str),
)
NAMES = [
    "jurisdiction_id",
    "service_code",
    "lat",
    "long",
    "lon",
    "address_string",
    "address_id",
    "email",
    "device_id",
    "deviceid",
    "account_id",
    "first_name",
    "last_name",
    "phone",
    "description",
    "media_url",
    "media",
    "api_key",
    "client_key",
    "attribute[mast]",
    "attribute[count]",
    "attribute[since]",
    "attribute[danger]",
    "attribute[sides][]",
    "attribute[]",
    "attribute[[]]",
    "service_request_id",
    "status",
    "update_id",
    "page",
    "bbox",
    "q",
    "radius",
    "start_date",
    "end_date",
    "updated_after",
    "updated_before",
    "updated_datetime",
    "extensions",
    "detailed_status",
    "page_size",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    usual=st.booleans(),
    hostile=st.dictionaries(st.sampled_from(NAMES), st.one_of(NASTY, st.lists(NASTY, max_size=3)), max_size=6),
    path=st.sampled_from(["requests", "servicerequestupdates"]),
)
def test_hostile_values_are_taken_or_refused_clearly(usual, hostile, path, client, town, asking, make_key):
    def rows():
        return [model.objects.count() for model in (Case, Entry, Contact, File, Photo)]

    hostile = {name: _encodable(value) for name, value in hostile.items()}
    sent = {**fields(town, service_code="lampe", **{"attribute[mast]": "1", "attribute[danger]": "no"}), **hostile}
    before = rows()
    answer = post(client, sent if usual else hostile, f"{path}.xml")
    assert answer.status_code in {200, 201, 400, 403, 404, 409, 413, 429}
    found = ElementTree.fromstring(answer.content)
    if answer.status_code >= 400:
        assert found.tag == "errors"
        assert rows() == before
    read = client.get(f"{ROOT}/{path}.xml", hostile)
    assert read.status_code in {200, 400, 403, 404, 429}
    ElementTree.fromstring(read.content)


def _encodable(value):
    texts = value if isinstance(value, list) else [value]
    clean = [text.encode("utf-8", "ignore").decode() for text in texts]
    return clean if isinstance(value, list) else clean[0]


def test_every_word_of_updates_leads_somewhere():
    assert set(AIMS) == set(Update)

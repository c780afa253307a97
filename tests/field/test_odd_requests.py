"""What a broken, an old or a hostile app sends: refused in a sentence, or mended; never an error of ours."""

import json
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.dateparse import parse_datetime
from django.utils.timezone import now

from cases.models import Case, Entry
from field.models import Shot
from tests.conftest import jpeg
from tests.field.conftest import API, Phone
from tests.field.test_access import reason

pytestmark = pytest.mark.django_db


def sent(phone, path, body, **headers):
    known = {"Field-Schema": "1", "Field-User": str(phone.user.pk), **headers}
    return phone.client.post(API + path, body, content_type="application/json", headers=known)


@pytest.fixture
def new_report(town):
    def make(**more):
        place = [town.middle.x, town.middle.y]
        facts = {"at": now().isoformat(), "category": "schlagloch", "point": place, "text": "Loch", "address": ""}
        return {"client_key": str(uuid.uuid4()), **facts, **more}

    return make


def test_what_does_not_say_for_whom_it_is_is_refused(phone):
    answer = phone.client.post(f"{API}stand/", "{}", content_type="application/json", headers={"Field-Schema": "1"})
    assert reason(answer) == (400, "invalid")
    assert "laden Sie die App neu" in answer.json()["detail"]


def test_half_an_emoji_and_nul_do_not_hold_up_a_phone(planned, phone, new_report):
    (case,) = planned(1)
    answer = phone.do("notiz", case, "Loch \ud83d\x00 ist tief 🚧")
    assert answer.status_code == 200
    assert Entry.objects.get(pk=answer.json()["entry"]).text == "Loch \ufffd ist tief 🚧"
    made = phone.post("meldung/", new_report(text="a\ud800", address="b\x00\udc00"))
    assert made.status_code == 200
    assert Case.objects.get(pk=made.json()["case"]).report.address == "b\ufffd"
    assert reason(phone.post("meldung/", new_report(category="schlag\x00\ud800"))) == (400, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"a":' + "9" * 10_000 + "}",
        '{"kind": "notiz", "x":' + "[" * 950 + "]" * 950 + "}",
    ],
)
def test_deep_or_huge_json_is_refused_in_words(phone, body):
    answer = sent(phone, "eintrag/", body)
    assert reason(answer) == (400, "invalid")
    assert "Leitung" in answer.json()["detail"]


def test_too_much_at_once_is_answered_as_everything_else(phone):
    answer = sent(phone, "eintrag/", json.dumps({"text": "x" * 3_000_000}))
    assert reason(answer) == (413, "invalid")
    headers = {"Field-Schema": "1", "Field-User": str(phone.user.pk)}
    broken = phone.client.post(f"{API}foto/", b"abc", content_type="multipart/form-data", headers=headers)
    assert reason(broken) == (400, "invalid")
    many = {f"file{number}": SimpleUploadedFile("a.jpg", b"x") for number in range(101)}
    assert reason(phone.client.post(f"{API}foto/", many, headers=headers)) == (400, "invalid")


def test_a_text_that_is_too_long_says_how_long_it_may_be(planned, phone):
    (case,) = planned(1)
    for length in (5_000, 100_000):
        assert "höchstens 4000" in phone.do("notiz", case, "x" * length).json()["detail"]
    point = [case.point.x, case.point.y]
    assert "250 Zeichen" in phone.do("ort", case, "x" * 300, point=point).json()["detail"]


@pytest.mark.parametrize(
    "point", [[10**400, 3], [float("nan"), 50], [float("inf"), 3], [True, 50], ["8", "50"], [0, 0]]
)
def test_a_place_that_is_none(planned, phone, point):
    (case,) = planned(1)
    assert reason(phone.do("ort", case, point=point)) == (400, "invalid")


def test_an_order_for_a_day_out_of_all_time(town, phone):
    for day in ("0001-01-01", "9999-12-31"):
        assert reason(phone.do("reihenfolge", None, team=town.yard.pk, day=day, order=[])) == (400, "invalid")


def test_an_origin_that_is_no_address(phone):
    assert reason(phone.post("stand/", {}, Origin="http://[")) == (403, "denied")


def test_a_report_by_a_phone_with_a_wrong_clock_counts_from_when_it_arrived(phone, new_report):
    for at in ("0001-01-02T00:00:00+00:00", "1970-01-01T00:00:00+00:00", "2199-01-01T00:00:00+00:00"):
        case = Case.objects.get(pk=phone.post("meldung/", new_report(at=at)).json()["case"])
        assert now() - case.submitted_at < timedelta(minutes=1)
    waited = (now() - timedelta(days=20)).isoformat()
    case = Case.objects.get(pk=phone.post("meldung/", new_report(at=waited)).json()["case"])
    assert case.submitted_at == parse_datetime(waited)


def test_the_key_of_a_report_belongs_to_who_made_it(town, phone, new_report):
    said = new_report()
    assert phone.post("meldung/", said).status_code == 200
    assert reason(Phone(town.manager).post("meldung/", said)) == (409, "key")
    assert reason(Phone(town.manager).shoot(None, report=said["client_key"])[1]) == (404, "gone")


def test_the_key_of_a_photo_is_never_another_photo(town, planned, phone):
    (case,) = planned(1)
    data = jpeg("red").read()
    key, _answer = phone.shoot(case, data)
    assert reason(Phone(town.manager).shoot(case, data, key=key)[1]) == (409, "key")
    # The keys were forgotten since; the file is still there under its own.
    Shot.objects.all().delete()
    assert reason(phone.shoot(case, jpeg("blue").read(), key=key)[1]) == (409, "key")
    assert phone.shoot(case, data, key=key)[1].status_code == 200


def test_photos_come_only_with_deeds_of_their_own_case_and_sender(town, planned, phone):
    case, other = planned(2)
    key, _answer = phone.shoot(case)
    assert reason(phone.do("notiz", other, "x", photos=[key])) == (400, "photos")
    assert phone.do("erledigt", case, photos=[key]).status_code == 200
    taken_away = phone.do("notiz", case, "Mit dem Foto von eben", photos=[key])
    assert reason(taken_away) == (400, "invalid")
    assert reason(Phone(town.manager).do("notiz", case, "x", photos=[key])) == (400, "photos")


def test_a_report_beyond_the_border_has_no_page_here(town, neighbour, planned, phone):
    (case,) = planned(1)
    Case.objects.filter(pk=case.pk).update(public_at=now())
    query = f"umgebung/?lat={case.point.y}&lon={case.point.x}"
    (item,) = phone.get(query).json()["items"]
    assert item["public_url"]
    Case.objects.filter(pk=case.pk).update(municipality=neighbour.municipality, unit=None)
    (item,) = phone.get(query).json()["items"]
    assert (item["id"], item["public_url"]) == (None, None)

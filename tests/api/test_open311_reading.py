"""Open311: what is read. XML and JSON, release rules, filters, errors, and how many queries it takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from cases.change import Act, By
from cases.models import Stage
from cases.policy import State
from cases.services import move, note, update
from forms.services import put_form
from reports.services import release_text
from tests.conftest import make_category, make_town

ROOT = "/open311/v2"
QUESTIONS = {
    "steps": [
        {
            "slug": "lamp",
            "title": {"de": "Laterne"},
            "fields": [
                {"slug": "mast", "type": "text", "label": {"de": "Mastnummer"}, "required": True},
                {"slug": "count", "type": "integer", "label": {"de": "Wie viele?"}, "min": 1},
                {"slug": "since", "type": "date", "label": {"de": "Seit wann?"}},
                {"slug": "details", "type": "textarea", "label": {"de": "Sonst noch?"}, "private": True},
                {"slug": "danger", "type": "yesno", "label": {"de": "Gefahr?"}, "required": True},
                {
                    "slug": "sides",
                    "type": "choices",
                    "label": {"de": "Seiten"},
                    "required": True,
                    "when": {"field": "danger", "is": True},
                    "options": [
                        {"value": "left", "label": {"de": "links"}},
                        {"value": "right", "label": {"de": "rechts"}},
                    ],
                },
            ],
        }
    ]
}


@pytest.fixture
def asking(town):
    """A category with questions of every sort."""
    version = put_form(municipality=town.municipality, slug="lampe", title={"de": "Lampe"}, definition=QUESTIONS)
    return make_category(town.municipality, "lampe", "Lampe <aus> & weg", form=version.form, keywords="licht, mast")


@pytest.fixture
def public(make_report):
    """`public(text, …)` hands in and releases a report of today."""

    def make(text="Tiefes Loch", **facts):
        case = make_report(text, **{"at": timezone.now() - timedelta(hours=1), **facts})
        release_text(case=case, by=By.system())
        return case

    return make


def get(client, path, **query):
    answer = client.get(f"{ROOT}/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer


def xml(answer):
    return ElementTree.fromstring(answer.content)


def numbers(client, **query):
    return [row["service_request_id"] for row in get(client, "requests.json", **query).json()]


@pytest.mark.parametrize("place", ["/open311", ROOT])
def test_discovery_names_the_endpoint(place, client, town):
    found = client.get(f"{place}/discovery.json").json()
    assert found["endpoints"][0]["url"].endswith(ROOT)
    assert found["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    written = xml(client.get(f"{place}/discovery.xml"))
    assert written.findtext("endpoints/endpoint/specification") == "http://wiki.open311.org/GeoReport_v2"
    assert written.findtext("endpoints/endpoint/formats/format") == "text/xml"


def test_answers_say_what_they_are_in(client, town):
    written = get(client, "services.xml")
    assert written["Content-Type"] == "text/xml; charset=utf-8"
    assert written.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    assert get(client, "services.json")["Content-Type"] == "application/json; charset=utf-8"
    assert get(client, "services")["Content-Type"].startswith("text/xml")
    assert client.get(f"{ROOT}/services", headers={"accept": "application/json"}).json()
    assert written["Access-Control-Allow-Origin"] == "*"


def test_services_are_the_categories_that_can_be_reported(client, town, asking):
    make_category(town.municipality, "parken", "Falschparken", redirect_text={"de": "Bitte an die Polizei."})
    make_category(town.municipality, "intern", "Intern", staff_only=True)
    rows = {row["service_code"]: row for row in get(client, "services.json").json()}
    assert not {"parken", "intern"} & set(rows)
    assert rows["lampe"] == {
        "service_code": "lampe",
        "service_name": "Lampe <aus> & weg",
        "description": "Lampe <aus> & weg",
        "metadata": True,
        "type": "realtime",
        "keywords": "licht, mast",
        "group": "Straße",
    }
    assert rows["schlagloch"]["metadata"] is False
    written = {one.findtext("service_code"): one for one in xml(get(client, "services.xml"))}
    assert written["lampe"].findtext("service_name") == "Lampe <aus> & weg"
    assert written["lampe"].findtext("metadata") == "true"
    assert client.get(f"{ROOT}/services/parken.json").status_code == 404


def test_a_definition_has_the_questions_in_the_words_of_the_standard(client, town, asking):
    found = get(client, "services/lampe.json").json()
    assert found["service_code"] == "lampe"
    by_code = {one["code"]: one for one in found["attributes"]}
    assert [one["order"] for one in found["attributes"]] == [1, 2, 3, 4, 5, 6]
    kinds = {code: (one["datatype"], one["required"]) for code, one in by_code.items()}
    assert kinds == {
        "mast": ("string", True),
        "count": ("number", False),
        "since": ("datetime", False),
        "details": ("text", False),
        "danger": ("singlevaluelist", True),
        "sides": ("multivaluelist", False),
    }
    assert by_code["sides"]["values"] == [{"key": "left", "name": "links"}, {"key": "right", "name": "rechts"}]
    written = xml(get(client, "services/lampe.xml"))
    assert [one.findtext("key") for one in written.findall("attributes/attribute[5]/values/value")] == ["yes", "no"]
    assert get(client, "services/schlagloch.json").json() == {"service_code": "schlagloch", "attributes": []}


def test_a_released_request_is_shown_whole(client, town, public):
    case = public("Ein <b>Loch</b> & mehr", address="Hauptstraße 1, 33428 Harsewinkel")
    update(case=case, by=By.staff(town.manager), text="Wir waren da.")
    (row,) = get(client, "requests.json").json()
    assert row["service_request_id"] == case.number
    assert row["status"] == "open"
    assert row["status_notes"] == "Wir waren da."
    assert (row["service_code"], row["service_name"]) == ("schlagloch", "Schlagloch")
    assert row["description"] == "Ein <b>Loch</b> & mehr"
    assert row["agency_responsible"] == "Bauhof"
    assert row["zipcode"] == "33428"
    assert row["requested_datetime"].endswith("Z")
    assert (row["lat"], row["long"]) == (case.point.y, case.point.x)
    assert "extended_attributes" not in row
    one = xml(get(client, f"requests/{case.number}.xml"))
    assert one.tag == "service_requests"
    assert one.findtext("request/description") == "Ein <b>Loch</b> & mehr"
    assert get(client, f"requests/{case.number}.json").json() == [row]
    wide = get(client, "requests.json", extensions="true").json()[0]["extended_attributes"]
    assert wide["detailed_status"] == "RECEIVED"
    assert wide["url"].endswith(f"{case.number}/")


def test_what_is_not_released_answers_with_number_and_state_alone(client, town, make_report):
    waiting, closed = make_report("Geheim A"), make_report("Geheim B")
    move(case=closed, to=State.DONE, by=By.staff(town.manager), text="Geheim C")
    assert get(client, "requests.json").json() == []
    assert get(client, f"requests/{waiting.number}.json").json() == [
        {"service_request_id": waiting.number, "status": "open"}
    ]
    both = get(client, "requests.json", service_request_id=f"{closed.number},{waiting.number},unbekannt").json()
    assert both == [
        {"service_request_id": closed.number, "status": "closed"},
        {"service_request_id": waiting.number, "status": "open"},
    ]
    assert get(client, "servicerequestupdates.json").json() == []


def test_a_confidential_request_is_as_unknown_as_a_number_never_given(client, town, make_report):
    secret = make_report(category=town.complaint, point=None)
    answers = [client.get(f"{ROOT}/requests/{number}.json") for number in (secret.number, "HSW-2026-999999")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()[0]["code"] == 404
    words = [answer.json()[0]["description"] for answer in answers]
    assert words[0].replace(secret.number, "") == words[1].replace("HSW-2026-999999", "")


def test_internal_words_are_never_shown(client, town, public):
    case = public()
    note(case=case, by=By.staff(town.manager), text="Nur für uns")
    for path in ("requests.json", "requests.xml", "servicerequestupdates.json", f"requests/{case.number}.json"):
        assert "Nur für uns" not in get(client, path).content.decode()


def test_filters_of_state_service_and_time(client, town, public):
    hole, lamp = public(), public(category=town.lamp, at=timezone.now() - timedelta(days=10))
    old = public(at=timezone.now() - timedelta(days=100))
    move(case=lamp, to=State.DONE, by=By.staff(town.manager))
    assert numbers(client) == [hole.number, lamp.number]
    assert numbers(client, status="closed") == [lamp.number]
    assert numbers(client, status="open,closed") == [hole.number, lamp.number]
    assert numbers(client, detailed_status="processed") == [lamp.number]
    assert numbers(client, service_code="laterne,schlagloch") == [hole.number, lamp.number]
    assert numbers(client, service_code="laterne", status="") == [lamp.number]
    assert numbers(client, service_code="idee") == []
    start = (timezone.now() - timedelta(days=200)).isoformat()
    assert numbers(client, start_date=start) == [hole.number, lamp.number, old.number]
    assert numbers(client, end_date=(timezone.now() - timedelta(days=50)).isoformat()) == [old.number]
    assert len(numbers(client, start_date="2020-01-01", end_date=timezone.localdate().isoformat())) == 3
    # The plus of an offset that a client forgot to encode.
    assert len(numbers(client, start_date="2020-01-01T00:00:00 01:00")) == 3
    soon = (timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert numbers(client, updated_after=soon) == []
    assert len(numbers(client, updated_before=soon)) == 3


def test_filters_of_place_and_words(client, town, public):
    middle = town.middle
    near = public("Loch am Brunnen", point=Point(middle.x + 0.001, middle.y, srid=4326))
    far = public("Loch am Wald", point=Point(middle.x + 0.03, middle.y, srid=4326))
    assert numbers(client, lat=middle.y, long=middle.x, radius=200) == [near.number]
    assert numbers(client, lat=middle.y, long=middle.x, radius=20) == []
    assert set(numbers(client, lat=middle.y, long=middle.x, radius=5000)) == {near.number, far.number}
    box = f"{middle.x + 0.02},{middle.y - 0.01},{middle.x + 0.04},{middle.y + 0.01}"
    assert numbers(client, bbox=box) == [far.number]
    assert numbers(client, q="brunnen") == [near.number]


def test_pages_hold_every_request_once(client, town, public):
    cases = [public(f"Loch {n}", at=timezone.now() - timedelta(hours=n + 1)) for n in range(5)]
    pages = [numbers(client, page=page, page_size=2) for page in (1, 2, 3, 4)]
    assert pages == [[case.number for case in cases[n : n + 2]] for n in (0, 2, 4, 6)]
    assert "page=2" in get(client, "requests.json", page_size=2)["Link"]
    assert "Link" not in get(client, "requests.json")


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("services", {"jurisdiction_id": "atlantis"}, 404),
        ("requests", {"jurisdiction_id": "atlantis"}, 404),
        ("services/gibt-es-nicht", {}, 404),
        ("requests/gibt-es-nicht", {}, 404),
        ("tokens/gibt-es-nicht", {}, 404),
        ("gibt/es/nicht", {}, 404),
        ("requests", {"service_code": "gibt-es-nicht"}, 404),
        ("requests", {"status": "vielleicht"}, 400),
        ("requests", {"start_date": "gestern"}, 400),
        ("requests", {"updated_after": "2026-13-01T00:00:00Z"}, 400),
        ("requests", {"lat": "51"}, 400),
        ("requests", {"lat": "nan", "long": "8"}, 400),
        ("requests", {"bbox": "1,2,3"}, 400),
        ("requests", {"page": "0"}, 400),
        ("requests", {"api_key": "anl_falsch"}, 403),
        ("servicerequestupdates", {"end_date": "morgen"}, 400),
    ],
)
def test_refusals_are_lists_of_code_and_words(path, query, code, client, town):
    answer = client.get(f"{ROOT}/{path}.json", query)
    assert answer.status_code == code
    (error,) = answer.json()
    assert error["code"] == code
    assert error["description"]
    written = client.get(f"{ROOT}/{path}.xml", query)
    assert written.status_code == code
    assert xml(written).tag == "errors"
    assert xml(written).findtext("error/code") == str(code)


def test_an_empty_parameter_is_none(client, town, public):
    case = public()
    empty = dict.fromkeys(
        ("status", "start_date", "end_date", "service_code", "bbox", "lat", "page", "api_key", "jurisdiction_id"), ""
    )
    assert numbers(client, **empty) == [case.number]


def test_a_jurisdiction_is_named_on_any_host(client, town, neighbour, public):
    ours = public()
    theirs = public(of=neighbour, category=neighbour.lamp)
    assert numbers(client) == [ours.number]
    assert numbers(client, jurisdiction_id="heek") == [theirs.number]
    assert get(client, f"requests/{theirs.number}.json", jurisdiction_id="heek").json()
    assert client.get(f"{ROOT}/requests/{theirs.number}.json", {"jurisdiction_id": "harsewinkel"}).status_code == 404


def test_a_county_lists_what_its_towns_have(client, town, public):
    county = make_town("kreis", "Kreis Gütersloh", "GTK", lon=9.5, lat=50.0)
    town.municipality.parent = county.municipality
    town.municipality.save()
    case = public()
    assert numbers(client, jurisdiction_id="kreis") == [case.number]


def test_a_token_is_the_number(client, town, make_report):
    case = make_report()
    assert get(client, f"tokens/{case.number}.json").json() == [
        {"service_request_id": case.number, "token": case.number}
    ]


def test_control_characters_do_not_break_the_xml(client, town, public):
    case = public("a\x01b\x0bc\ufffed")
    assert xml(get(client, "requests.xml")).findtext("request/description") == "abcd"
    assert get(client, f"requests/{case.number}.json").status_code == 200


def test_updates_tell_how_it_went(client, town, public):
    case = public()
    staff = By.staff(town.manager)
    planned = Stage.objects.get(municipality=town.municipality, slug="eingeplant")
    moves = [
        move(case=case, to=State.OPEN, by=staff, text="Wir sind dran."),
        move(case=case, to=State.OPEN, by=staff, stage=planned),
        update(case=case, by=staff, text="Morgen."),
        move(case=case, to=State.DONE, by=staff, text="Fertig."),
    ]
    released, *rows = get(client, "servicerequestupdates.json").json()
    assert (released["status"], released["service_request_id"]) == ("OPEN", case.number)
    assert [row["update_id"] for row in rows] == [str(entry.pk) for entry in moves]
    assert [row["status"] for row in rows] == ["IN_PROGRESS", "ACTION_SCHEDULED", "ACTION_SCHEDULED", "FIXED"]
    assert [row["description"] for row in rows] == ["Wir sind dran.", "eingeplant", "Morgen.", "Fertig."]
    written = xml(get(client, "servicerequestupdates.xml"))
    assert written.tag == "service_request_updates"
    assert written.findall("request_update")[-1].findtext("status") == "FIXED"
    later = (timezone.now() + timedelta(minutes=1)).isoformat()
    assert get(client, "servicerequestupdates.json", start_date=later).json() == []
    assert get(client, "servicerequestupdates.json", service_request_id="HSW-1").json() == []


def test_the_release_is_an_update_so_that_nothing_before_it_is_missed(client, town, make_report):
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    case = make_report(at=at)
    move(case=case, to=State.OPEN, by=By.staff(town.manager), act=Act(at=at + timedelta(hours=1)))
    release_text(case=case, by=By.system(), act=Act(at=at + timedelta(hours=3)))
    polled = {"start_date": "2026-03-02T11:00:00Z", "end_date": "2026-03-02T13:00:00Z"}
    (row,) = get(client, "servicerequestupdates.json", **polled).json()
    assert (row["status"], row["updated_datetime"]) == ("IN_PROGRESS", "2026-03-02T12:00:00Z")


def test_the_number_of_queries_does_not_grow(client, town, public, django_assert_max_num_queries):
    staff = By.staff(town.manager)
    for n in range(12):
        case = public(f"Loch {n}", email=f"a{n}@example.org", category=town.lamp if n % 2 else town.pothole)
        move(case=case, to=State.OPEN, by=staff, text="x")
    with django_assert_max_num_queries(18):
        assert len(get(client, "requests.json", extensions="true").json()) == 12
    with django_assert_max_num_queries(10):
        assert len(get(client, "servicerequestupdates.xml").content) > 1000
    with django_assert_max_num_queries(8):
        get(client, "services.json")


def test_other_methods_and_browsers(client, town):
    answer = client.delete(f"{ROOT}/requests.json")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    assert client.options(f"{ROOT}/requests.json")["Access-Control-Allow-Methods"].startswith("GET, POST")
    assert client.head(f"{ROOT}/services.json").status_code == 200


def test_a_closed_town_is_no_jurisdiction(client, town, neighbour):
    neighbour.municipality.active = False
    neighbour.municipality.save()
    assert client.get(f"{ROOT}/services.json", {"jurisdiction_id": "heek"}).status_code == 404

"""Open311: programs of others work unchanged. PyPI's georeport and three, and one that speaks XML alone."""

from __future__ import annotations

import itertools
import warnings
from datetime import timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
import requests  # noqa: TID251 (a client of somebody else)
from django.utils import timezone
from georeport import GeoReport  # type: ignore[import-untyped]

from accounts import keys
from accounts.policy import Scope
from cases.change import By
from cases.models import Case
from cases.policy import State
from cases.services import move
from reports.models import Photo
from reports.services import release_photo, release_text
from tests.api.test_open311_reading import asking
from tests.conftest import Town, jpeg

__all__ = ["asking"]


@pytest.fixture
def endpoint(live_server: Any, settings: Any, town: Town) -> str:
    settings.PUBLIC_SCHEME = "http"
    return f"{live_server.url}/open311/v2".replace("127.0.0.1", "localhost")


@pytest.fixture
def three_module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The package is of Python 2's time; with this one name it runs."""
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes in strings, in what it needs
        import three  # type: ignore[import-untyped]

    return three


def attributes() -> dict[str, str]:
    return {"attribute[mast]": "12-3", "attribute[count]": "2", "attribute[danger]": "no"}


def released(number: str, town: Town) -> Case:
    case = Case.objects.get(number=number)
    release_text(case=case, by=By.system())
    for photo in Photo.objects.filter(report__case=case):
        release_photo(photo=photo, by=By.staff(town.manager))
    return case


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport_lists_defines_and_polls(form, endpoint, town, asking, make_report):
    client = GeoReport(endpoint, jurisdiction="harsewinkel", output_format=form)
    codes = {service["service_code"] for service in client.get_service_list()}
    assert {"lampe", "schlagloch"} <= codes
    definition = client.get_service_definition("lampe")
    assert definition["service_code"] == "lampe"
    found = definition["attributes"] if form == "json" else definition["attributes"]["attribute"]
    assert [one["code"] for one in found][:2] == ["mast", "count"]
    first, second = (make_report(f"Loch {n}", at=timezone.now() - timedelta(hours=n)) for n in (1, 2))
    for case in (first, second):
        release_text(case=case, by=By.system())
    assert [one["service_request_id"] for one in client.get_service_requests()] == [first.number, second.number]
    move(case=first, to=State.DONE, by=By.staff(town.manager))
    assert client.get_service_request(first.number)["status"] == "closed"
    closed = client.get_service_requests(status="closed", start_date="2020-01-01T00:00:00Z")
    assert (closed[0] if form == "json" else closed)["service_request_id"] == first.number


def test_three_lists_defines_posts_and_polls(three_module, endpoint, town, asking):
    client = three_module.Three(endpoint, jurisdiction="harsewinkel")
    assert client.discovery()["endpoints"][0]["url"] == endpoint
    assert "lampe" in {service["service_code"] for service in client.services()}
    assert client.services("lampe")["attributes"][0]["code"] == "mast"
    photo = BytesIO(jpeg().read())
    photo.name = "foto.jpg"
    (receipt,) = client.post(
        "lampe",
        lat=town.middle.y,
        long=town.middle.x,
        name="Anna Meier",
        email="anna@example.org",
        description="Die Laterne flackert",
        media=photo,
        **attributes(),
    )
    number = receipt["service_request_id"]
    assert client.request(number) == [{"service_request_id": number, "status": "open"}]
    case = released(number, town)
    assert case.report.answers == {"mast": "12-3", "count": 2, "danger": False}
    assert case.report.photos.count() == 1
    assert client.requests("lampe", count=1)[0]["description"] == "Die Laterne flackert"
    assert client.requests(between=["01-01-2020", "12-31-2099"])[0]["service_request_id"] == number
    assert client.token(number)[0]["service_request_id"] == number


def test_a_platform_that_speaks_xml_alone(endpoint, town, asking):
    """It sends forms with addresses of photos, reads the number, and polls updates by time; later it writes some."""
    now = timezone.now()
    _key, secret = keys.make(
        municipality=town.municipality,
        name="Plattform",
        scopes=[Scope.SUBMIT, Scope.TRIAGE],
        expires_at=now + timedelta(days=9),
        by=town.admin,
        at=now,
    )
    base = {"jurisdiction_id": "harsewinkel", "api_key": secret}

    def get(path: str, **query: str) -> ElementTree.Element:
        answer = requests.get(f"{endpoint}/{path}", {**base, **query}, timeout=60)
        assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
        return ElementTree.fromstring(answer.content)

    def post(path: str, **sent: str) -> ElementTree.Element:
        answer = requests.post(f"{endpoint}/{path}", {**base, **sent}, timeout=60)
        assert answer.ok, answer.text
        return ElementTree.fromstring(answer.content)

    assert "lampe" in [one.text for one in get("services.xml").iter("service_code")]
    sent = {
        "service_code": "lampe",
        "description": "Laterne\n\nflackert & brummt\n\nhttps://plattform.example/report/1\n",
        "lat": str(town.middle.y),
        "long": str(town.middle.x),
        "first_name": "Anna",
        "last_name": "",
        "email": "anna@example.org",
        "media_url": "https://plattform.example/photo/1.jpeg?123",
        "attribute[fixmystreet_id]": "1",
        **attributes(),
    }
    number = post("requests.xml", **sent).findtext("request/service_request_id", "")
    assert post("requests.xml", **sent).findtext("request/service_request_id") == number
    case = released(number, town)
    moment = "%Y-%m-%dT%H:%M:%SZ"
    start, end = ((timezone.now() + timedelta(hours=hours)).strftime(moment) for hours in (-1, 1))
    move(case=case, to=State.DONE, by=By.staff(town.manager), text="Erledigt & weg")
    last = get("servicerequestupdates.xml", start_date=start, end_date=end).findall("request_update")[-1]
    assert [last.findtext(name) for name in ("service_request_id", "status", "description")] == [
        number,
        "FIXED",
        "Erledigt & weg",
    ]
    assert get("requests.xml", start_date=start, end_date=end).findtext("request/status") == "closed"
    written = post(
        "servicerequestupdates.xml",
        service_request_id=number,
        update_id="9",
        status="REOPEN",
        description="Brummt wieder",
        updated_datetime=start,
        email="anna@example.org",
        first_name="Anna",
        last_name="-",
    )
    assert written.findtext("request_update/update_id")
    case.refresh_from_db()
    assert case.state == State.OPEN.value

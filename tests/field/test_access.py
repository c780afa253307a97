"""Who gets into the interface: the app alone, people with work to do, and nobody in somebody else's name."""

import pytest

from field.urls import urlpatterns
from tests.field.conftest import API, Phone

pytestmark = pytest.mark.django_db


def reason(answer):
    return answer.status_code, answer.json()["reason"]


def test_without_a_session_no_address_answers(town, neighbour):
    paths = [str(one.pattern).removeprefix("api/") for one in urlpatterns if str(one.pattern).startswith("api/")]
    assert len(paths) == 7
    for path in paths:
        for phone in (Phone(None), Phone(town.editor)):
            answer = phone.get(path)
            if answer.status_code == 405:
                answer = phone.post(path, {})
            assert answer.status_code == (401 if phone.user is None else 403), path
            assert answer["Cache-Control"] == "private, no-store"
            assert "version" not in answer.json()


def test_an_app_of_another_schema_is_told_so(phone):
    assert reason(phone.client.get(f"{API}tag/")) == (426, "schema")
    assert reason(phone.get("tag/", **{"Field-Schema": "2"})) == (426, "schema")


def test_what_somebody_else_did_is_not_taken(town, phone):
    body = {"waiting": 1, "needs_you": 0}
    assert reason(phone.post("stand/", body, **{"Field-User": str(town.clerk.pk)})) == (403, "other_user")


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
)
def test_foreign_sites_are_refused(phone, headers):
    assert reason(phone.post("stand/", {"waiting": 1, "needs_you": 0}, **headers)) == (403, "denied")


def test_the_own_site_needs_no_form_token(town):
    phone = Phone(town.field)
    phone.client.handler.enforce_csrf_checks = True
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}
    assert phone.post("stand/", {"waiting": 1, "needs_you": 0}, **own).status_code == 200
    assert phone.post("stand/", {"waiting": 1, "needs_you": 0}, Origin="http://testserver").status_code == 200


def test_a_second_factor_where_it_is_required(town, phone, settings):
    settings.STAFF_TOTP = "required"
    assert reason(phone.get("tag/")) == (403, "denied")


def test_people_without_work_here_stay_outside(town, neighbour, planned):
    (case,) = planned(1)
    assert reason(Phone(town.editor).get("tag/")) == (403, "denied")
    strange = Phone(neighbour.field)
    assert reason(strange.get("tag/")) == (403, "denied")
    assert reason(strange.do("notiz", case, "Hallo")) == (404, "gone")
    assert reason(strange.shoot(case)[1]) == (404, "gone")
    assert not case.entries.filter(text="Hallo").exists()


def test_other_teams_cases_are_out_of_reach(town, planned, phone):
    (case,) = planned(1, team=town.greens)
    assert reason(phone.do("erledigt", case, "Fertig.")) == (404, "gone")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"kind": "weg"}', b'{"kind": "notiz", "case": "x"}', b"\xff"])
def test_nonsense_is_refused_in_words(phone, body):
    headers = {"Field-Schema": "1", "Field-User": str(phone.user.pk)}
    answer = phone.client.post(f"{API}eintrag/", body, content_type="application/json", headers=headers)
    assert reason(answer) == (400, "invalid")
    assert answer.json()["detail"]

"""Forms under attack: nothing typed is lost, and neither without JavaScript nor for programs is it a dead end."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases.change import By
from cases.models import Case, Follow
from citizens.models import Access
from geo.models import Municipality
from geo.proof.policy import WAIT
from reports.services import release_text
from subscriptions.models import Subscription
from tests.api.test_reports import payload, post
from tests.geo.test_proof import answer
from tests.reports.flow_story import Story, step_of


@pytest.fixture(autouse=True)
def _asked(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The municipality asks at all times, for little."""
    monkeypatch.setattr("geo.proof.challenges.HARDNESS", 500)
    Municipality.objects.filter(pk=town.municipality.pk).update(proof_of_work=True)
    town.municipality.refresh_from_db()


def token_of(page: Any) -> str:
    found = re.search(r'name="proof_token" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def proof_for(client: Any, purpose: str) -> str:
    made = client.get(f"/schutz/{purpose}/")
    assert made["Cache-Control"] == "no-store"
    return answer(made.json())


def checked(client: Any) -> Story:
    """A report that only waits to be sent."""
    story = Story(client)
    story.start()
    story.place()
    story.what()
    story.contact()
    return story


def wait(monkeypatch: pytest.MonkeyPatch, seconds: int = WAIT) -> None:
    later = timezone.now() + timedelta(seconds=seconds)
    monkeypatch.setattr("geo.proof.asking.timezone.now", lambda: later)


def test_with_a_proof_it_goes_straight_through(client: Any) -> None:
    story = checked(client)
    assert 'data-proof="/schutz/meldung/"' in story.get("pruefen").content.decode()
    assert step_of(story.post("pruefen", proof=proof_for(client, "meldung"))) == "fertig"
    assert Case.objects.count() == 1


def test_without_javascript_waiting_leads_to_the_desk(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    story = checked(client)
    page = story.post("pruefen")
    assert page.status_code == 429
    text = page.content.decode()
    assert "Bitte warten Sie 20 Sekunden" in text
    assert "Tiefes Loch" in text
    early = story.post("pruefen", proof_token=token_of(page))
    assert early.status_code == 429
    assert token_of(early) == token_of(page)
    wait(monkeypatch)
    assert step_of(story.post("pruefen", proof_token=token_of(early))) == "fertig"
    assert Case.objects.count() == 1


def test_who_read_the_page_for_a_while_never_notices(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    story = checked(client)
    token = token_of(story.get("pruefen"))
    wait(monkeypatch, 40)
    assert step_of(story.post("pruefen", proof_token=token)) == "fertig"


def test_a_browser_that_sends_by_itself_gets_the_challenge(client: Any) -> None:
    story = checked(client)
    refused = client.post(story.at("pruefen"), headers={"accept": "application/json"})
    assert refused.status_code == 429
    header = {"accept": "application/json", "proof-of-work": answer(refused.json()["challenge"])}
    assert client.post(story.at("pruefen"), headers=header).json()["number"] == Case.objects.get().number


def test_a_program_gets_the_challenge_and_a_repetition_passes(client: Any, town: Any) -> None:
    body = payload(town)
    refused = post(client, body)
    assert refused.status_code == 429
    assert refused["Retry-After"] == str(WAIT)
    assert set(refused.json()) == {"status", "detail", "challenge"}
    assert not Case.objects.exists()
    header = {"headers": {"proof-of-work": answer(refused.json()["challenge"])}}
    sent = client.post("/api/v1/reports/", body, content_type="application/json", **header)
    assert sent.status_code == 201
    assert post(client, body).status_code == 200
    again = client.post("/api/v1/reports/", payload(town), content_type="application/json", **header)
    assert again.status_code == 429
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "purpose", "typed", "made"),
    [
        ("/meine-meldungen/", "meine", {}, Access),
        ("/abo/", "abo", {"rhythm": "daily"}, Subscription),
        ("/barriere-melden/", "barriere", {"text": "Der Knopf ist zu klein."}, Case),
    ],
)
def test_every_form_that_makes_us_write_asks(client: Any, path: str, purpose: str, typed: Any, made: Any) -> None:
    typed = {"email": "erika@example.org", **typed}
    page = client.post(path, typed)
    assert page.status_code == 422
    assert "erika@example.org" in page.content.decode()
    assert f'data-proof="/schutz/{purpose}/"' in page.content.decode()
    assert "data-again" in page.content.decode()
    other = "folgen"
    assert client.post(path, {**typed, "proof": proof_for(client, other)}).status_code == 422
    assert not made.objects.exists()
    assert client.post(path, {**typed, "proof": proof_for(client, purpose)}).status_code in (200, 302)
    assert made.objects.count() == 1


def test_following_asks_too(client: Any, town: Any, make_report: Any) -> None:
    case = make_report()
    release_text(case=case, by=By.staff(town.manager))
    path = f"/meldungen/{case.number}/folgen/"
    typed = {"email": "paul@example.org", "proof": proof_for(client, "folgen")}
    assert client.post(path, {"email": "paul@example.org"}).status_code == 422
    assert client.post(path, typed).status_code == 200
    assert Follow.objects.count() == 1


def test_nothing_is_asked_where_it_is_switched_off(client: Any, town: Any) -> None:
    Municipality.objects.filter(pk=town.municipality.pk).update(proof_of_work=False)
    for path in ("/meine-meldungen/", "/barriere-melden/"):
        assert "data-proof" not in client.get(path).content.decode()
    assert client.get("/schutz/unfug/").status_code == 404

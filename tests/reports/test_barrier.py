"""`/barriere-melden/`: a barrier becomes a case that is never public."""

from __future__ import annotations

import uuid

from django.test import Client

from cases.models import Case, Topic
from geo.models import Municipality
from reports.services import releasable
from tests.conftest import Town


def typed(**more: str) -> dict[str, str]:
    return {"text": "Der Knopf „Weiter“ wird nicht vorgelesen.", "client_key": str(uuid.uuid4()), **more}


def test_it_becomes_a_confidential_case(client: Client, town: Town) -> None:
    """Also in a town whose tree has no such category, once however often it is sent."""
    page = client.get("/barriere-melden/?seite=/karte/").content.decode()
    assert 'value="/karte/"' in page
    sent = typed(page="/karte/", aid="NVDA", email="anna@example.org")
    answers = [client.post("/barriere-melden/", sent) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {f"/melden/fertig/{Case.objects.get().secret}/"}
    case = Case.objects.select_related("topic__category", "stage", "contact").get()
    assert case.confidential
    assert not releasable(case)
    assert not Case.objects.public().exists()
    assert "NVDA" in case.report.text
    assert "/karte/" in case.report.text
    assert case.contact is not None
    assert case.topic.slug == "barriere-melden"
    assert client.get(answers[0]["Location"]).status_code == 200
    assert "vorgelesen" not in client.get(f"/meldungen/{case.number}/").content.decode()
    assert Case.objects.visible_to(town.manager).exists()
    assert not Case.objects.visible_to(town.clerk).exists()


def test_it_works_when_the_category_is_switched_off(client: Client, town: Town) -> None:
    client.post("/barriere-melden/", typed())
    Topic.objects.filter(slug="barriere-melden").update(active=False)
    assert client.post("/barriere-melden/", typed()).status_code == 302
    assert Case.objects.count() == 2


def test_what_is_missing_is_said_and_programs_get_nowhere(client: Client, town: Town) -> None:
    answer = client.post("/barriere-melden/", typed(text=""))
    assert answer.status_code == 422
    assert "Bitte schreiben Sie" in answer.content.decode()
    assert client.post("/barriere-melden/", typed(homepage="https://spam.example")).status_code == 422
    Municipality.objects.filter(pk=town.municipality.pk).update(allow_anonymous=False)
    assert "E-Mail" in client.post("/barriere-melden/", typed()).content.decode()
    assert not Case.objects.exists()


def test_going_back_and_writing_something_else_is_no_dead_end(client: Client, town: Town) -> None:
    sent = typed()
    client.post("/barriere-melden/", sent)
    answer = client.post("/barriere-melden/", {**sent, "text": "Auch das Bild hat keinen Text."})
    assert answer.status_code == 422
    form = answer.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    assert again["text"] == "Auch das Bild hat keinen Text."
    assert client.post("/barriere-melden/", again).status_code == 302
    assert Case.objects.count() == 2

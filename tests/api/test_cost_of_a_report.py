"""What handing in a report costs: statements, counted with those that begin and end the transaction."""

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from geo.models import Address
from tests.reports.flow_story import Story

MOST = 12
MOST_OF_THE_FORM = 22
"""With the session, the draft and its pictures, and the host name's municipality, which is kept outside of tests."""


@pytest.fixture
def house(town):
    return Address.objects.create(
        municipality=town.municipality, label="Weg 1", folded="weg 1", place="Mitte", point=town.middle
    )


def post(client, town, **facts):
    body = {
        "client_key": str(uuid.uuid4()),
        "municipality": town.municipality.slug,
        "category": "schlagloch",
        "point": {"type": "Point", "coordinates": [town.middle.x, town.middle.y]},
        "text": "Loch im Pflaster",
        "contact": {"email": "anna@example.org"},
        **facts,
    }
    return client.post("/api/v1/reports/", json.dumps(body), content_type="application/json")


def test_a_program_hands_in_with_twelve_statements(client, town, house):
    assert post(client, town).status_code == 201
    with CaptureQueriesContext(connection) as statements:
        answer = post(client, town)
    assert answer.status_code == 201
    assert len(statements) <= MOST, "\n".join(one["sql"][:150] for one in statements)


def test_one_that_is_public_at_once_costs_no_more(client, town, house):
    town.pothole.release_at_once = True
    town.pothole.save()
    post(client, town)
    with CaptureQueriesContext(connection) as statements:
        answer = post(client, town)
    assert len(statements) <= MOST
    case = Case.objects.select_related("report").get(number=answer.json()["number"])
    assert case.public_at is not None
    assert case.report.text_released
    assert case.report.public_text == "Loch im Pflaster"


def test_the_number_is_that_of_the_row(client, town):
    numbers = [post(client, town).json()["number"] for _ in range(3)]
    rows = Case.objects.order_by("pk")
    assert [row.number for row in rows] == numbers
    assert [int(number.rpartition("-")[2]) for number in numbers] == [row.pk for row in rows]


def test_a_rule_that_changed_holds_for_the_next_report(client, town):
    assert post(client, town).status_code == 201
    topic = town.pothole.topic
    type(topic).objects.filter(pk=topic.pk).update(active=False)
    answer = post(client, town)
    assert answer.status_code == 400
    assert "category" in answer.json()["errors"]


def test_the_last_step_of_the_form_costs_a_bounded_number(client, town, house):
    def at_the_end():
        story = Story(client)
        story.start()
        story.place()
        story.what()
        story.contact(email="anna@example.org")
        return story.at("pruefen")

    client.post(at_the_end())
    address = at_the_end()
    with CaptureQueriesContext(connection) as statements:
        answer = client.post(address)
    assert answer.status_code == 302
    assert "fertig" in answer.url
    assert len(statements) <= MOST_OF_THE_FORM, "\n".join(one["sql"][:150] for one in statements)

"""Handing in a report: replay, checks, routing."""

import threading
import uuid

import pytest
from django.contrib.gis.geos import Point
from django.db import connection

from cases.change import Act, By
from cases.errors import Invalid, KeyReused
from cases.models import Case
from notifications.models import Delivery
from outbox.models import Event
from outbox.work import run_jobs
from reports.services import Person, submit
from tests.conftest import AT


def hand_in(town, **facts):
    key = facts.pop("client_key", None) or uuid.uuid4()
    return submit(
        municipality=facts.pop("municipality", town.municipality),
        category=facts.pop("category", town.pothole),
        text=facts.pop("text", "Loch in der Straße 🕳️"),
        by=By.citizen(),
        act=Act(at=AT, client_key=key),
        **{"point": town.middle, **facts},
    )


def test_a_report_gets_number_unit_deadline_and_one_event(town):
    case, new = hand_in(town)
    assert new
    assert case.number == f"HSW-2026-{case.pk:06d}"
    assert case.unit == town.yard
    assert case.due_at is not None
    assert case.public_at is None
    assert Event.objects.filter(name="case.submitted").count() == 1


def test_the_same_key_is_one_report(town):
    key = uuid.uuid4()
    first, _ = hand_in(town, client_key=key)
    again, new = hand_in(town, client_key=key)
    assert not new
    assert again.pk == first.pk
    with pytest.raises(KeyReused):
        hand_in(town, client_key=key, text="etwas ganz anderes")


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_with_one_key_are_one_report_and_one_mail(town):
    key, results = uuid.uuid4(), []

    def send():
        try:
            results.append(hand_in(town, client_key=key, person=Person(email="anna@example.org"))[0].pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 10
    assert len(set(results)) == 1
    assert Case.objects.count() == 1
    assert Event.objects.filter(name="case.submitted").count() == 1
    run_jobs()
    assert [mail.address for mail in Delivery.objects.all()] == ["anna@example.org"]


def test_a_place_of_the_neighbour_names_the_neighbour(town, neighbour):
    with pytest.raises(Invalid) as refused:
        hand_in(town, point=neighbour.middle)
    assert "Heek" in refused.value.errors["point"][0]


def test_a_place_of_nobody_is_refused(town):
    with pytest.raises(Invalid) as refused:
        hand_in(town, point=Point(2.0, 48.0, srid=4326))
    assert "point" in refused.value.errors


def test_words_are_a_place_but_nothing_is_not(town):
    case, _ = hand_in(town, point=None, address="hinter der alten Mühle, bei der Bank")
    assert case.point is None
    assert case.report.address_by_citizen
    with pytest.raises(Invalid):
        hand_in(town, point=None)


def test_all_errors_are_told_at_once(town):
    town.municipality.allow_anonymous = False
    with pytest.raises(Invalid) as refused:
        hand_in(town, text=" ", point=None)
    assert set(refused.value.errors) == {"text", "point", "email"}


def test_a_complaint_needs_no_place_and_goes_to_the_complaint_management(town):
    case, _ = hand_in(town, category=town.complaint, point=None)
    assert case.confidential
    assert case.unit is None


def test_a_wrong_address_is_refused_and_a_right_one_kept_unconfirmed(town):
    with pytest.raises(Invalid) as refused:
        hand_in(town, person=Person(email="kein at"))
    assert "email" in refused.value.errors
    case, _ = hand_in(town, person=Person(email="Anna@Example.org"))
    assert case.contact.email == "anna@example.org"
    assert case.contact.confirmed_at is None


def test_a_category_may_be_public_at_once(town):
    town.lamp.release_at_once = True
    town.lamp.save()
    case, _ = hand_in(town, category=town.lamp)
    assert case.public_at == AT

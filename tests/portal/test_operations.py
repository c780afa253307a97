"""`/verwaltung/betrieb/`: who gets in, what they see, what they may do."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from notifications.models import Delivery
from notifications.services import write
from outbox.models import Event, Job
from portal.backup.nightly import name_of
from portal.watch import slow
from tests.portal.watching import alive, mail_to

pytestmark = pytest.mark.django_db
OPERATIONS = "/verwaltung/betrieb/"


@pytest.fixture
def operator(town):
    return User.objects.create_superuser("it@town.example", "geheim-geheim-1", name="Ina Technik")


@pytest.fixture
def enter(client, town):
    def as_user(user):
        client.force_login(user)
        client.defaults["HTTP_HOST"] = town.municipality.host
        return client

    return as_user


@pytest.fixture
def failed(town, neighbour):
    """One given-up mail of each town, one of the platform."""
    towns = [town.municipality, neighbour.municipality, None]
    write(planned=[mail_to(f"person{n}@post.example", place) for n, place in enumerate(towns)], event=None)
    Delivery.objects.update(failed_at=timezone.now(), error="mx.post.example answers 421", tries=18)
    return {row.municipality_id: row for row in Delivery.objects.all()}


def test_who_gets_in(enter, town, operator, client):
    answer = client.get(OPERATIONS, headers={"host": town.municipality.host})
    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]
    for user, status in [(town.manager, 403), (town.clerk, 403), (town.editor, 403), (operator, 200)]:
        answer = enter(user).get(OPERATIONS)
        assert answer.status_code == status, user
    assert "no-store" in answer["Cache-Control"]


def test_a_municipality_s_administrator_sees_their_own_mails_and_nothing_else(enter, town, failed):
    client = enter(town.admin)
    page = client.get(OPERATIONS).content.decode()
    assert "p…@post.example" in page
    assert page.count("mx.post.example answers 421") == 1
    assert "person0" not in page
    assert reverse("operations_jobs") not in page
    assert "SpatiaLite" not in page
    assert "PostGIS" not in page
    client.post(reverse("operations_mails"), {"mail": "all", "deed": "give_up"})
    assert Delivery.objects.parked().count() == 2
    strange = failed[None]
    client.post(reverse("operations_mails"), {"mail": strange.pk, "deed": "resend"})
    strange.refresh_from_db()
    assert strange.failed_at
    assert client.post(reverse("operations_jobs"), {"table": "outbox.Job", "deed": "retry"}).status_code == 403


def test_the_operator_sees_it_all(enter, operator, failed, settings, tmp_path):
    settings.BACKUP_DIR = str(tmp_path)
    (tmp_path / "last.json").write_text(json.dumps({"on": True, "error": "No space left on device"}))
    (tmp_path / name_of(timezone.now(), sealed=True)).write_bytes(b"x" * 4_200_000)
    slow._keep("SELECT geo FROM town", 0.7)
    page = enter(operator).get(OPERATIONS).content.decode()
    for words in ["No space left on device", "4,2 MB", "versiegelt", "SELECT geo FROM town", "700 ms", "421"]:
        assert words in page, words
    assert "3 Mails" in page


def test_mails_are_sent_again(enter, operator, failed, neighbour):
    client = enter(operator)
    one = failed[neighbour.municipality.pk]
    assert client.post(reverse("operations_mails"), {"mail": one.pk, "deed": "resend"}).status_code == 302
    one.refresh_from_db()
    assert one.failed_at is None
    assert one.tries == 0
    assert client.get(reverse("operations_mails")).status_code == 405


def test_jobs_that_were_given_up_are_tried_again(enter, operator, monkeypatch):
    rung = []
    monkeypatch.setattr("portal.watch.page.ring", lambda task: rung.append(task.name))
    event = Event.objects.create(name="case.moved")
    Job.objects.create(event=event, consumer="mail", failed_at=timezone.now(), error="KeyError (plans.py:7)")
    client = enter(operator)
    assert "KeyError (plans.py:7)" in client.get(OPERATIONS).content.decode()
    what = {"table": "outbox.Job", "kind": "mail", "error": "KeyError (plans.py:7)", "deed": "retry"}
    client.post(reverse("operations_jobs"), what)
    assert rung
    assert not Job.objects.parked().exists()


def test_the_number_of_queries_does_not_grow(enter, operator, failed):
    client = enter(operator)
    alive(timezone.now())
    client.get(OPERATIONS)
    with CaptureQueriesContext(connection) as few:
        client.get(OPERATIONS)
    write(planned=[mail_to(f"{n}@post.example") for n in range(10)], event=None)
    Delivery.objects.update(failed_at=timezone.now(), error="x")
    with CaptureQueriesContext(connection) as many:
        client.get(OPERATIONS)
    assert len(many) == len(few) <= 30


def test_an_operator_needs_a_second_factor_where_staff_do(enter, operator, settings):
    settings.STAFF_TOTP = "required"
    answer = enter(operator).get(OPERATIONS)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("mfa_activate_totp")


def test_an_operator_without_a_desk_lands_here(client, operator, town):
    client.defaults["HTTP_HOST"] = town.municipality.host
    answer = client.post(reverse("account_login"), {"login": operator.email, "password": "geheim-geheim-1"})
    assert answer.status_code == 302
    assert answer["Location"] == OPERATIONS

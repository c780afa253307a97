"""What takes too long is logged with statement, request and view, and never with what was asked for."""

import json
import logging

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from accounts.models import User
from portal.watch import slow

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged(caplog):
    """Entries of the log of slow queries."""
    caplog.set_level(logging.WARNING, "anliegen.slow")
    return lambda: [record.msg for record in caplog.records if record.name == "anliegen.slow"]


@pytest.fixture
def _everything_is_slow(settings, monkeypatch):
    settings.SLOW_QUERY_MS = 1
    ticks = iter(range(10_000_000))
    monkeypatch.setattr("portal.watch.slow.time.perf_counter", lambda: next(ticks) * 0.002)


@pytest.mark.usefixtures("_everything_is_slow")
def test_no_parameter_and_no_literal_gets_into_the_log(logged):
    list(User.objects.filter(email="erika.geheim@example.org", pk__in=[4711, 4712]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'erika.geheim@example.org', 05247123456, %s", ["Mühlenstraße 12"])
    told = json.dumps(logged(), default=str, ensure_ascii=False)
    assert "slow_query" in told
    assert "accounts_user" in told
    assert "(…)" in told
    for secret in ["geheim", "Mühlenstraße", "05247123456", "4711"]:
        assert secret not in told
        assert secret not in str(slow.recent())


@pytest.mark.usefixtures("_everything_is_slow")
def test_request_and_view_are_named(logged, client, town):
    client.get(reverse("map"), headers={"host": town.municipality.host})
    entries = [entry for entry in logged() if entry["event"] == "slow_query"]
    assert entries[-1]["view"] == "map"
    assert all(entry["request_id"] and entry["ms"] == 2 for entry in entries)
    [request] = [entry for entry in logged() if entry["event"] == "slow_request"]
    assert request["queries"] == len(entries)
    assert request["view"] == "map"
    assert "map" in {entry["where"] for entry in slow.recent()}


def test_quick_ones_and_a_setting_of_nothing_are_not_logged(logged, settings, monkeypatch):
    User.objects.count()
    settings.SLOW_QUERY_MS = 0
    ticks = iter(range(100))
    monkeypatch.setattr("portal.watch.slow.time.perf_counter", lambda: next(ticks) * 60)
    User.objects.count()
    assert logged() == []


@pytest.mark.usefixtures("_everything_is_slow")
def test_a_query_that_fails_fails_as_it_would(logged, monkeypatch):
    def down(*_args, **_how):
        raise OSError

    for name in ("set", "add", "get_many"):
        monkeypatch.setattr(cache, name, down)
    User.objects.count()
    assert logged()
    assert slow.recent() == []

"""What a supervisor asks."""

import pytest

from portal import health


def test_the_process_answers_before_anything_else_works(client, db):
    answer = client.get("/healthz", headers={"host": "unknown.example"})
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_names_every_part(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.content
    assert set(answer.json()["checks"]) == {"database", "migrations", "broker", "storage", "cache"}


@pytest.mark.django_db
def test_a_part_that_fails_is_named_without_its_secrets(client, monkeypatch):
    def broken() -> None:
        raise RuntimeError("redis://:password@10.0.0.1")

    monkeypatch.setitem(health.CHECKS, "broker", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["broker"] == "failed"
    assert "password" not in answer.content.decode()


@pytest.mark.django_db
def test_an_empty_platform_says_so_kindly(client):
    answer = client.get("/")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers

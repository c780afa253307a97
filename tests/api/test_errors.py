"""Errors of the interface: JSON, in the reader's language, polite, and never kept by a cache."""

import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
import rest_framework
from django.utils.translation import gettext, override

INFORMAL = re.compile(
    r"\b(du|dich|dir|dein\w*|gib|stelle|nutze|benutze|prüfe|lade|erwarte|dictionary|string)\b", re.IGNORECASE
)


JSON = {"content_type": "application/json"}


def asked(client, language, method="get", path="/api/v1/reports/", **facts):
    return getattr(client, method)(path, headers={"accept-language": language}, **facts)


def test_no_message_of_the_framework_is_informal():
    folder = Path(rest_framework.__file__).parent / "locale/de/LC_MESSAGES"
    with (folder / "django.mo").open("rb") as file:
        messages = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    with override("de"):
        found = {said for message in messages if message and INFORMAL.search(said := gettext(message))}
    # What is left belongs to parts of the framework that are not in use: log-in by token, its own web pages.
    assert not {said for said in found if not said.startswith(("Ungültiger", "UUID", "Erwarte", "Falscher Typ"))}


@pytest.mark.parametrize(
    ("method", "path", "facts", "status", "german", "english"),
    [
        ("get", "/api/v1/nothing/", {}, 404, "Hier ist nichts.", "Nothing is here."),
        ("get", "/api/v1/reports/HSW-2026-999999/", {}, 404, "Hier ist nichts.", "Nothing is here."),
        ("delete", "/api/v1/reports/", {}, 405, "nicht an", "not allowed"),
        ("post", "/api/v1/reports/", {"data": "a", "content_type": "text/csv"}, 415, "text/csv", "text/csv"),
        ("post", "/api/v1/reports/", {**JSON, "data": '{\n "a" 1}'}, 400, "Zeile 2", "line 2"),
        ("post", "/api/v1/reports/", {**JSON, "data": b"\xff"}, 400, "kein", "not valid"),
        ("post", "/api/v1/reports/", {"data": b"x", "content_type": "multipart/form-data"}, 400, "kein", "not a valid"),
        ("get", "/api/v1/reports/?limit=x", {}, 400, "Bitte prüfen Sie", "Please check"),
    ],
)
def test_every_refusal_speaks_the_readers_language(method, path, facts, status, german, english, client, town):
    for language, words in (("de", german), ("en", english), ("fr, en;q=0.5", english)):
        answer = asked(client, language, method, path, **facts)
        assert answer.status_code == status
        assert words in answer.json()["detail"], answer.json()
        assert answer.json()["status"] == status
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Accept-Language" in answer.headers["Vary"]


def test_what_fields_are_told_is_polite(client, town):
    body = {"client_key": 1, "category": "schlag loch", "text": None, "contact": {"name": "x" * 200}, "answers": []}
    errors = client.post("/api/v1/reports/", body, content_type="application/json").json()["errors"]
    assert set(errors) == {"client_key", "category", "text", "contact.name", "answers"}
    assert not [words for found in errors.values() for words in found if INFORMAL.search(words)]
    assert client.post("/api/v1/reports/", [], content_type="application/json").status_code == 400


def test_a_platform_without_a_municipality_says_so_in_json(client, db):
    answer = asked(client, "de")
    assert answer.status_code == 503
    assert answer.json() == {"status": 503, "detail": "Hier ist noch keine Kommune eingerichtet."}
    assert answer.headers["Retry-After"]


def test_a_report_in_review_and_a_receipt_are_not_kept_by_caches(client, town, make_report):
    answer = client.get(f"/api/v1/reports/{make_report().number}/")
    assert answer.json()["state"] == "in_review"
    assert answer.headers["Cache-Control"] == "no-store"

"""A full disk: a clear 503 that says to come back, and nothing half kept."""

import errno
import json
import uuid

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError

from cases.models import Case, File
from portal.outage import outage
from tests.conftest import jpeg


def body(town):
    return {
        "client_key": str(uuid.uuid4()),
        "category": "schlagloch",
        "point": {"type": "Point", "coordinates": [town.middle.x, town.middle.y]},
        "text": "Loch",
    }


def test_no_room_for_a_photo(client, town, monkeypatch):
    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    answer = client.post("/api/v1/reports/", {"report": json.dumps(body(town)), "photos": [jpeg()]})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.json()["status"] == 503
    assert not File.objects.exists()


@pytest.mark.parametrize("path", ["/karte/", "/api/v1/reports/"])
def test_the_database_is_away(path, client, town, monkeypatch):
    def away(*_args, **_options):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(type(Case.objects), "public", away)
    answer = client.get(path)
    assert answer.status_code == 503
    assert b"disk is full" not in answer.content


@pytest.mark.parametrize("path", ["/karte/", "/api/v1/reports/"])
def test_the_database_is_away_before_a_view_is_reached(path, client, town, monkeypatch):
    def away(_host):
        raise OperationalError("could not connect to server")

    monkeypatch.setattr("geo.middleware.municipality_of", away)
    client.raise_request_exception = False
    answer = client.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "full"),
        (OSError(errno.EROFS, "Read-only file system"), "away"),
        (OperationalError("database or disk is full"), "full"),
        (OperationalError("connection refused"), "away"),
        (FileNotFoundError(errno.ENOENT, "No such file"), ""),
        (ValueError("is full"), ""),
        (None, ""),
    ],
)
def test_what_counts_as_full_or_away(error, word):
    assert outage(error) == word

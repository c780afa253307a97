"""A crew's phone as the server sees it: its requests, and a day of jobs."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate, now

from accounts.models import User
from cases.change import By
from cases.models import Case
from dispatch.services import plan
from tests.conftest import Town, jpeg

API = "/aussendienst/api/"


@dataclass
class Phone:
    """Requests of the app for one person."""

    user: User | None
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        if self.user is not None:
            self.client.force_login(self.user)

    def get(self, path: str, **headers: str) -> Any:
        """GET below the interface."""
        return self.client.get(API + path, headers={"Field-Schema": "1", **headers})

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        """POST of JSON, for the person."""
        known = {"Field-Schema": "1", "Field-User": str(self.user.pk if self.user else 0), **headers}
        return self.client.post(API + path, json.dumps(body), content_type="application/json", headers=known)

    def day(self, query: str = "") -> dict[str, Any]:
        """The day."""
        answer = self.get(f"tag/{query}")
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def job(self, case: Case) -> dict[str, Any]:
        """One job of the day."""
        found: dict[str, Any] = next(job for job in self.day()["jobs"] if job["id"] == case.pk)
        return found

    def said(self, kind: str, case: Case | None, text: str = "", **more: Any) -> dict[str, Any]:
        """A deed as the app writes it; based on the case as it stands unless said otherwise."""
        base = {"version": Case.objects.get(pk=case.pk).version} if case is not None else None
        return {
            "client_key": str(uuid.uuid4()),
            "kind": kind,
            "case": case.pk if case is not None else None,
            "at": now().isoformat(),
            "based_on": base,
            "text": text,
            "photos": [],
            **more,
        }

    def do(self, kind: str, case: Case | None, text: str = "", **more: Any) -> Any:
        """Send a deed."""
        return self.post("eintrag/", self.said(kind, case, text, **more))

    def shoot(self, case: Case | None, data: bytes = b"", role: str = "after", **more: Any) -> tuple[str, Any]:
        """Send a photo; its key and the answer."""
        data = data or jpeg("teal").read()
        facts: dict[str, Any] = {
            "key": str(uuid.uuid4()),
            "sha256": hashlib.sha256(data).hexdigest(),
            "role": role,
            "taken_at": now().isoformat(),
            "file": SimpleUploadedFile("photo.jpg", data, "image/jpeg"),
            **({"case": case.pk} if case is not None else {}),
            **more,
        }
        headers = {"Field-Schema": "1", "Field-User": str(self.user.pk if self.user else 0)}
        return facts["key"], self.client.post(f"{API}foto/", facts, headers=headers)


@pytest.fixture
def phone(town: Town) -> Phone:
    """The phone of the town's field worker."""
    return Phone(town.field)


@pytest.fixture
def planned(town: Town, make_report: Callable[..., Case]) -> Callable[..., list[Case]]:
    """`planned(number, team=…)` puts so many new cases on a team's list of today."""

    def make(number: int = 1, *, team: Any = None, at: datetime | None = None, **facts: Any) -> list[Case]:
        made = []
        for index in range(number):
            point = Point(town.middle.x + index * 0.001, town.middle.y, srid=4326)
            case = make_report(f"Loch Nummer {index + 1}", point=point, at=at or now(), **facts)
            plan(case=case, team=team or town.yard, day=localdate(), by=By.staff(town.manager))
            case.refresh_from_db()
            made.append(case)
        return made

    return make

"""Walks through the report flow with Django's client, as a browser without scripts does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from cases.models import Case, Draft
from reports import flow
from tests.conftest import jpeg


@dataclass
class Story:
    """One person at the plain forms. `post` answers with the page after the redirects."""

    client: Client
    path: str = ""

    def start(self, **query: str) -> Any:
        """Press the button of the start page."""
        response = self.client.post("/melden/", query, follow=True)
        self.path = response.redirect_chain[-1][0]
        return response

    @property
    def secret(self) -> str:
        return self.path.split("/")[2]

    @property
    def draft(self) -> Draft:
        return Draft.objects.get(secret=self.secret)

    @property
    def typed(self) -> flow.Typed:
        return flow.read(self.draft)

    def at(self, step: str) -> str:
        return f"/melden/{self.secret}/{step}/"

    def get(self, step: str) -> Any:
        return self.client.get(self.at(step), follow=True)

    def post(self, step: str, **data: Any) -> Any:
        """Submit a step; `step_of` tells where it led."""
        return self.client.post(self.at(step), data, follow=True)

    def place(self, **data: Any) -> Any:
        return self.post("ort", **(data or {"lat": "51.96", "lon": "8.23", "pinned": "1"}))

    def what(self, **data: Any) -> Any:
        return self.post("was", **{"category": "schlagloch", "text": "Tiefes Loch, ä ö ü ß 🕳️", **data})

    def contact(self, **data: Any) -> Any:
        return self.post("kontakt", **(data or {"anonymous": "1"}))

    def send(self, **data: Any) -> Any:
        return self.post("pruefen", **data)

    def until_check(self) -> Any:
        """Everything typed, nothing sent."""
        self.start()
        self.place()
        self.what()
        return self.contact()


def step_of(response: Any) -> str:
    """The step a page shows, "" for a page that is none."""
    found = re.search(r'id="flow" data-step="(\w+)"', response.content.decode())
    return found.group(1) if found else ""


def the_case() -> Case:
    return Case.objects.select_related("report", "contact", "topic").get()


def photo_taken_at(
    degrees: tuple[int, int, int] = (51, 57, 50), lon: tuple[int, int, int] = (8, 14, 20)
) -> SimpleUploadedFile:
    """A JPEG whose metadata name a place in the town (about 51.964, 8.239), some 700 m off its middle."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: degrees, 3: "E", 4: lon}
    return jpeg("olive", exif=exif)

"""Staff at the desk: logged-in clients, and forms filled from the page as a browser does."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cases import files
from cases.change import By
from cases.models import Case
from reports.models import Photo
from reports.services import attach_photo
from tests.conftest import AT, Town, jpeg


def url(case: Case, **query: Any) -> str:
    """The page of a case."""
    return reverse("desk_case", args=[case.pk], query=query)


def deed_url(case: Case, name: str) -> str:
    """Where the form of a deed is sent."""
    return reverse("desk_deed", args=[case.pk, name])


@pytest.fixture
def login() -> Callable[[User], Client]:
    """`login(user)`: a client of its own for a person."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def manager(login: Callable[[User], Client], town: Town) -> Client:
    """The complaint management of Harsewinkel at the desk."""
    return login(town.manager)


@pytest.fixture
def photo_of() -> Callable[..., Photo]:
    """`photo_of(case, colour)`: a photo of the reporter, ready to be shown; small, since most ask only for one."""

    def make(case: Case, colour: str = "blue", size: tuple[int, int] = (160, 120)) -> Photo:
        file, _position = files.store(upload=jpeg(colour, size), at=AT, case=case)
        files.make_variants(file=file, at=AT)
        attach_photo(case=case, file=file, by=By.citizen())
        return Photo.objects.get(file=file)

    return make


class _Hidden(HTMLParser):
    """Collects the forms of a page with their controls that have a value."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._area = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((found.get("action", ""), {}))
        elif tag == "input" and self.forms and found.get("type") not in {"checkbox", "file", "submit"}:
            self.forms[-1][1][found.get("name", "")] = found.get("value", "")
        elif tag == "textarea" and self.forms:
            self._area = found.get("name", "")
            self.forms[-1][1][self._area] = ""
        elif tag == "select" and self.forms:
            self._select = found["name"]
        elif tag == "option" and self._select and "selected" in found:
            self.forms[-1][1][self._select] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][1][self._area] += data


def forms_of(response: Any) -> list[tuple[str, dict[str, str]]]:
    """(address, values) of every form of a page."""
    parser = _Hidden()
    parser.feed(response.content.decode())
    return [
        (action, {name: value.removeprefix("\r\n") for name, value in data.items()}) for action, data in parser.forms
    ]


@pytest.fixture
def filled() -> Callable[..., dict[str, Any]]:
    """`filled(client, case, "notiz", text="…")`: the form of a deed as the page offers it, with own entries."""

    def fill(client: Client, case: Case, deed: str, *, opened: bool = True, **typed: Any) -> dict[str, Any]:
        page = client.get(reverse("desk_case", args=[case.pk]), {"tun": deed} if opened else {})
        assert page.status_code == 200
        action = reverse("desk_deed", args=[case.pk, deed])
        found = [values for address, values in forms_of(page) if address.split("?")[0] == action]
        assert found, f"The page offers no form for {deed}."
        return {**found[0], **typed}

    return fill


@pytest.fixture
def act_on(filled: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """`act_on(client, case, "notiz", text="…")`: fill and send the form of a deed."""

    def send(client: Client, case: Case, deed: str, **typed: Any) -> Any:
        return client.post(reverse("desk_deed", args=[case.pk, deed]), filled(client, case, deed, **typed))

    return send

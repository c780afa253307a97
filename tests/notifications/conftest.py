"""Events are worked off by hand; nothing reaches a broker."""

from __future__ import annotations

import socket  # noqa: TID251  a relay for the tests
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from cases import following, services
from cases.change import Act, By
from cases.models import Case, Entry, Follow
from cases.policy import State
from cases.services import confirm_contact
from notifications.models import Delivery
from notifications.sending import rest
from outbox.work import run_jobs
from reports.services import release_text
from tests.conftest import AT, Town

REPORTER = "erika@example.org"
FOLLOWER = "paul@example.org"
LATER = AT + timedelta(hours=1)


def purposes(mails: list[Delivery]) -> list[tuple[str, str]]:
    """What went to whom, sorted."""
    return sorted((mail.purpose, mail.address) for mail in mails)


def move(case: Case, town: Town, to: State, **more: Any) -> Entry:
    """The clerk moves the case an hour after it came in."""
    return services.move(case=case, to=to, by=By.staff(town.clerk), act=Act(at=LATER), **more)


@pytest.fixture(autouse=True)
def rings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the tasks that were rung for."""
    rung: list[str] = []
    monkeypatch.setattr("outbox.bell.ring", lambda task: rung.append(task.name))
    return rung


@pytest.fixture(autouse=True)
def _rested() -> Iterator[None]:
    rest.forget()
    yield
    rest.forget()


@pytest.fixture
def mails() -> Callable[..., list[Delivery]]:
    """`mails()` works off all events and returns the new deliveries that they led to, without sending them."""
    seen: set[int] = set()

    def collect() -> list[Delivery]:
        assert run_jobs().failed == 0
        found = [row for row in Delivery.objects.order_by("pk") if row.pk not in seen]
        seen.update(row.pk for row in found)
        return found

    return collect


@pytest.fixture
def public_case(town: Town, make_report: Callable[..., Case], mails: Callable[..., list[Delivery]]) -> Case:
    """A released report whose reporter has confirmed the address; its first mails are over."""
    case = make_report(email=REPORTER)
    assert case.contact is not None
    confirm_contact(contact=case.contact, act=Act(at=AT))
    release_text(case=case, by=By.staff(town.clerk), act=Act(at=AT))
    mails()
    return case


@pytest.fixture
def follower(public_case: Case, mails: Callable[..., list[Delivery]]) -> Follow:
    """Somebody who follows the public case and has confirmed it."""
    following.ask(case=public_case, email=FOLLOWER, support=False, follow=True, language="de", at=AT)
    row = Follow.objects.get(case=public_case)
    following.confirm(token=row.token, at=AT)
    mails()
    row.refresh_from_db()
    return row


class Sink:
    """A relay in the test's own process. `answer` may refuse a recipient, `on_mail` sees each mail it accepts."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.connections = 0
        self.answer: Callable[[str], str] = lambda address: "250 OK"
        self.answer_sender: Callable[[str], str] = lambda address: "250 OK"
        self.on_mail: Callable[[EmailMessage], None] = lambda message: None

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, answers: list[str]) -> list[str]:
        self.connections += 1
        session.host_name = name
        return answers

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.answer_sender(address)
        if answer.startswith("2"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.answer(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append(message)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        self.on_mail(message)
        return "250 OK"


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A running relay, which the settings name."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.RELAY_URL = f"smtp://127.0.0.1:{port}"
    settings.NET_ALLOWED = [f"127.0.0.1:{port}"]
    yield handler
    controller.stop()

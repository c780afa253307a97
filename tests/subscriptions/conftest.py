"""People who follow a place or a subject; reports become public through the real verbs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.http import QueryDict

from cases.change import Act, By
from cases.models import Case
from notifications.models import Delivery
from outbox.work import run_all, run_jobs
from reports.search import Filters
from reports.services import release_text
from subscriptions.mailing import gather, run_mailings
from subscriptions.models import Subscription
from subscriptions.policy import Rhythm
from subscriptions.services import ask, confirm
from subscriptions.wanted import Circle, Wanted
from tests.conftest import AT, Town

PAULA = "paula@example.org"


@pytest.fixture(autouse=True)
def _no_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outbox.bell.ring", lambda task: None)


@pytest.fixture
def subscribe(town: Town) -> Callable[..., Subscription]:
    """`subscribe("kategorie=laterne", rhythm=…, email=…, circle=…)` asks and confirms."""

    def make(
        query: str = "",
        *,
        rhythm: Rhythm = Rhythm.ONCE,
        email: str = PAULA,
        circle: Circle | None = None,
        confirmed: bool = True,
        of: Town | None = None,
        at: datetime = AT,
    ) -> Subscription:
        place = (of or town).municipality
        filters, problems = Filters.parse(QueryDict(query), place)
        assert not problems
        wanted = Wanted.of(filters, circle)
        ask(municipality=place, email=email, wanted=wanted, rhythm=rhythm, language="de", at=at)
        row = Subscription.objects.get(subscriber__email=email, subscriber__municipality=place, digest=wanted.digest())
        if confirmed:
            confirm(subscription=row, at=at)
        return row

    return make


@pytest.fixture
def publish(town: Town, make_report: Callable[..., Case]) -> Callable[..., Case]:
    """`publish(text=…, …)` hands in a report and releases its text."""

    def make(text: str = "Tiefes Loch vor dem Haus", *, at: datetime = AT, **facts: Any) -> Case:
        case = make_report(text, at=at, **facts)
        release_text(case=case, by=By.system(), act=Act(at=at))
        case.refresh_from_db()
        return case

    return make


@pytest.fixture
def mails() -> Callable[..., list[Delivery]]:
    """`mails(at=…)`: worker and scheduler have their turn; the new mails that tell of reports."""
    seen: set[int] = set()

    def collect(at: datetime | None = None) -> list[Delivery]:
        run_jobs()
        run_mailings()
        if at is not None:
            gather(at=at)
            run_mailings(at=at)
        assert all(done.failed == 0 for done in run_all().values())
        found = [row for row in Delivery.objects.filter(purpose="reports").order_by("pk") if row.pk not in seen]
        seen.update(row.pk for row in found)
        return found

    return collect

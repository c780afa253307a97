"""Hand deliveries to their relays: one connection per relay and run, each result noted before the next mail.

A killed worker can only repeat the mail whose "sent" it had no time to note, and then with the same Message-ID.
A relay that is slow or out of order is left alone for a minute, so that it does not hold up the mails of others.
"""

from __future__ import annotations

import time
from datetime import datetime
from email import policy
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from threading import Lock
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.utils import timezone

from geo.models import Municipality
from net.guard import NetError
from net.smtp import Rejected, Relay, Unavailable
from notifications import services
from notifications.models import Delivery
from outbox.leases import Drained, drain
from outbox.registry import GiveUp, Later

BATCH = 10
ANSWER_SECONDS = 10.0
"""For connecting and for each answer of a relay."""
MAIL_SECONDS = 60.0
"""For a whole mail; far below a lease."""
REST_SECONDS = 60.0
SLOW_SECONDS = 3.0
"""A failure that took as long shows a relay that does not answer."""
FAILURES = 3
"""So many failures in a row show a relay that is out of order."""


class _Whole(UnstructuredHeader):
    """A header that must stay in one piece: folding would turn a long address into encoded words."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_registry = HeaderRegistry()
for _name in ("List-Unsubscribe", "In-Reply-To", "References"):
    _registry.map_to_type(_name, _Whole)  # type: ignore[arg-type]
_POLICY = policy.SMTP.clone(header_factory=_registry)


def message_of(delivery: Delivery) -> EmailMessage:
    """The mail of a delivery: text and HTML, the same Message-ID and date for every try."""
    message = EmailMessage(policy=_POLICY)
    for name, value in delivery.headers.items():
        message[name] = value
    message["To"] = delivery.address
    message["Subject"] = delivery.subject
    message["Date"] = delivery.created_at
    message["Message-ID"] = delivery.message_id
    message.set_content(delivery.text, cte="quoted-printable")
    if delivery.html:
        message.add_alternative(delivery.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = delivery.language
    return message


class _Rest:
    """Which relays are left alone for a while; shared by the threads of a worker."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._until: dict[str, float] = {}
        self._failures: dict[str, int] = {}

    def resting(self, url: str) -> bool:
        with self._lock:
            return self._until.get(url, 0.0) > time.monotonic()

    def failed(self, url: str, seconds: float) -> None:
        with self._lock:
            self._failures[url] = self._failures.get(url, 0) + 1
            if seconds >= SLOW_SECONDS or self._failures[url] >= FAILURES:
                self._until[url] = time.monotonic() + REST_SECONDS
                self._failures[url] = 0

    def worked(self, url: str) -> None:
        with self._lock:
            self._failures.pop(url, None)
            self._until.pop(url, None)

    def forget(self) -> None:
        """Everything may be tried again at once."""
        with self._lock:
            self._until.clear()
            self._failures.clear()


rest = _Rest()


def relay_url(municipality: Municipality | None) -> str:
    """The relay of the municipality or its county, else the platform's. The demo never uses a real one."""
    if settings.DEMO or municipality is None:
        return str(settings.RELAY_URL)
    return municipality.relay_url() or str(settings.RELAY_URL)


class Post:
    """The relays of one run."""

    def __init__(self) -> None:
        self._relays: dict[str, Relay] = {}
        self._urls: dict[int | None, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for relay in self._relays.values():
            relay.close()

    def send(self, delivery: Delivery) -> dict[str, Any]:
        """Send one delivery; returns the columns to store with "done". Drops what nobody wants any more.

        Raises GiveUp (rejected, noted on the case), Later (the relay rests), Unavailable and Refused (try again).
        """
        if not services.still_wanted(delivery):
            return {}
        url = self._url(delivery)
        if rest.resting(url):
            raise Later("The relay rests after a failure.")
        begun = time.monotonic()
        try:
            self._relay(url).send(message_of(delivery), envelope_from=delivery.sender, recipients=[delivery.address])
        except Rejected as rejected:
            rest.worked(url)
            if rejected.what != "sender":  # a refused sender is a fault of the set-up, not of the address
                services.note_rejected(delivery=delivery, code=rejected.code, at=timezone.now())
            raise GiveUp(rejected.log_text)
        except NetError as error:
            if isinstance(error, Unavailable):
                rest.failed(url, time.monotonic() - begun)
            raise
        rest.worked(url)
        return services.after_sending(delivery, at=timezone.now())

    def _relay(self, url: str) -> Relay:
        if url not in self._relays:
            self._relays[url] = Relay(url, timeout=ANSWER_SECONDS, total=MAIL_SECONDS)
        return self._relays[url]

    def _url(self, delivery: Delivery) -> str:
        if delivery.municipality_id not in self._urls:
            rows = Municipality.objects.select_related("parent__parent").defer(
                "boundary", "parent__boundary", "parent__parent__boundary"
            )
            self._urls[delivery.municipality_id] = relay_url(rows.filter(pk=delivery.municipality_id or 0).first())
        return self._urls[delivery.municipality_id]


def run_deliveries(*, at: datetime | None = None, seconds: float | None = None) -> Drained:
    """Send what is due (see outbox.leases.drain)."""
    with Post() as post:
        return drain(Delivery, post.send, batch=BATCH, at=at, seconds=seconds)

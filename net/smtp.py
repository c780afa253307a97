"""Hand mail to a relay over SMTP, or write it to a folder."""

import hashlib
import os
import platform
import smtplib
import socket
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import url2pathname

import structlog

from net import tls
from net.guard import NetError, Refused, Unreachable, connect, deadline
from net.names import to_ascii

log = structlog.get_logger("anliegen.net")
__all__ = ["Refused", "Rejected", "Relay", "Unavailable", "send"]

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
_ADDRESS_HEADERS = ("From", "Sender", "Reply-To", "To", "Cc")
_OUR_FAULT = {530, 534, 535, 538, 454}
"""Login is missing or refused: a fault of the set-up, the mail itself may yet go."""


class Rejected(NetError):
    """The relay will never take this mail (5xx); `code` is its answer. Trying again is of no use.

    `what` it refused: "recipient", "address" (no relay could take it), "sender" or "message".
    """

    def __init__(self, code: int, what: str) -> None:
        super().__init__(f"{what} rejected ({code})")
        self.code = code
        self.what = what


class Unavailable(NetError):
    """The relay did not take the mail now: not reached, too slow, busy (4xx), or it refuses our login."""


class _Way(Protocol):
    def send(self, message: EmailMessage, sender: str, recipients: list[str]) -> dict[str, int]: ...

    def check(self) -> None: ...

    def close(self) -> None: ...


class _Client(smtplib.SMTP):
    """smtplib over a socket that the guard has checked, with a duplicate of it for the deadline."""

    def __init__(self, host: str, port: int, *, implicit_tls: bool, timeout: float) -> None:
        self._implicit_tls = implicit_tls
        self._seconds = timeout
        self.wire: socket.socket | None = None
        node = platform.node()
        super().__init__(timeout=timeout, local_hostname=node if "." in node else "[127.0.0.1]")
        self._host = host  # smtplib checks the certificate against this name
        self._port = port

    def open(self) -> None:
        """Connects and reads the greeting; `wire` is set as soon as there is a connection."""
        plain = connect(self._host, self._port, purpose="smtp", timeout=self._seconds)
        self.wire = plain.dup()
        self.sock = plain

    def greet(self) -> None:
        """TLS where it comes first, and the relay's greeting."""
        if self._implicit_tls:
            assert self.sock is not None
            self.sock = tls.context().wrap_socket(self.sock, server_hostname=self._host)
        code, text = self.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)

    def hang_up(self) -> None:
        """Closes without a farewell."""
        self.close()
        if self.wire is not None:
            self.wire.close()
            self.wire = None


class _Smtp:
    """A connection to one relay, opened with the first mail and kept for the next ones."""

    def __init__(self, parts: SplitResult, *, timeout: float, total: float) -> None:
        if not parts.hostname:
            raise Refused("the address of the relay names no host")
        self.scheme = parts.scheme
        try:
            self.host = parts.hostname if ":" in parts.hostname else to_ascii(parts.hostname)
            self.port = parts.port or PORTS[parts.scheme]
        except ValueError:
            raise Refused("the address of the relay is not one")
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")
        self.timeout = timeout
        self.total = total
        self._client: _Client | None = None

    def send(self, message: EmailMessage, sender: str, recipients: list[str]) -> dict[str, int]:
        """Sends over the open connection; one that fell asleep is replaced first."""
        client = self._awake() or self._opened()
        with self._translated(client):
            return _transfer(client, message, sender, recipients)

    def check(self) -> None:
        """Connects, secures and logs in, and asks for a sign of life."""
        client = self._awake() or self._opened()
        with self._translated(client):
            client.noop()

    def _awake(self) -> _Client | None:
        if self._client is not None and self._client.wire is not None:
            try:
                with deadline(self._client.wire, self.timeout):
                    if self._client.noop()[0] == 250:
                        return self._client
            except (OSError, smtplib.SMTPException) as error:
                log.info("relay_connection_reopened", error=type(error).__name__)
            self._drop()
        return None

    def _opened(self) -> _Client:
        """A new connection, secured and logged in."""
        client = _Client(self.host, self.port, implicit_tls=self.scheme == "smtps", timeout=self.timeout)
        try:
            client.open()
        except Unreachable as error:
            raise Unavailable(error.log_text)
        self._client = client
        with self._translated(client):
            client.greet()
            if self.scheme == "smtp+tls":
                client.starttls(context=tls.context())
            client.ehlo_or_helo_if_needed()
            if self.user:
                client.login(self.user, self.password)
        return client

    @contextmanager
    def _translated(self, client: _Client) -> Iterator[None]:
        """Ends the exchange at `total` seconds; what smtplib raises becomes Unavailable, with a new
        connection next.
        """
        passed = False
        assert client.wire is not None
        try:
            with deadline(client.wire, self.total) as mark:
                try:
                    yield
                finally:
                    passed = mark.passed
        except NetError:
            raise
        except smtplib.SMTPResponseException as error:
            self._drop()
            raise Unavailable(f"{self.host} answers {error.smtp_code}")
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self._drop()
            kind = type(error).__name__
            raise Unavailable(f"{self.host} took too long" if passed else f"{self.host} broke off ({kind})")

    def _drop(self) -> None:
        if self._client is not None:
            self._client.hang_up()
            self._client = None

    def close(self) -> None:
        """Says farewell; every mail has been acknowledged, so it does not matter whether that is heard."""
        if self._client is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._client.quit()
            self._drop()


def _transfer(client: _Client, message: EmailMessage, sender: str, recipients: list[str]) -> dict[str, int]:
    options = []
    form = policy.SMTP.clone(cte_type="7bit")
    if not all(address.isascii() for address in (sender, *recipients)):
        if not client.has_extn("smtputf8"):
            raise Rejected(553, "address with letters outside ASCII")
        options, form = ["SMTPUTF8", "BODY=8BITMIME"], policy.SMTPUTF8
    try:
        refused = client.sendmail(sender, recipients, message.as_bytes(policy=form), mail_options=options)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _failure(min(codes), "recipient")
    except smtplib.SMTPSenderRefused as error:
        raise _failure(error.smtp_code, "sender")
    except smtplib.SMTPDataError as error:
        raise _failure(error.smtp_code, "message")
    return {address: code for address, (code, _) in refused.items()}


def _failure(code: int, what: str) -> NetError:
    if code >= 500 and code not in _OUR_FAULT:
        return Rejected(code, what)
    return Unavailable(f"{what} not taken now ({code})")


class _Folder:
    """Writes each mail as a file of its own."""

    def __init__(self, parts: SplitResult) -> None:
        if parts.netloc not in {"", "localhost"} or not parts.path:
            raise Refused("a mail folder is named by file:///path")
        self.folder = Path(url2pathname(parts.path))

    def send(self, message: EmailMessage, sender: str, recipients: list[str]) -> dict[str, int]:
        """Complete or not at all; the same Message-ID again replaces the first file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(message["Message-ID"].encode()).hexdigest()[:16]
        earlier = next(self.folder.glob(f"*-{digest}.eml"), None)
        name = earlier.name if earlier else f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{digest}.eml"
        envelope = f"X-Envelope-From: {sender}\r\n" + "".join(f"X-Envelope-To: {to}\r\n" for to in recipients)
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".", suffix=".part", delete=False) as part:
            part.write(envelope.encode() + message.as_bytes(policy=policy.SMTPUTF8))
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(self.folder / name)
        return {}

    def check(self) -> None:
        """Whether the folder takes a file."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".", suffix=".part"):
                return
        except OSError as error:
            raise Unavailable(f"the mail folder cannot be written ({type(error).__name__})")

    def close(self) -> None:
        """Nothing is open between two mails."""


def _envelope(address: str) -> str:
    """The address with its domain in ASCII. Raises Rejected for what no relay could take."""
    local, at, domain = address.rpartition("@")
    if not at or not local or any(sign.isspace() or not sign.isprintable() or sign in "<>" for sign in address):
        raise Rejected(501, "address")
    try:
        return f"{local}@{to_ascii(domain)}"
    except ValueError:
        raise Rejected(501, "address")


def _addresses_in_ascii(message: EmailMessage) -> EmailMessage:
    """The message with the domains of its address headers in ASCII and without Bcc; the given one stays as it
    is.
    """
    result = deepcopy(message)
    del result["Bcc"]
    for name in _ADDRESS_HEADERS:
        if (header := result[name]) is None:
            continue
        plain = []
        for entry in header.addresses:
            if entry.domain and not entry.domain.isascii():
                entry = Address(entry.display_name, entry.username, to_ascii(entry.domain))
            plain.append(entry)
        del result[name]
        result[name] = plain
    return result


class Relay:
    """A relay for the mails of one run; use it as a context manager, the connection serves them all.

    `url`: smtp://user:password@host:25, smtp+tls://host:587 (STARTTLS, compulsory), smtps://host:465, or
    file:///folder, which writes .eml files with the envelope in X-Envelope-From and X-Envelope-To.
    `timeout`: seconds for each answer; `total`: seconds for opening the connection and again for each mail.
    Raises Refused when the address makes no sense.
    """

    def __init__(self, url: str, *, timeout: float = 20.0, total: float = 90.0) -> None:
        parts = urlsplit(url)
        self._way: _Way
        if parts.scheme == "file":
            self._way = _Folder(parts)
        elif parts.scheme in PORTS:
            self._way = _Smtp(parts, timeout=timeout, total=total)
        else:
            raise Refused("a relay is named by smtp, smtp+tls, smtps or file")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        self._way.close()

    def check(self) -> None:
        """Goes all the way to the relay, login included, without handing over a mail. Raises Unavailable, Refused."""
        self._way.check()

    def send(self, message: EmailMessage, *, envelope_from: str, recipients: Iterable[str]) -> dict[str, int]:
        """Hands over one mail; returns the recipients the relay refused, with its code, if it took others.

        Domains with umlauts are sent in ASCII (IDNA). The message must bring its Message-ID, the same for
        every try. Raises Rejected (never), Unavailable (not now), Refused (the guard), ValueError without
        Message-ID.
        """
        if not message["Message-ID"]:
            raise ValueError("a mail needs its Message-ID before it is sent")
        sender = _envelope(envelope_from) if envelope_from else ""
        to = [_envelope(address) for address in recipients]
        return self._way.send(_addresses_in_ascii(message), sender, to)


def send(message: EmailMessage, *, envelope_from: str, recipients: Iterable[str], relay_url: str) -> dict[str, int]:
    """Sends a single mail over a connection of its own; see Relay."""
    with Relay(relay_url) as relay:
        return relay.send(message, envelope_from=envelope_from, recipients=recipients)

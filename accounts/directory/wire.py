"""The way to the directory: JSON over `net.http`, and the little of a `requests` session that django-allauth uses."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.directory.troubles import Trouble, Why
from net.guard import NetError, Refused, is_allowed
from net.http import Response, fetch

SECONDS: Final = 5.0
TOTAL: Final = 8.0
MAX_BYTES: Final = 512 * 1024
_LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}


def is_fit(url: object) -> bool:
    """Whether we talk to this address: https, or http on this machine where NET_ALLOWED names it (a test server)."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.username or parts.fragment:
        return False
    if parts.scheme == "https":
        return True
    return (
        parts.scheme == "http"
        and parts.hostname in _LOOPBACK
        and bool(settings.NET_ALLOWED)
        and is_allowed(parts.hostname, port or 80, "http")
    )


def ask(
    url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Response:
    """The answer, whatever its status. Redirects are not followed: none of these addresses has any. Raises Trouble."""
    if not is_fit(url):
        raise Trouble(Why.BROKEN, _("one of its addresses is not https"))
    try:
        return fetch(
            url,
            method=method,
            headers={"Accept": "application/json", **(headers or {})},
            body=body,
            timeout=SECONDS,
            total=TOTAL,
            max_bytes=MAX_BYTES,
            max_redirects=0,
        )
    except Refused as error:
        raise Trouble(Why.REFUSED, error.log_text) from error
    except NetError as error:
        raise Trouble(Why.UNREACHABLE, error.log_text) from error


def ask_json(url: str, **options: Any) -> dict[str, Any]:
    """An object in JSON from an answer with status 200. Raises Trouble."""
    answer = ask(url, **options)
    if answer.status != 200:
        raise Trouble(
            Why.BROKEN,
            _("%(host)s answers with the status %(status)d")
            % {"host": urlsplit(url).hostname, "status": answer.status},
        )
    return as_object(answer.body, urlsplit(url).hostname or "")


def as_object(body: bytes, host: str) -> dict[str, Any]:
    """The object a body holds. Raises Trouble."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Trouble(Why.BROKEN, _("%(host)s sends no description") % {"host": host}) from error
    if not isinstance(found, dict):
        raise Trouble(Why.BROKEN, _("%(host)s sends no description") % {"host": host})
    return found


class Session:
    """What django-allauth takes for a session of `requests`."""

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET."""
        return Answer(ask(url, headers=headers))

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Any = None,
    ) -> Answer:
        """A form, posted; `auth` has username and password."""
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = basic(auth.username, auth.password)
        body = urlencode(data).encode() if data else None
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        return Answer(ask(f"{url}?{urlencode(params)}" if params else url, method=method, headers=sent, body=body))


def basic(user: str, password: str) -> str:
    """The header of a client; both parts are form-encoded first (RFC 6749, 2.3.1)."""
    pair = f"{quote_plus(user)}:{quote_plus(password)}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


class Answer:
    """What django-allauth takes for an answer of `requests`."""

    def __init__(self, answer: Response) -> None:
        self.status_code = answer.status
        self.headers = {"content-type": "application/octet-stream", **answer.headers}
        self.content = answer.body
        self.text = answer.body.decode("utf-8", "replace")
        self._host = urlsplit(answer.url).hostname or ""

    def json(self) -> dict[str, Any]:
        """The object in the body."""
        return as_object(self.content, self._host)

    def raise_for_status(self) -> None:
        """Raises Trouble unless the status is 200."""
        if self.status_code != 200:
            raise Trouble(
                Why.BROKEN,
                _("%(host)s answers with the status %(status)d") % {"host": self._host, "status": self.status_code},
            )

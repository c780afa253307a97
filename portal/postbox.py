"""The mailbox of the demo: mails are files there, and a newcomer follows their links in the browser.

Only in demo mode; otherwise these addresses do not exist. The HTML of a mail is shown in a frame of its own without
rights: no script, nothing loaded but pictures of this site, styles only by their hash.
"""

from __future__ import annotations

import os
import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from hashlib import sha256
from html import unescape
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

SHOWN = 100
"""Mails in the list."""
READ = 400
"""Newest files looked at, since all municipalities share the folder."""
HEAD_BYTES = 8192
_NAME = re.compile(r"^[0-9]{8}T[0-9]{12}-[0-9a-f]{16}$")
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_STYLE_ATTRIBUTE = re.compile(r"\sstyle=\"([^\"]*)\"", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """One mail of the list."""

    name: str
    subject: str
    to: str
    at: datetime


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """The newest mails of this municipality, and the one that `?mail=` names with its text."""
    _demo_only()
    name = request.GET.get("mail", "")
    context: dict[str, object] = {"mails": _lines(_host(request)), "chosen": name}
    if name:
        message = _message(name, _host(request))
        text, html = (message.get_body(preferencelist=(kind,)) for kind in ("plain", "html"))
        context |= {
            "mail": message,
            "at": message["Date"].datetime,
            "text": text.get_content() if text else "",
            "has_html": html is not None,
        }
    return render(request, "portal/demo_mailbox.html", context)


@require_safe
@never_cache
@xframe_options_sameorigin
def html_version(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML of one mail for the frame; links open in the whole window."""
    _demo_only()
    part = _message(name, _host(request)).get_body(preferencelist=("html",))
    if part is None:
        raise Http404
    html = part.get_content()
    response = HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))
    response["Content-Security-Policy"] = (
        f"default-src 'none'; img-src 'self'; style-src {_hashes(html)}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
    )
    return response


def _demo_only() -> None:
    if not settings.DEMO:
        raise Http404


def _host(request: HttpRequest) -> str:
    return str(request.municipality.host)  # type: ignore[attr-defined]


def _folder() -> Path:
    return Path(settings.MAIL_DIR)


def _lines(host: str) -> list[Line]:
    """Up to SHOWN mails of a host name, newest first; only the heads of the newest READ files are read."""
    try:
        names = sorted((entry.name for entry in os.scandir(_folder()) if entry.name.endswith(".eml")), reverse=True)
    except FileNotFoundError:
        return []
    found: list[Line] = []
    for name in (name.removesuffix(".eml") for name in names[:READ]):
        with (_folder() / f"{name}.eml").open("rb") as file:
            head = BytesHeaderParser(policy=policy.default).parsebytes(file.read(HEAD_BYTES))
        if _NAME.match(name) and _of_host(head, host):
            found.append(Line(name, str(head["Subject"]), str(head["To"]), head["Date"].datetime))
            if len(found) == SHOWN:
                break
    return found


def _of_host(message: EmailMessage, host: str) -> bool:
    return str(message["Message-ID"]).strip().endswith(f"@{host}>")


def _message(name: str, host: str) -> EmailMessage:
    """The mail of a file name. Raises Http404 for what is not a mail of this municipality."""
    file = _folder() / f"{name}.eml"
    if not _NAME.match(name) or not file.is_file():
        raise Http404
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    if not _of_host(message, host):
        raise Http404
    return message


def _hashes(html: str) -> str:
    """CSP sources that allow exactly the styles of this mail."""
    styles = {*_STYLE.findall(html), *(unescape(value) for value in _STYLE_ATTRIBUTE.findall(html))}
    digests = sorted(b64encode(sha256(style.encode()).digest()).decode() for style in styles)
    return " ".join(["'unsafe-hashes'", *(f"'sha256-{digest}'" for digest in digests)])


urlpatterns = [
    path("demo/postfach/", show, name="demo_mailbox"),
    path("demo/postfach/<str:name>/", html_version, name="demo_mail_html"),
]

"""Answers as XML and JSON: the same values, written once for each.

Values are dicts, lists, texts, numbers, booleans and None. XML wraps the elements of a list by the name of the list;
what is None is an empty element there and null in JSON. Both are built in one go: a thousand requests are the most.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from xml.sax.saxutils import escape

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers

JSON, XML = "json", "xml"
TYPES: Final = {JSON: "application/json; charset=utf-8", XML: "text/xml; charset=utf-8"}
_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
_ITEMS: Final = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "media_urls": "media_url",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no document of XML 1.0 may hold, not even as a reference (section 2.2)."""
_EXPOSED: Final = "Link, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"
Value = Any


@dataclass(frozen=True)
class Answer:
    """An answer before it is written: `root` names its outermost element in XML; JSON has the bare value."""

    root: str
    value: Value
    status: int = 200
    max_age: int = 0
    """Seconds for which everybody may keep it; 0: nobody."""
    headers: Mapping[str, str] = field(default_factory=dict)


def moment(at: datetime) -> str:
    """A time as "2026-05-04T08:15:30Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def xml(root: str, value: Value) -> str:
    """A whole document."""
    parts = [_DECLARATION]
    _element(root, value, parts)
    return "".join(parts)


def _element(name: str, value: Value, parts: list[str]) -> None:
    if value is None or value == "" or value == []:
        parts.append(f"<{name}/>")
        return
    parts.append(f"<{name}>")
    if isinstance(value, str):
        parts.append(escape(_FORBIDDEN.sub("", value)))
    elif isinstance(value, dict):
        for key, inner in value.items():
            _element(key, inner, parts)
    elif isinstance(value, list):
        item = _ITEMS[name]
        for inner in value:
            _element(item, inner, parts)
    elif isinstance(value, bool):
        parts.append("true" if value else "false")
    else:
        parts.append(str(value))
    parts.append(f"</{name}>")


def errors(status: int, words: list[str], headers: Mapping[str, str] | None = None) -> Answer:
    """A refusal as the standard has it: a list of code and description."""
    return Answer("errors", [{"code": status, "description": text} for text in words], status, headers=headers or {})


def format_of(request: HttpRequest) -> str:
    """By the end of the address; without one by `Accept`, else XML, which is the one every server must have."""
    for name in (JSON, XML):
        if request.path_info.rstrip("/").lower().endswith(f".{name}"):
            return name
    return JSON if "json" in request.headers.get("Accept", "") else XML


def respond(request: HttpRequest, answer: Answer) -> HttpResponse:
    """The response: any page of the web may read it, since nothing here depends on a cookie."""
    form = format_of(request)
    body = orjson.dumps(answer.value) if form == JSON else xml(answer.root, answer.value).encode()
    response = HttpResponse(body, content_type=TYPES[form], status=answer.status, headers=dict(answer.headers))
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = _EXPOSED
    if answer.max_age:
        patch_cache_control(response, public=True, max_age=answer.max_age)
    else:
        response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ("Accept", "Accept-Language"))
    return response

"""Parts of a file over HTTP (RFC 9110, chapter 14): what a map reads of its archive without fetching all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_PIECE = 1 << 18


def serve(request: HttpRequest, path: Path, *, tag: str, kind: str) -> HttpResponseBase:
    """The file, or the one part that was asked for; `tag` (without quotes) is its ETag. FileNotFoundError without it.

    Several parts at once are answered with the whole file, as the RFC allows.
    """
    quoted = f'"{tag}"'
    if quoted in request.headers.get("If-None-Match", ""):
        return _with_head(HttpResponse(status=304), quoted)
    size = path.stat().st_size
    asked = _ONE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if request.headers.get("If-Range", quoted) != quoted:
        asked = None  # a part of what the browser holds no more
    start, end = _bounds(asked, size)
    if start >= end:
        refused = HttpResponse(status=416, content_type="text/plain")
        refused["Content-Range"] = f"bytes */{size}"
        return _with_head(refused, quoted)
    status = 206 if asked else 200
    pieces = iter(()) if request.method == "HEAD" else _read(path, start, end)
    response = StreamingHttpResponse(pieces, status=status, content_type=kind)
    response["Content-Length"] = str(end - start)
    if asked:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _with_head(response, quoted)


def _with_head(response: HttpResponseBase, quoted: str) -> HttpResponseBase:
    response["ETag"] = quoted
    response["Accept-Ranges"] = "bytes"
    return response


def _bounds(asked: re.Match[str] | None, size: int) -> tuple[int, int]:
    """First byte and the one behind the last; an empty range where nothing of the file was asked for."""
    if asked is None:
        return 0, size
    first, last = asked.groups()
    if not first:
        return (max(0, size - int(last)), size) if last and int(last) else (size, size)
    return int(first), min(size, int(last) + 1) if last else size


def _read(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < end and (piece := file.read(min(_PIECE, end - start))):
            start += len(piece)
            yield piece

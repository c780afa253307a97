"""Parts of a file over HTTP (RFC 9110, chapter 14): what a map reads of its archive without fetching all of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_PIECE = 1 << 18


def tag_of(status: os.stat_result) -> str:
    """ETag of a file without quotes: changes with it."""
    return f"{status.st_mtime_ns:x}-{status.st_size:x}"


def serve(request: HttpRequest, path: Path, *, kind: str) -> HttpResponseBase:
    """The file, or the one part that was asked for, with ETag. FileNotFoundError without it.

    Several parts at once, and parts that make no sense, are answered with the whole file, as the RFC allows. Tag and
    bytes are of one and the same file, also while another takes its place.
    """
    file = path.open("rb")
    try:
        response = _answer(request, file, kind)
    except BaseException:
        file.close()
        raise
    if not response.streaming:
        file.close()
    return response


def _answer(request: HttpRequest, file: BinaryIO, kind: str) -> HttpResponseBase:
    status = os.fstat(file.fileno())
    quoted, size = f'"{tag_of(status)}"', status.st_size
    known = request.headers.get("If-None-Match", "")
    if quoted in known or known.strip() == "*":
        return _with_head(HttpResponse(status=304), quoted)
    asked = _ONE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if request.headers.get("If-Range", quoted) != quoted:
        asked = None  # a part of what the browser holds no more
    if asked is not None and asked[1] and asked[2] and int(asked[2]) < int(asked[1]):
        asked = None
    start, end = _bounds(asked, size)
    if start >= end:
        refused = HttpResponse(status=416, content_type="text/plain")
        refused["Content-Range"] = f"bytes */{size}"
        return _with_head(refused, quoted)
    head = {"Content-Length": str(end - start)}
    if asked:
        head["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    code = 206 if asked else 200
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(status=code, content_type=kind, headers=head)
    else:
        response = StreamingHttpResponse(_read(file, start, end), status=code, content_type=kind, headers=head)
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


def _read(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while start < end and (piece := file.read(min(_PIECE, end - start))):
            start += len(piece)
            yield piece

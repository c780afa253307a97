"""The pages of the municipality's own words, and its video."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import IO, Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from geo.models import Municipality
from pages import statement, video
from pages.models import Video
from pages.policy import ABOUT, VIDEO_TYPES, Key
from pages.services import offices, text_of

_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
_CHUNK = 64 * 1024


def page(key: Key) -> Callable[[HttpRequest], HttpResponse]:
    """The view of one page; a change is seen at once, and an unchanged page costs no bytes."""

    @require_safe
    @cache_control(public=True, max_age=0, s_maxage=30)
    @conditional_page
    def show(request: HttpRequest) -> HttpResponse:
        here: Municipality = request.municipality  # type: ignore[attr-defined]
        text = text_of(here, key)
        context: dict[str, Any] = {
            "key": key,
            "title": ABOUT[key].title,
            "text": text.shown(here),
            "text_language": text.language if text.language != get_language() else "",
        }
        if key is Key.ACCESSIBILITY:
            context["statement"] = statement.shown(here)
        elif key is Key.CONTACT:
            context["offices"] = offices(here)
        elif key is Key.SIGN:
            found = video.video_of(here)
            context["video"] = found
            context["video_url"] = reverse("sign_video", args=[found.name]) if found else ""
            context["video_type"] = VIDEO_TYPES[found.format] if found else ""
        return render(request, f"pages/{key.value}.html", context)

    return show


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def sign_video(request: HttpRequest, name: str) -> HttpResponseBase:
    """The video, whole or in the part a player asks for (RFC 9110, one range)."""
    row = get_object_or_404(Video, name=name)
    try:
        file = default_storage.open(video.path_of(row))
    except FileNotFoundError:
        raise Http404
    size, kind = file.size, VIDEO_TYPES[row.format]
    wanted = request.headers.get("Range", "")
    if not wanted:
        whole = FileResponse(file, content_type=kind)
        whole["Accept-Ranges"] = "bytes"
        return whole
    part = _part(wanted, size)
    if part is None:
        file.close()
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    first, last = part
    response = StreamingHttpResponse(_read(file, first, last), status=206, content_type=kind)
    response["Content-Length"] = str(last - first + 1)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Accept-Ranges"] = "bytes"
    return response


def _part(wanted: str, size: int) -> tuple[int, int] | None:
    """First and last byte of `bytes=a-b`, `bytes=a-` or `bytes=-n`; None if that cannot be had."""
    found = _RANGE.match(wanted.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        first, last = max(0, size - int(found[2])), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
    return (first, last) if first <= last else None


def _read(file: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk

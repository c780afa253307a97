"""The handbook for staff, as it stands in docs/handbuch/: plain German, with pictures where they have been made.

The pictures are those of the browser tests (`script/handbook` makes them into DATA_DIR/handbook); without them the text
stands by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from moderation.access import staff_only
from pages.markdown import html

FOLDER: Final = Path(settings.BASE_DIR) / "docs" / "handbuch"
PAGES: Final = (
    "arbeitsplatz",
    "sichten",
    "antworten",
    "fotos",
    "doppelte",
    "weiterleiten",
    "posteingang",
    "planen",
    "telefone",
    "aussendienst",
    "abwesenheit",
    "zahlen",
    "ueben",
    "datenschutz",
    "einrichtung",
)
"""The pages in their order; each is a file of the folder and an address."""
PICTURE: Final = re.compile(r"^!\[([^\]]+)\]\(bilder/([a-z0-9-]+)\.png\)$", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """Running text, or a picture with its description."""

    text: SafeString | str = ""
    picture: str = ""
    """Name of the picture, "" for text."""
    alt: str = ""


def pictures() -> Path:
    """The folder of the pictures that have been made."""
    return Path(settings.DATA_DIR) / "handbook"


def source(slug: str) -> tuple[str, str]:
    """Title and Markdown of a page. Raises KeyError for one that does not exist."""
    if slug not in PAGES:
        raise KeyError(slug)
    title, _break, body = (FOLDER / f"{slug}.md").read_text(encoding="utf-8").partition("\n")
    return title.removeprefix("# ").strip(), body


def parts(body: str) -> list[Part]:
    """The page in pieces; a picture that has not been made is left out."""
    found: list[Part] = []
    pieces = PICTURE.split(body)
    for at in range(0, len(pieces), 3):
        if pieces[at].strip():
            # Every line break of the file is one of the editor, not of the text.
            found.append(Part(text=html(re.sub(r"(?<=\S)\n(?=[^\n|#\-0-9*]|\*\*)", " ", pieces[at]))))
        if at + 2 < len(pieces) and (pictures() / f"{pieces[at + 2]}.png").is_file():
            found.append(Part(picture=pieces[at + 2], alt=pieces[at + 1]))
    return found


@require_safe
@staff_only
def show(request: HttpRequest, slug: str = PAGES[0]) -> HttpResponse:
    """One page of the handbook, with the way to the others."""
    try:
        title, body = source(slug)
    except KeyError:
        raise Http404
    at = PAGES.index(slug)
    listed = [{"title": source(one)[0], "url": _address(one), "current": one == slug} for one in PAGES]
    context = {
        "title": title,
        "parts": parts(body),
        "listed": listed,
        "next": listed[at + 1] if at + 1 < len(listed) else None,
    }
    return render(request, "moderation/handbook.html", context)


def _address(slug: str) -> str:
    return reverse("handbook_page", args=[slug])


@require_safe
@staff_only
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """A picture of the handbook; 404 while it has not been made."""
    named = {found[1] for slug in PAGES for found in PICTURE.findall(source(slug)[1])}
    file = pictures() / f"{name}.png"
    if name not in named or not file.is_file():
        raise Http404
    return FileResponse(file.open("rb"), content_type="image/png")

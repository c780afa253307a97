"""Markdown to clean HTML: markdown-it without raw HTML, and nh3 behind it, in case the first one errs."""

from __future__ import annotations

from typing import Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS: Final = set("h2 h3 h4 h5 h6 p br hr strong em a ul ol li blockquote code table thead tbody tr th td".split())  # noqa: SIM905
SCHEMES: Final = {"http", "https", "mailto", "tel"}
_reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable(["image", "html_block"])


def html(text: str) -> SafeString:
    """The text as HTML. Its highest heading becomes h2, since the title of the page is the h1.

    A line break stays one (addresses), pictures and raw HTML are shown as the characters they are.
    """
    tokens = _reader.parse(text.replace("\x00", ""))
    _lower(tokens)
    made = _reader.renderer.render(tokens, _reader.options, {})
    clean = nh3.clean(
        made,
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}, "th": {"scope"}},
        url_schemes=SCHEMES,
        link_rel="noopener",
    )
    return mark_safe(clean)  # noqa: S308  cleaned in the line above


def _lower(tokens: list[Token]) -> None:
    """Shift all headings so that the highest one is h2; head cells say that they are for their column."""
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    shift = 2 - min(levels, default=2)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + shift)}"
        elif token.type == "th_open":
            token.attrs = {"scope": "col"}

"""The words of an HTML mail. Quotations become lines with "> ", so that one rule finds them in both kinds of mail."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

import nh3

LARGEST: Final = 2**20
"""Characters of HTML that are read."""
_BLOCKS: Final = {
    *("address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure"),
    *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre"),
    *("section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
}
_CELLS: Final = {"td", "th"}
_PARAGRAPHS: Final = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table"}
_WITHOUT: Final = {"script", "style", "title", "head", "template", "noscript", "svg", "math", "object", "iframe"}
_SPACES: Final = re.compile(r"[ \t\r\f\n\u00a0\u200b\u200c\ufeff]+")
_HIDDEN: Final = re.compile(r"(?:display|visibility)\s*:\s*(?:none|hidden)", re.IGNORECASE)
_BLANK_LINES: Final = re.compile(r"\n{3,}")


class _Words(HTMLParser):
    """Collects lines out of clean HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line = ""
        self.quoted = 0
        self.hidden: list[str] = []
        self.pre = 0

    def end_line(self, *, blank: bool = False) -> None:
        words = self.line.rstrip() if self.pre else self.line.strip()
        mark = "> " * min(self.quoted, 3)
        if words:
            self.lines.append(mark + words)
        if blank and self.lines and self.lines[-1].strip("> "):
            self.lines.append(mark.rstrip())
        self.line = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.lines.append(("> " * min(self.quoted, 3) + self.line.strip()).rstrip(" "))
            self.line = ""
            return
        if self.hidden or _HIDDEN.search(dict(attrs).get("style") or ""):
            if tag not in {"hr", "img"}:
                self.hidden.append(tag)
            return
        if tag in _CELLS:
            self.line += " "
        elif tag in _BLOCKS:
            self.end_line(blank=tag in _PARAGRAPHS)
        if tag == "blockquote":
            self.quoted += 1
        elif tag == "pre":
            self.pre += 1
        elif tag == "li":
            self.line = "- "

    def handle_endtag(self, tag: str) -> None:
        if self.hidden:
            if self.hidden[-1] == tag:
                self.hidden.pop()
            return
        if tag in _BLOCKS and tag not in _CELLS:
            self.end_line(blank=tag in _PARAGRAPHS)
        if tag == "blockquote":
            self.quoted = max(0, self.quoted - 1)
        elif tag == "pre":
            self.pre = max(0, self.pre - 1)

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        if self.pre:
            first, *rest = data.split("\n")
            self.line += first
            for line in rest:
                self.end_line()
                self.line = line
        else:
            words = _SPACES.sub(" ", data)
            self.line += words.lstrip() if not self.line or self.line.endswith(" ") else words


def of_html(html: str) -> str:
    """The words a reader sees, line by line: no markup, nothing hidden, no addresses of links, no scripts.

    The markup is first made well-formed by a parser that takes a time in proportion to its length (nh3), whatever
    a hostile sender writes.
    """
    clean = nh3.clean(
        html[:LARGEST].replace("\x00", ""),
        tags={*_BLOCKS, "br", "b", "i", "em", "strong", "span", "a", "u", "font", "small"} - {"form"},
        clean_content_tags=set(_WITHOUT),
        attributes={"*": {"style"}},
        link_rel=None,
    )
    words = _Words()
    words.feed(clean)
    words.close()
    words.end_line()
    return _BLANK_LINES.sub("\n\n", "\n".join(words.lines)).strip()

"""A report on paper: what one sheet says, and the sheet as PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf import FPDF

from reports.poster import FONT, font

MARGIN, WIDTH = 18.0, 174.0
"""Of an A4 page, in millimetres."""
INK, MUTED = (20, 22, 34), (90, 94, 108)


@dataclass(frozen=True)
class Happened:
    """One line of the history."""

    when: str
    title: str
    who: str
    text: str = ""


@dataclass(frozen=True)
class Sheet:
    """Everything on paper, in words. Pictures are JPEG or PNG."""

    town: str
    kind: str
    """For whom: "internal", or for outside."""
    number: str
    title: str
    facts: Sequence[tuple[str, str]]
    text: str
    answers: Sequence[tuple[str, str]] = ()
    history: Sequence[Happened] = ()
    map: bytes | None = None
    map_source: str = ""
    photos: Sequence[bytes] = field(default_factory=list)


class _Page(FPDF):
    """Number and page in the foot, so that loose sheets find together."""

    sheet: Sheet

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(FONT, "", 9)
        self.set_text_color(*MUTED)
        words = [self.sheet.number, self.sheet.kind, _("page %(n)d") % {"n": self.page_no()}]
        self.cell(WIDTH, 6, " · ".join(words), align="C")


def pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF, with text that can be searched and read out."""
    page = _Page(format="A4")
    page.sheet = sheet
    page.set_margins(MARGIN, MARGIN, MARGIN)
    page.set_auto_page_break(True, 20)
    page.set_title(f"{sheet.number} {sheet.title}")
    page.set_author(sheet.town)
    page.set_lang(get_language() or "de")
    page.set_creation_date(timezone.now())
    for style, file in (("", "FiraSans-Regular"), ("B", "FiraSans-SemiBold")):
        page.add_font(FONT, style, font(file))
    page.add_page()
    _words(page, f"{sheet.town} · {sheet.kind}", 10, muted=True)
    _words(page, sheet.title, 19, bold=True)
    _words(page, sheet.number, 12, muted=True)
    page.ln(3)
    _pairs(page, sheet.facts)
    if sheet.text:
        _heading(page, _("Text"))
        _words(page, sheet.text, 11)
    if sheet.answers:
        _heading(page, _("Answers"))
        _pairs(page, sheet.answers)
    if sheet.map is not None:
        _heading(page, _("Place"))
        page.image(BytesIO(sheet.map), w=WIDTH, alt_text=_("Map of the place"))
        if sheet.map_source:
            _words(page, sheet.map_source, 8, muted=True)
    if sheet.history:
        _heading(page, _("History"))
        for one in sheet.history:
            _words(page, " · ".join(filter(None, [one.when, one.who])), 9, muted=True)
            _words(page, one.title, 11, bold=True)
            if one.text:
                _words(page, one.text, 11)
            page.ln(2)
    for number, photo in enumerate(sheet.photos, 1):
        words = _("Photo %(n)d") % {"n": number}
        if number == 1 or page.get_y() > 170:
            page.add_page()
        _heading(page, words)
        page.image(BytesIO(photo), w=WIDTH, h=105, keep_aspect_ratio=True, alt_text=words)
    return bytes(page.output())


def _heading(page: FPDF, words: str) -> None:
    page.ln(4)
    _words(page, words, 13, bold=True)


def _words(page: FPDF, words: str, size: int, *, bold: bool = False, muted: bool = False) -> None:
    page.set_font(FONT, "B" if bold else "", size)
    page.set_text_color(*(MUTED if muted else INK))
    page.multi_cell(WIDTH, size * 0.47, words, align="L", new_x="LMARGIN", new_y="NEXT")


def _pairs(page: FPDF, pairs: Sequence[tuple[str, str]]) -> None:
    for label, value in pairs:
        _words(page, f"{label}: {value}", 11)

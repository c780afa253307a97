"""The report of a month as PDF: text that can be searched and read out, tables, the map drawn as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from moderation.numbers.monthly import Monthly
from moderation.numbers.page import Table
from moderation.numbers.picture import Map
from reports.paper import INK, MARGIN, MUTED, WIDTH
from reports.poster import FONT, font

LINE: Final = (176, 182, 192)
STREET: Final = (206, 210, 217)
MAP_HIGH: Final = 120.0
"""The map is at most so high, in millimetres."""


class _Page(FPDF):
    """With the name of the report and the page in the foot."""

    said = ""

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(FONT, "", 9)
        self.set_text_color(*MUTED)
        self.cell(WIDTH, 6, f"{self.said} · {_('page %(n)d') % {'n': self.page_no()}}", align="C")


def pdf(report: Monthly) -> bytes:
    """The report on A4."""
    page = _Page(format="A4")
    page.said = f"{report.town} · {report.title}" if report.town else report.title
    page.set_margins(MARGIN, MARGIN, MARGIN)
    page.set_auto_page_break(True, 20)
    page.set_title(page.said)
    page.set_author(report.town)
    page.set_lang(get_language() or "de")
    page.set_creation_date(report.at)
    for style, file in (("", "FiraSans-Regular"), ("B", "FiraSans-SemiBold")):
        page.add_font(FONT, style, font(file))
    page.add_page()
    _words(page, report.town, 10, muted=True)
    _words(page, report.title, 20, bold=True)
    _words(page, report.made, 10, muted=True)
    page.ln(3)
    for paragraph in report.paragraphs():
        _words(page, paragraph, 11.5)
        page.ln(1.5)
    _heading(page, _("In comparison"))
    rows = [(one.label, one.value, one.before, one.year) for one in report.measures()]
    _table(page, (_("Calendar days"), report.name, report.before_name, report.year_name), rows, (66, 36, 36, 36))
    for table in report.tables:
        _parts(page, table)
    if report.spots:
        if report.map is not None and page.get_y() + _scale(report.map) * report.map.height > page.h - 45:
            page.add_page()
        _heading(page, _("Where most was reported"))
        if report.map is not None:
            _map(page, report.map)
        for spot in report.spots:
            said = f"{spot.rank}. {spot.place}: {spot.figure.value}"
            _words(page, f"{said} ({spot.words})" if spot.words else said, 10.5)
    return bytes(page.output())


def _parts(page: FPDF, table: Table) -> None:
    _heading(page, table.title)
    rows = [
        (row.name, *(str(one.value) for one in (row.received, row.settled, row.open)), row.days or "–")
        for row in table.rows
    ]
    heads = (table.head, _("received"), _("settled"), _("open today"), _("half within"))
    _table(page, heads, rows, (62, 28, 28, 28, 28))


def _table(page: FPDF, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], widths: tuple[int, ...]) -> None:
    page.set_font(FONT, "", 10)
    page.set_text_color(*INK)
    page.set_draw_color(*LINE)
    with page.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        col_widths=widths,
        text_align=("LEFT", *("RIGHT",) * (len(heads) - 1)),
        headings_style=FontFace(emphasis="BOLD"),
        line_height=6,
    ) as drawn:
        for cells in (heads, *rows):
            line = drawn.row()
            for cell in cells:
                line.cell(cell)


def _scale(shapes: Map) -> float:
    """Millimetres of one unit of the map."""
    return min(WIDTH / shapes.width, MAP_HIGH / shapes.height)


def _map(page: FPDF, shapes: Map) -> None:
    scale = _scale(shapes)
    left, top = page.get_x(), page.get_y()

    def at(place: tuple[int, int]) -> tuple[float, float]:
        return left + place[0] * scale, top + place[1] * scale

    with page.rect_clip(left, top, shapes.width * scale, shapes.height * scale):
        page.set_draw_color(*STREET)
        page.set_line_width(0.2)
        for line in shapes.streets:
            page.polyline([at(place) for place in line])
        page.set_draw_color(*MUTED)
        page.set_line_width(0.35)
        for line in shapes.areas:
            page.polyline([at(place) for place in line], polygon=True)
    page.set_font(FONT, "B", 9)
    page.set_fill_color(*INK)
    page.set_draw_color(255, 255, 255)
    page.set_text_color(255, 255, 255)
    for mark in shapes.marks:
        x, y = at((mark.x, mark.y))
        radius = mark.radius * scale
        page.circle(x, y, radius, style="DF")
        page.set_xy(x - radius, y - radius)
        page.cell(2 * radius, 2 * radius, str(mark.spot.rank), align="C")
    page.set_xy(left, top + shapes.height * scale + 3)


def _heading(page: FPDF, words: str) -> None:
    page.ln(5)
    if page.get_y() > page.h - 50:
        page.add_page()
    _words(page, words, 13, bold=True)
    page.ln(1)


def _words(page: FPDF, words: str, size: float, *, bold: bool = False, muted: bool = False) -> None:
    if not words:
        return
    page.set_font(FONT, "B" if bold else "", size)
    page.set_text_color(*(MUTED if muted else INK))
    page.multi_cell(WIDTH, size * 0.47, words, align="L", new_x="LMARGIN", new_y="NEXT")

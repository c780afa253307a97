"""Posters and labels with a QR code that opens the report form at the right thing: one page of A4 each, as PDF."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

import segno
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from fpdf import FPDF

from geo.models import Municipality

FONT: Final = "Fira Sans"
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 20.0
"""Of the page, in millimetres."""
CODE: Final = 120.0
"""Side of the QR code in millimetres; it is read from two metres."""

logging.getLogger("fontTools").setLevel(logging.ERROR)  # remarks on the table versions of Fira Sans


@dataclass(frozen=True)
class Poster:
    """What one page says. `category` is a slug, `name` its name; `lat` and `lon` are WGS84."""

    headline: str
    category: str = ""
    name: str = ""
    asset: str = ""
    lat: float | None = None
    lon: float | None = None

    def query(self) -> str:
        """What the code brings into the form."""
        found = {"kategorie": self.category, "objekt": self.asset}
        if self.lat is not None and self.lon is not None:
            found |= {"lat": f"{self.lat:.6f}", "lon": f"{self.lon:.6f}"}
        return urlencode({key: value for key, value in found.items() if value})


def address_of(municipality: Municipality, poster: Poster) -> str:
    """The address in the code: the German form, whoever prints it."""
    with translation.override("de"):
        path = reverse("report_new")
    query = poster.query()
    return municipality.base_url() + path + (f"?{query}" if query else "")


def pdf(municipality: Municipality, posters: Sequence[Poster]) -> bytes:
    """One page per poster, in German, with text that can be read out and copied."""
    with translation.override("de"):
        return _pdf(municipality, posters)


def _pdf(municipality: Municipality, posters: Sequence[Poster]) -> bytes:
    page = FPDF(format="A4")
    page.set_auto_page_break(False)
    page.set_title(_("Posters for %(name)s") % {"name": municipality.title})
    page.set_author(municipality.title)
    page.set_lang("de-DE")
    page.set_creation_date(timezone.now())
    for style, file in (("", "FiraSans-Regular"), ("B", "FiraSans-SemiBold")):
        page.add_font(FONT, style, font(file))
    for poster in posters:
        _draw(page, municipality, poster)
    return bytes(page.output())


@lru_cache
def font(name: str) -> str:
    """Path of a font of ours; set-up makes it from the npm package."""
    found = finders.find(f"vendor/fonts/{name}.woff2")
    if not isinstance(found, str):
        raise FileNotFoundError(f"vendor/fonts/{name}.woff2: run script/setup")
    return found


def _draw(page: FPDF, municipality: Municipality, poster: Poster) -> None:
    page.add_page()
    red, green, blue = (int(municipality.accent[at : at + 2], 16) for at in (1, 3, 5))
    page.set_fill_color(red, green, blue)
    page.rect(0, 0, WIDTH, 9, style="F")
    page.set_xy(MARGIN, 20)
    page.set_font(FONT, "", 17)
    page.set_text_color(70, 74, 90)
    page.cell(WIDTH - 2 * MARGIN, 8, municipality.title)
    page.set_text_color(20, 22, 34)
    page.set_xy(MARGIN, 33)
    page.set_font(FONT, "B", 34 if len(poster.headline) < 35 else 27)
    page.multi_cell(WIDTH - 2 * MARGIN, 13, poster.headline, align="L")
    below = " · ".join(part for part in (poster.name, poster.asset) if part)
    if below:
        page.set_xy(MARGIN, page.get_y() + 3)
        page.set_font(FONT, "", 20)
        page.multi_cell(WIDTH - 2 * MARGIN, 10, below, align="L")
    address = address_of(municipality, poster)
    _code(page, address, (WIDTH - CODE) / 2, 105)
    page.set_xy(MARGIN, 105 + CODE + 8)
    page.set_font(FONT, "B", 22)
    page.cell(WIDTH - 2 * MARGIN, 11, _("Scan, take a photo, send."), align="C")
    page.set_xy(MARGIN, 105 + CODE + 20)
    page.set_font(FONT, "", 14)
    page.cell(WIDTH - 2 * MARGIN, 7, address.split("://", 1)[1].split("?")[0], align="C", link=address)
    page.set_xy(MARGIN, HEIGHT - 28)
    page.set_text_color(70, 74, 90)
    said = [_("Danger to life: call 112")]
    if municipality.contact_phone:
        said.append(_("Without internet: %(phone)s") % {"phone": municipality.contact_phone})
    page.multi_cell(WIDTH - 2 * MARGIN, 7, " · ".join(said), align="C")


def _code(page: FPDF, text: str, left: float, top: float) -> None:
    """The code as black squares, so that it prints sharply at any size; error correction Q for outdoors."""
    rows = [list(row) for row in segno.make(text, error="q", boost_error=False).matrix_iter(border=4)]
    side = CODE / len(rows)
    page.set_fill_color(0, 0, 0)
    for down, row in enumerate(rows):
        across = 0
        while across < len(row):
            start = across
            while across < len(row) and row[across]:
                across += 1
            if across > start:
                page.rect(left + start * side, top + down * side, (across - start) * side, side, style="F")
            across = max(across, start + 1)


def read_lines(text: str) -> tuple[list[tuple[str, float | None, float | None]], list[str]]:
    """Things one per line, "name" or "name; lat; lon"; returns them and what is wrong in which line."""
    found: list[tuple[str, float | None, float | None]] = []
    wrong: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        name, *place = (part.strip() for part in line.split(";"))
        if not name and not place:
            continue
        try:
            lat, lon = (float(part.replace(",", ".")) for part in place) if place else (None, None)
            if not name or (lat is not None and lon is not None and not (-90 <= lat <= 90 and -180 <= lon <= 180)):
                raise ValueError
        except ValueError:
            wrong.append(_("Line %(number)d: please write “name” or “name; 51.960; 8.230”.") % {"number": number})
        else:
            found.append((name, lat, lon))
    return found, wrong

"""The three formats. Rows are written as they come; nothing grows with their number.

A cell that begins like a formula is made harmless: programs for tables run what begins with =, +, - or @ (OWASP, "CSV
Injection"). In CSV such words get an apostrophe before them; in XLSX they are stored as text, which nothing runs.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from moderation.exporting.columns import NAMES, Value
from moderation.exporting.workbook import PIECE, workbook

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SPACE = " \u00a0\u200b\ufeff"


def harmless(value: Value) -> Value:
    """Words that no program for tables takes for a formula; everything else as it is."""
    if isinstance(value, str) and value.lstrip(_SPACE).startswith(_FORMULA):
        return f"'{value}"
    return value


class _Echo:
    """A file that hands back what is written."""

    def write(self, text: str) -> str:
        return text


def pieces(stream: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of at least PIECE: a server sends each of them by itself."""
    kept = bytearray()
    for one in stream:
        kept += one
        if len(kept) >= PIECE:
            yield bytes(kept)
            kept.clear()
    if kept:
        yield bytes(kept)


def as_csv(rows: Iterable[dict[str, Value]]) -> Iterator[bytes]:
    """UTF-8 with a byte order mark and semicolons, as German programs for tables read it by a double click."""
    return _csv(rows, [str(name) for name in NAMES.values()])


def _csv(rows: Iterable[dict[str, Value]], heading: list[str]) -> Iterator[bytes]:
    writer = csv.writer(_Echo(), delimiter=";", quoting=csv.QUOTE_MINIMAL)
    yield b"\xef\xbb\xbf" + writer.writerow(heading).encode()
    for row in rows:
        yield writer.writerow([_cell(value) for value in row.values()]).encode()


def _cell(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    safe = harmless(value)
    return safe.replace("\x00", "") if isinstance(safe, str) else safe  # type: ignore[return-value]


def as_geojson(rows: Iterable[dict[str, Value]]) -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946), one feature per line; a case without a place has no geometry."""
    yield b'{"type":"FeatureCollection","features":[\n'
    comma = b""
    for row in rows:
        facts: dict[str, Any] = {name: _plain(value) for name, value in row.items()}
        latitude, longitude = facts.pop("latitude"), facts.pop("longitude")
        place = None if latitude is None else {"type": "Point", "coordinates": [longitude, latitude]}
        feature = {"type": "Feature", "id": facts["number"], "geometry": place, "properties": facts}
        yield comma + json.dumps(feature, ensure_ascii=False, separators=(",", ":")).encode()
        comma = b",\n"
    yield b"\n]}\n"


def _plain(value: Value) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def as_xlsx(rows: Iterable[dict[str, Value]]) -> Iterator[bytes]:
    """A workbook with one sheet, handed out while it is written."""
    widths = [48 if name in _WIDE else 16 for name in NAMES]
    return workbook([str(name) for name in NAMES.values()], widths, (list(row.values()) for row in rows))


_WIDE = {"address", "text"}

"""A workbook as it is written: XLSX whose first byte is there at once, and of which nothing is kept.

An XLSX file is a ZIP archive of XML (ECMA-376, part 1). Words stand in their cells ("inlineStr"), so that no table of
words grows; a cell of words is never a formula. The archive is written into a target that hands out what it has.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final
from xml.sax.saxutils import escape

from moderation.exporting.columns import Value

PIECE: Final = 32_768
CELL_MAX: Final = 32_767
"""Characters that a cell holds."""
ROWS_MAX: Final = 1_048_575
"""Rows that a sheet holds below its heading."""
BYTES_MAX: Final = 1_900_000_000
"""Bytes of a sheet's XML; beyond 2 GiB an archive needs records that old readers do not know."""
EPOCH: Final = date(1899, 12, 30)
"""The day 0 of dates in cells."""
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATED}/styles" Target="styles.xml"/></Relationships>',
    # 0: as it is, 1: heading, 2: day and time, 3: day.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="dd.mm.yyyy\\ hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="dd.mm.yyyy"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


class _Target:
    """What an archive is written into, from the front to the end; `take` hands out what came since."""

    def __init__(self) -> None:
        self.kept = bytearray()

    def write(self, data: bytes) -> int:
        """Keep it until it is taken."""
        self.kept += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def take(self) -> bytes:
        """What came since."""
        found = bytes(self.kept)
        self.kept.clear()
        return found


def workbook(heading: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """One sheet with a heading that stays in sight; `widths` of its columns in characters.

    What does not fit into a sheet (ROWS_MAX, BYTES_MAX) is left out and the last row says so with "…".
    """
    target = _Target()
    # An archive that is only written needs no more than `write` and `flush` (see zipfile's "unseekable streams").
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as book:  # type: ignore[call-overload]
        for name, words in PARTS.items():
            book.writestr(name, _XML + words)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            written = sheet.write(_head(heading, widths).encode())
            yield target.take()
            for number, row in enumerate(rows, 2):
                full = number > ROWS_MAX or written > BYTES_MAX
                written += sheet.write(_row(number, ["…"] if full else row).encode())
                if len(target.kept) >= PIECE:
                    yield target.take()
                if full:
                    break
            sheet.write(b"</sheetData></worksheet>")
    yield target.take()


def _head(heading: Sequence[str], widths: Sequence[int]) -> str:
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{wide}" customWidth="1"/>' for at, wide in enumerate(widths, 1)
    )
    view = (
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/>'
        "</sheetView></sheetViews>"
    )
    words = "".join(_words(at, 1, name, 1) for at, name in enumerate(heading))
    start = f'{_XML}<worksheet xmlns="{_MAIN}">{view}<cols>{columns}</cols><sheetData>'
    return f'{start}<row r="1">{words}</row>'


def _row(number: int, row: Sequence[Value]) -> str:
    return f'<row r="{number}">{"".join(_cell(at, number, value) for at, value in enumerate(row))}</row>'


def _cell(column: int, row: int, value: Value) -> str:
    if isinstance(value, str):
        return _words(column, row, value) if value else ""
    if isinstance(value, date):
        return f'<c r="{letters(column)}{row}" s="{2 if isinstance(value, datetime) else 3}"><v>{serial(value)}</v></c>'
    return "" if value is None else f'<c r="{letters(column)}{row}"><v>{value!r}</v></c>'


def _words(column: int, row: int, words: str, style: int = 0) -> str:
    said = escape(_UNPRINTABLE.sub("", words)[:CELL_MAX]).replace("\r", "&#13;")
    looks = f' s="{style}"' if style else ""
    return f'<c r="{letters(column)}{row}"{looks} t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


def letters(column: int) -> str:
    """The name of a column that is counted from 0: A, B … Z, AA …"""
    first, last = divmod(column, 26)
    return (letters(first - 1) if first else "") + chr(65 + last)


def serial(value: date) -> str:
    """A moment as cells count it: days since EPOCH, with their fraction."""
    days = (date(value.year, value.month, value.day) - EPOCH).days
    if not isinstance(value, datetime):
        return str(days)
    return f"{days + (value.hour * 3600 + value.minute * 60 + value.second) / 86_400:.9f}"

"""Rows of a file, one after the other: CSV as a stream, GeoJSON feature by feature."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import orjson
from django.utils.translation import gettext as _

from reports.importing.mapping import Columns, Mapping

_CHUNK = 1 << 20
_DELIMITERS = ";,\t|"


class BadFile(Exception):
    """The file as a whole cannot be read; the text says why."""


@dataclass(slots=True)
class Raw:
    """A row as it stands in the file. `place` is a GeoJSON point; `problem` says why the row cannot be read."""

    number: int
    values: dict[str, str]
    place: tuple[float, float] | None = None
    problem: str = ""


class Source(Protocol):
    """A file that can be read again and again."""

    total: int
    """Rows, roughly, for the progress bar."""

    def rows(self) -> Iterator[Raw]:
        """Every row from the first."""
        ...

    def where(self, number: int) -> str:
        """A row's number in words."""
        ...


def open_source(path: Path, mapping: Mapping) -> Source:
    """The file, by the mapping's format or its ending; BadFile when a column that the mapping names is not there."""
    form = mapping.format or ("geojson" if path.suffix.lower() in {".json", ".geojson"} else "csv")
    return GeoJson(path, mapping) if form == "geojson" else Csv(path, mapping)


def _check_columns(columns: Columns, names: list[str]) -> None:
    missing = [name for name in columns.used() if name not in names]
    if missing:
        raise BadFile(
            _("There is no column %(missing)s. The file has: %(names)s")
            % {"missing": ", ".join(missing), "names": ", ".join(names)}
        )


class Csv:
    """A CSV file with a header line."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self.path = path
        self.encoding, self.total = self._look_at(mapping.encoding)
        header = self._header()
        self.delimiter = mapping.delimiter or self._guess(header, mapping.columns)
        self.names = [name.strip() for name in next(csv.reader([header], delimiter=self.delimiter), [])]
        _check_columns(mapping.columns, self.names)

    def _look_at(self, encoding: str) -> tuple[str, int]:
        """Which encoding reads the file as a whole (UTF-8, else Windows-1252), and how many lines it has."""
        wanted = [encoding] if encoding else ["utf-8-sig", "cp1252"]
        for name in wanted:
            decoder, lines = codecs.getincrementaldecoder(name)(), 0
            try:
                with self.path.open("rb") as stream:
                    while chunk := stream.read(_CHUNK):
                        lines += decoder.decode(chunk).count("\n")
                decoder.decode(b"", final=True)
            except UnicodeError:
                continue
            return name, max(0, lines - 1)
        raise BadFile(_("The file is not written in %(names)s.") % {"names": ", ".join(wanted)})

    def _header(self) -> str:
        with self.path.open(encoding=self.encoding, newline="") as stream:
            return stream.readline().rstrip("\r\n")

    def _guess(self, header: str, columns: Columns) -> str:
        """The delimiter with which most of the columns are found."""

        def found(delimiter: str) -> tuple[int, int]:
            names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
            return sum(name in names for name in columns.used()), len(names)

        return max(_DELIMITERS, key=found)

    def where(self, number: int) -> str:
        """The line on which a row begins."""
        return _("line %(line)d") % {"line": number}

    def rows(self) -> Iterator[Raw]:
        """Every row that is not blank."""
        width, line = len(self.names), 1
        with self.path.open(encoding=self.encoding, newline="") as stream:
            reader = csv.reader(stream, delimiter=self.delimiter)
            try:
                next(reader, None)
                line = reader.line_num + 1
                for cells in reader:
                    if len(cells) == width:
                        yield Raw(line, dict(zip(self.names, cells, strict=True)))
                    elif any(cell.strip() for cell in cells):
                        problem = _("the row has %(n)d fields instead of %(width)d") % {"n": len(cells), "width": width}
                        yield Raw(line, dict(zip(self.names, cells, strict=False)), problem=problem)
                    line = reader.line_num + 1
            except csv.Error as error:
                raise BadFile(
                    _("From line %(line)d on the file cannot be read (%(what)s). Is a quotation mark missing?")
                    % {"line": line, "what": error}
                ) from error


class GeoJson:
    """A GeoJSON file. It is read as a whole; a few hundred megabytes are possible."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        try:
            data = orjson.loads(path.read_bytes().removeprefix(codecs.BOM_UTF8))
        except orjson.JSONDecodeError as error:
            raise BadFile(_("This is no GeoJSON: %(what)s") % {"what": error}) from error
        found = data.get("features") if isinstance(data, dict) else None
        if not isinstance(found, list):
            raise BadFile(_("This is no GeoJSON: %(what)s") % {"what": "no FeatureCollection"})
        self.features: list[Any] = found
        self.total = len(found)
        names: dict[str, None] = {}
        for feature in found:
            if isinstance(feature, dict):
                names |= dict.fromkeys(feature.get("properties") or {})
                if "id" in feature:
                    names["id"] = None
        _check_columns(mapping.columns, list(names))

    def where(self, number: int) -> str:
        """The number of a feature, counted from one."""
        return _("feature %(number)d") % {"number": number}

    def rows(self) -> Iterator[Raw]:
        """Every feature with its properties as text."""
        for number, feature in enumerate(self.features, 1):
            properties = feature.get("properties") or {} if isinstance(feature, dict) else None
            if not isinstance(properties, dict):
                yield Raw(number, {}, problem=_("this is no feature"))
                continue
            values = {name: _written(value) for name, value in properties.items()}
            if "id" in feature:
                values.setdefault("id", _written(feature["id"]))
            place, problem = _place(feature.get("geometry"))
            yield Raw(number, values, place, problem)


def _written(value: Any) -> str:
    """A JSON value as a CSV file would write it; several stand on a line each."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return "\n".join(_written(one) for one in value)
    return str(value)


def _place(geometry: Any) -> tuple[tuple[float, float] | None, str]:
    """East and north of a point; a reason for anything else."""
    if geometry is None:
        return None, ""
    point = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    if not isinstance(point, list) or len(point) < 2:
        return None, _("the geometry is no point")
    east, north = point[0], point[1]
    if isinstance(east, bool) or isinstance(north, bool) or not isinstance(east, int | float):
        return None, _("the coordinates cannot be read")
    if not isinstance(north, int | float):
        return None, _("the coordinates cannot be read")
    return (float(east), float(north)), ""

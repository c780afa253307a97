"""Reads gazetteer and boundary files: CSV and GeoJSON with the column names people use, and OSM extracts."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import (
    GEOSException,
    GEOSGeometry,
    LineString,
    MultiLineString,
    MultiPolygon,
    Point,
    Polygon,
)
from django.core.exceptions import ValidationError

from geo.folding import fold
from geo.osm import OSM_ENDINGS, read_osm
from geo.policy import KIND_ADDRESS, KIND_DISTRICT, KIND_POI, KIND_STREET, KINDS
from geo.rows import Bad as Bad
from geo.rows import BadFile as BadFile
from geo.rows import Row
from geo.spatial import make_point, transform

#: Our name of a column → what files call it (folded, without blanks).
NAMES: Final[dict[str, set[str]]] = {
    "kind": {"kind", "art", "typ", "type"},
    "street": {"street", "strasse", "strassenname", "strname", "stn", "addrstreet", "thoroughfare"},
    "house_number": {"housenumber", "hausnummer", "hausnr", "hnr", "hsnr", "nr", "addrhousenumber", "number"},
    "suffix": {"adz", "zusatz", "hausnummernzusatz", "hnrzusatz", "suffix"},
    "postcode": {"postcode", "plz", "postleitzahl", "addrpostcode", "zip"},
    "place": {"place", "ort", "ortsname", "onm", "city", "addrcity", "gemeinde"},
    "district": {"district", "ortsteil", "stadtteil", "otn", "addrsuburb", "suburb", "bezirk"},
    "name": {"name", "bezeichnung", "label", "titel"},
    "external_id": {"id", "externalid", "oid", "uuid", "gmlid", "fid", "kennung"},
    "x": {"x", "lon", "lng", "long", "longitude", "laenge", "e", "east", "easting", "ostwert", "rechtswert"},
    "y": {"y", "lat", "latitude", "breite", "n", "north", "northing", "nordwert", "hochwert"},
}
_BATCH = 1000
_PIECE = 1 << 20
_SHAPES: Final = {
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
}


def _columns(names: Iterable[str]) -> dict[str, str]:
    """Our name → the file's name."""
    found: dict[str, str] = {}
    for name in names:
        plain = fold(name or "").replace(" ", "")
        for ours, theirs in NAMES.items():
            if plain in theirs:
                found.setdefault(ours, name)
    return found


def _text(values: Mapping[str, Any], columns: Mapping[str, str], name: str) -> str:
    value = values.get(columns.get(name, ""), "")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).replace("\x00", "").strip()


def _row(values: Mapping[str, Any], columns: Mapping[str, str], **shape: Any) -> Row:
    """A row out of named values; the kind is told by the file or by what is filled in."""

    def text(name: str) -> str:
        return _text(values, columns, name)

    number = (text("house_number") + text("suffix")).replace(" ", "")
    street, name, district = text("street"), text("name"), text("district")
    kind = text("kind").lower()
    if kind not in dict(KINDS):
        if shape.get("boundary") is not None:
            kind = KIND_DISTRICT
        elif street and number:
            kind = KIND_ADDRESS
        elif street or shape.get("line") is not None:
            kind = KIND_STREET
        else:
            kind = KIND_POI if name else KIND_DISTRICT
    if kind == KIND_STREET:
        street = street or name
    if kind == KIND_DISTRICT:
        name = name or district
    return Row(
        kind=kind,
        street=street,
        house_number=number if kind == KIND_ADDRESS else "",
        postcode=text("postcode"),
        place=text("place"),
        district=district,
        name=name,
        external_id=text("external_id"),
        **shape,
    )


def _number(text: str) -> float:
    """“8,25” and “8.25” are the same."""
    return float(text.replace(",", ".")) if text else float("nan")


def read_csv(path: Path, *, srid: int = 4326) -> Iterator[Row | Bad]:
    """Rows of a CSV file (`;`, `,` or tab; UTF-8, UTF-16 or Windows-1252) with coordinates in EPSG:`srid`.

    It is read as it comes, so its size does not matter. Raises BadFile.
    """
    with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
        head = file.readline(1 << 16)
        if not head.strip():
            raise BadFile("the file is empty, or its first line is")
        reader = csv.DictReader(chain([head], file), delimiter=max(";,\t", key=head.count))
        try:
            yield from _csv_rows(reader, srid)
        except csv.Error as error:
            raise BadFile(f"line {reader.line_num}: {error}. Is a quotation mark missing?") from error


def _encoding(path: Path) -> str:
    """UTF-8 or UTF-16 where the bytes are that, else Windows-1252. Read in pieces: files may be large."""
    with path.open("rb") as file:
        piece = file.read(_PIECE)
        if piece[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while piece:
                decoder.decode(piece)
                piece = file.read(_PIECE)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _csv_rows(reader: csv.DictReader[str], srid: int) -> Iterator[Row | Bad]:
    columns = _columns(reader.fieldnames or [])
    if not columns.keys() & {"street", "name", "district"}:
        raise BadFile(f"no column for street or name among {', '.join(reader.fieldnames or [])}")
    if len(columns.keys() & {"x", "y"}) == 1:
        raise BadFile(f"only one column of coordinates among {', '.join(reader.fieldnames or [])}")
    number = 1
    while batch := list(islice(reader, _BATCH)):
        places: list[tuple[float, float]] = []
        for values in batch:
            try:
                places.append((_number(_text(values, columns, "x")), _number(_text(values, columns, "y"))))
            except ValueError:
                places.append((float("nan"), float("nan")))
        for values, place in zip(batch, transform(places, srid), strict=True):
            number += 1
            given = _text(values, columns, "x") or _text(values, columns, "y")
            if place is None and given:
                yield Bad(number, "the coordinates make no place")
                continue
            yield _row(values, columns, point=make_point(*place) if place else None)


def _moved(given: dict[str, Any], srid: int) -> GEOSGeometry:
    """A GeoJSON geometry of EPSG:`srid` in WGS84; ValidationError for nonsense."""
    if given.get("type") not in _SHAPES:
        raise ValueError("no geometry")
    shape = GEOSGeometry(json.dumps(given), srid=4326)
    if srid == 4326:
        west, south, east, north = shape.extent
        make_point(west, south)
        make_point(east, north)
        return shape

    def moved(coordinates: Any) -> Any:
        if isinstance(coordinates[0], float | int):
            (place,) = transform([(coordinates[0], coordinates[1])], srid)
            return list(make_point(*(place or (float("nan"), 0.0))).coords)
        return [moved(part) for part in coordinates]

    text = json.dumps({"type": shape.geom_type, "coordinates": moved(given["coordinates"])})
    return GEOSGeometry(text, srid=4326)


def shape_of(geometry: Any, srid: int = 4326) -> GEOSGeometry | None:
    """The geometry of a GeoJSON feature in WGS84, areas and lines as multi; ValidationError for nonsense."""
    if geometry is None:
        return None
    try:
        shape = _moved(geometry, srid)
    except (GDALException, GEOSException, ValueError, TypeError, LookupError) as error:
        raise ValidationError("the geometry cannot be read") from error
    if isinstance(shape, Polygon):
        return MultiPolygon(shape, srid=4326)
    if isinstance(shape, LineString):
        return MultiLineString(shape, srid=4326)
    return shape


def features(path: Path) -> list[dict[str, Any]]:
    """The features of a GeoJSON file; BadFile if it is none."""
    try:
        data = json.loads(path.read_text("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadFile(f"not a GeoJSON file: {error}") from error
    found = data.get("features") if isinstance(data, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadFile("not a GeoJSON feature collection")
    return found


def read_geojson(path: Path, *, srid: int = 4326) -> Iterator[Row | Bad]:
    """Rows of a GeoJSON file: points are houses or places, lines are streets, areas are districts."""
    for number, feature in enumerate(features(path), start=1):
        values = dict(feature.get("properties") or {})
        if "id" in feature:
            values.setdefault("id", feature["id"])
        columns = _columns(values)
        try:
            shape = shape_of(feature.get("geometry"), srid)
        except ValidationError as error:
            yield Bad(number, " ".join(error.messages))
            continue
        if isinstance(shape, MultiPolygon):
            yield _row(values, columns, boundary=shape)
        elif isinstance(shape, MultiLineString):
            yield _row(values, columns, line=shape)
        elif shape is None or isinstance(shape, Point):
            yield _row(values, columns, point=shape)
        else:
            yield Bad(number, f"{shape.geom_type} is no place, street or area")


def read(path: Path, *, srid: int = 4326, boundary: MultiPolygon | None = None) -> Iterator[Row | Bad]:
    """Rows of a gazetteer file, by its ending; of an OSM extract only what lies within `boundary`."""
    name = path.name.lower()
    if name.endswith(OSM_ENDINGS):
        return read_osm(path, boundary=boundary)
    if name.endswith((".json", ".geojson")):
        return read_geojson(path, srid=srid)
    return read_csv(path, srid=srid)

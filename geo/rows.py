"""One row of a gazetteer as every reader gives it, whatever file it came from."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.gis.geos import MultiLineString, MultiPolygon, Point

from geo.policy import KIND_ADDRESS


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a gazetteer in WGS84; `name` is for points of interest and districts."""

    kind: str = KIND_ADDRESS
    street: str = ""
    house_number: str = ""
    postcode: str = ""
    place: str = ""
    district: str = ""
    name: str = ""
    point: Point | None = None
    line: MultiLineString | None = None
    boundary: MultiPolygon | None = None
    external_id: str = ""


class BadFile(Exception):
    """The file as a whole cannot be read; the text says why."""


class Bad:
    """A row that cannot be used, with its number and the reason."""

    def __init__(self, number: int, reason: str) -> None:
        self.number = number
        self.reason = reason

    def __str__(self) -> str:
        return f"row {self.number}: {self.reason}"

"""Invented streets, houses and districts inside the real boundaries, marked as demo data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from random import Random
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiLineString, Point
from django.db import transaction
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo.gazetteer import Row, import_rows
from geo.models import Address, Municipality, Street
from geo.policy import KIND_ADDRESS, KIND_DISTRICT, KIND_POI, KIND_STREET
from geo.signals import gazetteer_changed
from portal.demo.data import data, members, towns
from portal.demo.districts import divide
from portal.demo.municipalities import Say, multi
from portal.demo.town_plan import Drawn, Frame, TownPlan, member_settlement

SOURCE = "demo"


def put_gazetteer(say: Say) -> None:
    """Draw the towns that have no streets yet, each in one transaction."""
    drawn = set(Street.objects.filter(demo=True).values_list("municipality__slug", flat=True))
    for row in (*towns(), *members()):
        if row["slug"] in drawn or row.get("county"):
            continue
        town = Municipality.objects.get(slug=row["slug"])
        with transaction.atomic():
            counts = import_rows(municipality=town, rows=list(rows_of(town, row)), source=SOURCE, demo=True)
            transaction.on_commit(partial(gazetteer_changed.send, sender=Address, municipality=town))
        if row in towns():
            say(f"  {town.name}: {counts.created} entries")


def settlements_of(town: Municipality, row: dict[str, Any]) -> list[dict[str, Any]]:
    """The settlements of a town; a village of three streets where none is written."""
    written: list[dict[str, Any]] | None = data("streets").get(row["slug"])
    if written is not None:
        return written
    names = data("streets")["members"]
    return [member_settlement(names, town.name, row["centre"], Random(row["slug"]))]  # noqa: S311


def rows_of(town: Municipality, row: dict[str, Any]) -> Iterator[Row]:
    """All rows of a town's gazetteer, districts first."""
    if town.boundary is None:
        return
    boundary = shapely.from_wkb(bytes(town.boundary.wkb))
    shapely.prepare(boundary)
    settlements = settlements_of(town, row)
    centres = {one["place"]: (float(one["centre"][0]), float(one["centre"][1])) for one in settlements}
    areas = divide(boundary, centres)
    for name, area in areas.items():
        yield Row(kind=KIND_DISTRICT, name=name, boundary=multi(area), postcode=row["postcode"])
    for settlement in settlements:
        district = settlement["place"] if areas else ""
        yield from _settlement(settlement, boundary, row["postcode"], district)


def _settlement(settlement: dict[str, Any], boundary: BaseGeometry, postcode: str, district: str) -> Iterator[Row]:
    frame = Frame((settlement["centre"][0], settlement["centre"][1]))
    plan = TownPlan(settlement, Random(settlement["place"]))  # noqa: S311
    place = settlement["place"]
    for street in plan.streets:
        line = frame.line(street.line).intersection(boundary)
        yield Row(
            kind=KIND_STREET,
            street=street.name,
            postcode=postcode,
            place=place,
            district=district,
            line=_lines(line),
            point=_point(*frame.place(*_middle(street))),
        )
    for house in plan.houses():
        lon, lat = frame.place(house.x, house.y)
        if shapely.contains_xy(boundary, lon, lat):
            yield Row(
                kind=KIND_ADDRESS,
                street=house.street,
                house_number=str(house.number),
                postcode=postcode,
                place=place,
                district=district,
                point=_point(lon, lat),
            )
    for one in settlement.get("points", []):
        yield Row(
            kind=KIND_POI,
            name=one["name"],
            postcode=postcode,
            place=place,
            district=district,
            point=_point(*frame.place(*one["at"])),
        )


def _middle(street: Drawn) -> tuple[float, float]:
    """Half way along the part where houses stand."""
    here = street.line.interpolate(min(street.built, street.line.length) / 2)
    return here.x, here.y


def _point(lon: float, lat: float) -> Point:
    return Point(round(lon, 7), round(lat, 7), srid=4326)


def _lines(line: BaseGeometry) -> MultiLineString:
    parts = [part for part in shapely.get_parts(line) if isinstance(part, LineString)]
    found = GEOSGeometry(memoryview(shapely.to_wkb(shapely.MultiLineString(parts))), srid=4326)
    if not isinstance(found, MultiLineString):
        raise TypeError(f"A street is a line, not a {found.geom_type}.")
    return found

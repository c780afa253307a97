"""Where most was reported: the fullest fields of the grid, with the street and the category that are named most."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import reduce
from math import cos, radians
from operator import or_
from typing import Final

from django.db.models import Count, F, Q

from cases import numbers
from cases.models import CaseQuerySet
from cases.numbers import Span
from geo import grid
from geo.localized import localized

ZOOM: Final = 17
"""Fields of the grid at this zoom are about 190 metres wide in Germany."""
MOST: Final = 10
_NUMBER = re.compile(r"\s+\d.*$")


@dataclass(frozen=True)
class Hotspot:
    """One field: its number at ZOOM, its middle in WGS84, cases received, and what most of them name."""

    cell: int
    count: int
    lon: float
    lat: float
    place: str
    """The street named most often, else the district, else ""."""
    category: str
    of_category: int
    """How many of the cases are of that category."""

    @property
    def field(self) -> str:
        """The field as the work list's filter names it."""
        return f"{ZOOM}-{self.cell}"


def width(lat: float) -> int:
    """Metres from side to side of a field at a latitude, rounded to tens."""
    return 10 * round(4_007_501.7 * cos(radians(lat)) / (1 << ZOOM))


def hotspots(cases: CaseQuerySet, span: Span, *, most: int = MOST) -> list[Hotspot]:
    """The fields with most cases received in the span, at least two, the fullest first; two queries."""
    found = numbers.cells(cases, span, zoom=ZOOM, most=most)
    if not found:
        return []
    within = reduce(or_, (Q(grid__range=grid.cell_range(cell, ZOOM)) for cell, _count in found))
    rows = (
        cases.order_by()
        .filter(within, numbers.received(span))
        .annotate(cell=F("grid").bitrightshift(2 * (grid.ZOOM - ZOOM)))
        .values_list("cell", "report__address", "district__name", "topic__slug", "topic__name")
        .annotate(n=Count("pk"))
    )
    streets: defaultdict[int, Counter[str]] = defaultdict(Counter)
    districts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    topics: defaultdict[int, Counter[str]] = defaultdict(Counter)
    names: dict[str, str] = {}
    for cell, address, district, slug, name, count in rows:
        names[slug] = localized(name)
        topics[cell][slug] += count
        if street := street_of(address or ""):
            streets[cell][street] += count
        if district:
            districts[cell][district] += count
    spots = []
    for cell, count in found:
        lon, lat = grid.cell_middle(cell, ZOOM)
        (slug, of_category), *_rest = topics[cell].most_common(1) or [("", 0)]
        place, *_others = [*_first(streets[cell]), *_first(districts[cell]), ""]
        spots.append(Hotspot(cell, count, lon, lat, place, names.get(slug, ""), of_category))
    return spots


def street_of(address: str) -> str:
    """The street out of an address as people write it: what stands before the first comma, without the number."""
    return _NUMBER.sub("", address.split(",")[0]).strip()


def _first(counted: Counter[str]) -> list[str]:
    return [name for name, _count in counted.most_common(1)]

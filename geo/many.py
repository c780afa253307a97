"""What is known of many places at once: whose they are, district, nearest house.

The same answers as `geo.services` gives for one point, borders and holes included (tests compare), without a query per
place: boundaries are read once and prepared, places come in batches, so a million of them need no more memory than one
batch and the houses of one municipality.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from numpy.typing import NDArray

from geo.models import Address, District, Municipality
from geo.policy import KIND_ADDRESS
from geo.services import DISTRICT_REACH, TOO_FAR, address_text
from geo.spatial import METRES_PER_DEGREE, East, North, metres_between

Numbers = NDArray[np.float64]
Ids = NDArray[np.int64]
"""Ids of rows; 0: none."""


class Area:
    """A boundary that is asked often."""

    def __init__(self, pk: int, boundary: GEOSGeometry) -> None:
        self.pk = pk
        self.shape = shapely.from_wkb(bytes(boundary.wkb))
        shapely.prepare(self.shape)
        self.west, self.south, self.east, self.north = self.shape.bounds

    def among(self, xs: Numbers, ys: Numbers) -> NDArray[np.int64]:
        """Positions of the places it covers, its edge included; NaN is no place."""
        near = np.flatnonzero((xs >= self.west) & (xs <= self.east) & (ys >= self.south) & (ys <= self.north))
        found: NDArray[np.int64] = near[shapely.intersects_xy(self.shape, xs[near], ys[near])]
        return found


class Owners:
    """`MunicipalityQuerySet.owning` for many places: the deepest boundary, on a shared border the lower id."""

    def __init__(self) -> None:
        rows = list(Municipality.objects.active().exclude(boundary=None).only("parent_id", "boundary"))
        self.parents = {row.pk: row.parent_id for row in rows}
        # Children first: what a child covers is not its county's.
        rows.sort(key=lambda row: (-self._depth(row.pk), row.pk))
        self.areas = [Area(row.pk, row.boundary) for row in rows if row.boundary is not None]

    def _depth(self, pk: int | None) -> int:
        steps = 0
        while pk is not None and steps < 9:
            steps, pk = steps + 1, self.parents.get(pk)
        return steps

    def of(self, xs: Numbers, ys: Numbers) -> Ids:
        """The id of the municipality that owns each place, 0 outside of all."""
        owner = np.zeros(len(xs), dtype=np.int64)
        below: dict[int, NDArray[np.bool_]] = {}
        for area in self.areas:
            covered = area.among(xs, ys)
            own = covered[~below[area.pk][covered]] if area.pk in below else covered
            owner[own] = np.where(owner[own] == 0, area.pk, np.minimum(owner[own], area.pk))
            above = self.parents[area.pk]
            if above is not None:
                below.setdefault(above, np.zeros(len(xs), dtype=np.bool_))[covered] = True
        return owner


@dataclass(frozen=True, slots=True)
class Near:
    """The house nearest to a place, in words, with the district of that house."""

    text: str
    metres: float
    district: int | None


class Houses:
    """The houses of a municipality and those below it as a tree in memory: some 200 bytes for each."""

    def __init__(self, municipality: Municipality) -> None:
        houses = Address.objects.filter(
            municipality__in=municipality.family_ids(), kind=KIND_ADDRESS, point__isnull=False
        )
        rows = houses.values_list("pk", East("point"), North("point"))
        places = np.array(list(rows.iterator()), dtype=np.float64).reshape(-1, 3)
        self.ids, self.xs, self.ys = places[:, 0].astype(np.int64), places[:, 1], places[:, 2]
        # Degrees of longitude are shorter: in the tree both directions have the length of a degree of latitude.
        self.narrow = math.cos(math.radians(float(self.ys.mean()))) if len(places) else 1.0
        made = np.asarray(shapely.points(self.xs * self.narrow, self.ys)) if len(places) else None
        self.tree = shapely.STRtree(made) if made is not None else None

    def near(self, xs: Numbers, ys: Numbers) -> list[Near | None]:
        """The nearest house within a kilometre of each place."""
        found: list[Near | None] = [None] * len(xs)
        if self.tree is None or not len(xs):
            return found
        asked = shapely.points(xs * self.narrow, ys)
        reach = TOO_FAR / METRES_PER_DEGREE
        which, houses = self.tree.query_nearest(asked, max_distance=reach, all_matches=False)
        wanted = {int(self.ids[house]) for house in houses}
        addresses = Address.objects.select_related("district").defer("district__boundary").in_bulk(wanted)
        for index, house in zip(which.tolist(), houses.tolist(), strict=True):
            address = addresses[int(self.ids[house])]
            metres = metres_between(xs[index], ys[index], self.xs[house], self.ys[house])
            found[index] = Near(address_text(address), metres, address.district_id)
        return found


class Grounds:
    """District and nearest house of many places; what it reads of a municipality it keeps."""

    def __init__(self) -> None:
        self._districts: dict[int, list[Area]] = {}
        self._any_district: dict[int, bool] = {}
        self._houses: dict[int, Houses] = {}

    def near(self, owner: Municipality, xs: Numbers, ys: Numbers) -> list[Near | None]:
        """The nearest house of each place."""
        if owner.pk not in self._houses:
            self._houses[owner.pk] = Houses(owner)
        return self._houses[owner.pk].near(xs, ys)

    def districts(
        self, owner: Municipality, xs: Numbers, ys: Numbers, near: Sequence[Near | None] | None = None
    ) -> list[int | None]:
        """The district whose boundary covers each place, else that of the nearest house (looked up without `near`)."""
        if owner.pk not in self._districts:
            rows = list(District.objects.filter(municipality=owner).order_by("id"))
            self._any_district[owner.pk] = bool(rows)
            self._districts[owner.pk] = [Area(row.pk, row.boundary) for row in rows if row.boundary is not None]
        found = np.zeros(len(xs), dtype=np.int64)
        if not self._any_district[owner.pk]:
            return [None] * len(xs)
        for area in self._districts[owner.pk]:
            covered = area.among(xs, ys)
            found[covered[found[covered] == 0]] = area.pk
        open_ones = np.flatnonzero((found == 0) & np.isfinite(xs))
        if near is None:
            houses = dict(zip(open_ones.tolist(), self.near(owner, xs[open_ones], ys[open_ones]), strict=True))
        else:
            houses = {index: near[index] for index in open_ones.tolist()}
        for index, house in houses.items():
            if house is not None and house.metres <= DISTRICT_REACH and house.district:
                found[index] = house.district
        return [int(pk) or None for pk in found]


def owners_of(lons: Sequence[float], lats: Sequence[float]) -> list[int | None]:
    """`geo.services.owner_of` for many points at once, ids in order: one query, the rest in memory."""
    found = Owners().of(np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64))
    return [int(pk) or None for pk in found]

"""What is known of many places at once: whose it is, district, address in words, responsible unit.

The same answers as `geo.services` and `cases.routing` give for one point (a test compares), without a query per row.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from numpy.typing import NDArray

from cases import routing
from cases.models import Responsibility, Topic
from geo.models import Address, District, Municipality
from geo.policy import KIND_ADDRESS
from geo.services import DISTRICT_REACH, TOO_FAR, Place, address_text, owners_of
from geo.spatial import METRES_PER_DEGREE, metres_between

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Near:
    """The house nearest to a place, in words, with the district of that house."""

    text: str
    metres: float
    district: int | None


class Area:
    """A boundary that is asked often."""

    def __init__(self, pk: int | None, boundary: GEOSGeometry) -> None:
        self.pk = pk
        self.shape = shapely.from_wkb(bytes(boundary.wkb))
        shapely.prepare(self.shape)

    def covers(self, xs: Numbers, ys: Numbers) -> NDArray[np.bool_]:
        """Which places it covers, its edge included."""
        found: NDArray[np.bool_] = np.asarray(shapely.intersects_xy(self.shape, xs, ys), dtype=np.bool_)
        return found


class Houses:
    """The houses of a municipality as a tree in memory."""

    def __init__(self, municipality: Municipality) -> None:
        rows = list(
            Address.objects.filter(
                municipality__in=municipality.family_ids(), kind=KIND_ADDRESS, point__isnull=False
            ).values_list("pk", "point")
        )
        self.ids = [pk for pk, _point in rows]
        places = np.array([(point.x, point.y) for _pk, point in rows if point], dtype=np.float64).reshape(-1, 2)
        self.xs, self.ys = places[:, 0], places[:, 1]
        # Degrees of longitude are shorter: in the tree both directions have the length of a degree of latitude.
        self.narrow = math.cos(math.radians(float(self.ys.mean()))) if rows else 1.0
        self.tree = shapely.STRtree(np.asarray(shapely.points(self.xs * self.narrow, self.ys))) if rows else None

    def near(self, xs: Numbers, ys: Numbers) -> list[Near | None]:
        """The nearest house within a kilometre of each place."""
        found: list[Near | None] = [None] * len(xs)
        if self.tree is None or not len(xs):
            return found
        asked = shapely.points(xs * self.narrow, ys)
        reach = TOO_FAR / METRES_PER_DEGREE
        which, houses = self.tree.query_nearest(asked, max_distance=reach, all_matches=False)
        wanted = {self.ids[house] for house in houses}
        addresses = Address.objects.select_related("district").defer("district__boundary").in_bulk(wanted)
        for index, house in zip(which.tolist(), houses.tolist(), strict=True):
            address = addresses[self.ids[house]]
            metres = metres_between(xs[index], ys[index], self.xs[house], self.ys[house])
            found[index] = Near(address_text(address), metres, address.district_id)
        return found


class Places:
    """Answers for one municipality and those below it; what it reads of the database it keeps."""

    def __init__(self, municipality: Municipality, *, stored: bool = True) -> None:
        self.municipality = municipality
        self.stored = stored
        ids = municipality.family_ids() if stored else [municipality.pk]
        self.family = {one.pk: one for one in Municipality.objects.filter(pk__in=ids).select_related("parent__parent")}
        self.family[municipality.pk] = municipality
        self._districts: dict[int, list[Area]] = {}
        self._any_district: dict[int, bool] = {}
        self._houses: dict[int, Houses] = {}
        self._responsible: dict[int, list[tuple[Responsibility, Area | None]]] = {}

    def owners(self, xs: Sequence[float], ys: Sequence[float]) -> list[Municipality | int | None]:
        """The municipality of the family that owns each place; the id of another one, None outside of all."""
        if self.municipality.boundary is None:
            return [
                self.family.get(owner, self.municipality) if owner else self.municipality for owner in owners_of(xs, ys)
            ]
        found: list[Municipality | int | None] = [
            self.family.get(owner, owner) if owner else None for owner in owners_of(xs, ys)
        ]
        if not self.stored:
            # About to be made (dry run): what belongs to nobody yet and lies inside will be its own.
            inside = Area(None, self.municipality.boundary).covers(np.asarray(xs), np.asarray(ys))
            found = [
                self.municipality if one is None and within else one for one, within in zip(found, inside, strict=True)
            ]
        return found

    def near(self, owner: Municipality, xs: Numbers, ys: Numbers) -> list[Near | None]:
        """The nearest house of each place."""
        if owner.pk not in self._houses:
            self._houses[owner.pk] = Houses(owner)
        return self._houses[owner.pk].near(xs, ys)

    def words(self, owner: Municipality, near: Near | None) -> str:
        """A place in words, by the nearest house."""
        return "" if near is None else Place(owner, None, near.text, near.metres).text

    def districts(self, owner: Municipality, xs: Numbers, ys: Numbers, near: Sequence[Near | None]) -> list[int | None]:
        """The district whose boundary covers each place, else that of the nearest house."""
        if owner.pk not in self._districts:
            rows = list(District.objects.filter(municipality=owner).order_by("id"))
            self._any_district[owner.pk] = bool(rows)
            self._districts[owner.pk] = [Area(row.pk, row.boundary) for row in rows if row.boundary is not None]
        found: list[int | None] = [None] * len(xs)
        if not self._any_district[owner.pk]:
            return found
        for area in self._districts[owner.pk]:
            for index in np.flatnonzero(area.covers(xs, ys)).tolist():
                if found[index] is None:
                    found[index] = area.pk
        for index, house in enumerate(near):
            if found[index] is None and house is not None and house.metres <= DISTRICT_REACH:
                found[index] = house.district
        return found

    def units(self, owner: Municipality, topic: Topic, xs: Numbers, ys: Numbers) -> list[int | None]:
        """The unit responsible for a topic at each place (NaN: no place); rules of cases.routing."""
        found: list[int | None] = [None] * len(xs)
        if topic.confidential:
            return found
        open_ones = np.ones(len(xs), dtype=np.bool_)
        placed = np.isfinite(xs)
        for row, area in self._candidates(owner, topic):
            hit = open_ones & (placed & area.covers(xs, ys) if area is not None else True)
            for index in np.flatnonzero(hit).tolist():
                found[index] = row.unit_id
            open_ones &= ~hit
            if not open_ones.any():
                break
        return found

    def _candidates(self, owner: Municipality, topic: Topic) -> list[tuple[Responsibility, Area | None]]:
        if owner.pk not in self._responsible:
            rows = Responsibility.objects.filter(municipality__in=owner.chain(), unit__active=True)
            self._responsible[owner.pk] = [
                (row, Area(None, row.area) if row.area is not None else None) for row in rows.select_related("topic")
            ]
        of_topic, chain = routing.lineage(topic), owner.chain_ids()
        fit = [one for one in self._responsible[owner.pk] if one[0].topic is None or one[0].topic.slug in of_topic]
        return sorted(fit, key=lambda one: routing.weight(one[0], of_topic=of_topic, chain=chain))

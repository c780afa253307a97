"""What somebody wants to hear of: the filters of the map, or a circle around a place, as data and as index keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q
from django.http import QueryDict

from cases.models import Case
from geo import grid
from geo.folding import fold, squeeze
from geo.spatial import Box, box_around, metres_between
from reports.search import SORTS, Filters
from reports.words.asking import Word, words_of
from reports.words.flattening import flat
from subscriptions.policy import WORDS_MAX

ALL, CATEGORY, DISTRICT, SORT, AREA, WORD = range(6)
"""The respects in which a report fits; each word counts by itself, from WORD on."""
EVERYTHING = "*"
"""The key that every report has."""
_FINEST = 20
_CELLS = 4
"""A place is covered by at most so many cells of the map's grid."""
FORMER = "\n"
_RARE = "enisratdhulcgmobwfkzpvjyxq"
"""Letters from frequent to rare in German, umlauts in two letters."""


class Circle(NamedTuple):
    """Around a place (WGS84), with its name as somebody typed it."""

    lon: float
    lat: float
    metres: int
    name: str


@dataclass(frozen=True)
class Wanted:
    """A selection of reports: every field that is not empty must fit."""

    words: str = ""
    categories: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    section: Box | None = None
    """Of the map."""
    circle: Circle | None = None
    """Takes the place of a section."""

    @classmethod
    def of(cls, filters: Filters, circle: Circle | None = None) -> Wanted:
        """What of the map's filters says which reports: state and period do not, since news are new."""
        box = Box(*(round(part, 5) for part in filters.bbox)) if filters.bbox and circle is None else None
        return cls(
            words=" ".join(filters.words.split()[:WORDS_MAX]),
            categories=tuple(sorted(filters.categories)),
            districts=tuple(sorted(filters.districts)),
            sorts=tuple(sorted(filters.sorts)),
            section=box,
            circle=circle,
        )

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Wanted:
        """The reverse of `as_json`."""
        return cls(
            words=data.get("words", ""),
            categories=tuple(data.get("categories", ())),
            districts=tuple(data.get("districts", ())),
            sorts=tuple(data.get("sorts", ())),
            section=Box(*data["section"]) if data.get("section") else None,
            circle=Circle(*data["circle"]) if data.get("circle") else None,
        )

    def as_json(self) -> dict[str, Any]:
        """For the database; empty fields are left out."""
        found: dict[str, Any] = {
            "words": self.words,
            "categories": list(self.categories),
            "districts": list(self.districts),
            "sorts": list(self.sorts),
            "section": list(self.section) if self.section else None,
            "circle": list(self.circle) if self.circle else None,
        }
        return {name: value for name, value in found.items() if value}

    def digest(self) -> str:
        """SHA-256 (hex) of the selection, the same for the same selection."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()

    @property
    def box(self) -> Box | None:
        """The box around the place, None without one."""
        if self.circle is not None:
            return box_around(self.circle.lon, self.circle.lat, self.circle.metres)
        return self.section

    @property
    def rough(self) -> bool:
        """Whether the keys find too much, so that `fits` has to be asked."""
        return bool(self.folded()) or self.circle is not None

    def folded(self) -> list[Word]:
        """The words as they are compared; what has no letter or digit is left out."""
        return words_of(self.words)

    def filters(self, labels: dict[tuple[str, str], str] | None = None) -> Filters:
        """The same selection for map and feed; a circle becomes the box around it."""
        return Filters(
            words=self.words,
            categories=self.categories,
            districts=self.districts,
            sorts=self.sorts,
            bbox=self.box,
            labels=labels or {},
        )

    def query(self) -> str:
        """The address bar of map and feed for this selection, "" for everything."""
        found = QueryDict(self.filters().query(), mutable=True)
        if (box := self.box) is not None:
            found["bbox"] = ",".join(f"{part:.5f}" for part in box)
        return found.urlencode(safe=",")

    # For the index ----------------------------------------------------------------------------------------------------
    def keys(self) -> list[tuple[int, str]]:
        """(dimension, key) pairs: of each dimension a report must have one key."""
        found = [(CATEGORY, f"k:{slug}") for slug in self.categories]
        found += [(DISTRICT, f"d:{slug}") for slug in self.districts]
        found += [(SORT, f"a:{SORTS[name][1]}") for name in self.sorts if name in SORTS]
        if (box := self.box) is not None:
            found += [(AREA, f"g:{zoom}:{cell}") for zoom, cell in _cells(box)]
        found += [(WORD + index, f"w:{_rarest(word.part)}") for index, word in enumerate(self.folded())]
        return found or [(ALL, EVERYTHING)]

    def fits(self, case: Case, text: str) -> bool:
        """What the keys leave open: every word stands in `text` (see `text_of`), the place lies in the circle."""
        released = text.partition(FORMER)[0]
        if not all(word.stands_in(released) for word in self.folded()):
            return False
        if self.circle is None:
            return True
        place = case.point
        return place is not None and (
            metres_between(self.circle.lon, self.circle.lat, place.x, place.y) <= self.circle.metres
        )


def _cells(box: Box) -> list[tuple[int, int]]:
    """(zoom, cell) of the finest few cells of the grid that cover a box."""
    corners = [grid.morton(lon, lat) for lon in (box.west, box.east) for lat in (box.south, box.north)]
    for zoom in range(_FINEST, -1, -1):
        tiles = [grid.cell_tile(grid.cell(corner, zoom), zoom) for corner in corners]
        columns = range(min(x for x, _y in tiles), max(x for x, _y in tiles) + 1)
        rows = range(min(y for _x, y in tiles), max(y for _x, y in tiles) + 1)
        if len(columns) * len(rows) <= _CELLS:
            return [(zoom, grid.tile_cell(x, y)) for x in columns for y in rows]
    return [(0, 0)]


def _rarest(word: str) -> str:
    """The three letters of a word (or fewer, of a short one) that the fewest texts hold."""
    part = max(word.split(), key=len)
    threes = [part[at : at + 3] for at in range(max(1, len(part) - 2))]
    return max(threes, key=lambda three: (sum(_RARE.find(letter) for letter in three), three))


# The other side: what a report has ------------------------------------------------------------------------------------
def text_of(case: Case) -> str:
    """Everything released that words may stand in, folded: as the search of the map looks at it.

    Behind FORMER the same as it was folded before: keys of that kind stand in older subscriptions.
    """
    report, topic = case.report, case.topic
    names = [*topic.name.values(), *(topic.parent.name.values() if topic.parent else ())]
    names += topic.category.keywords.split()
    if case.district is not None:
        names.append(case.district.name)
    if report.address and (not report.address_by_citizen or report.text_released):
        names.append(report.address)
    text = report.public_text if report.text_released else ""
    every = [text, *(name for name in names if name)]
    folded = [fold(one) for one in every]
    return flat(" \n ".join(every)) + FORMER + " ".join([*folded, *map(squeeze, folded[1:])])


def keys_of(case: Case, text: str) -> list[str]:
    """All keys that a public report has; `text` is its `text_of`."""
    topic = case.topic
    found = [EVERYTHING, f"k:{topic.slug}", f"a:{topic.category.sort}"]
    if topic.parent is not None:
        found.append(f"k:{topic.parent.slug}")
    if case.district is not None:
        found.append(f"d:{case.district.slug}")
    if case.grid is not None:
        found += [f"g:{zoom}:{grid.cell(case.grid, zoom)}" for zoom in range(_FINEST + 1)]
    return found + sorted({f"w:{part}" for part in _parts(text)})


def _parts(text: str) -> Iterator[str]:
    """One, two and three letters that stand beside each other in a word."""
    for word in text.split():
        for size in (1, 2, 3):
            for at in range(len(word) - size + 1):
                yield word[at : at + size]


def inside(case: Case) -> Q:
    """Condition on Subscription: the report lies in its box, where it has one."""
    if case.point is None:
        return Q(west=None)
    lon, lat = case.point.x, case.point.y
    return Q(west=None) | Q(west__lte=lon, east__gte=lon, south__lte=lat, north__gte=lat)

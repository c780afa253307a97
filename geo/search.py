"""Search of the municipality's own gazetteer while somebody types.

The names are compared in memory (`geo.names`), on every database alike: names that are or begin so, names whose words
begin so, and if they are too few, names that look or sound alike. The database is asked for their stamp, and with a
number for houses: two queries at most. Where nothing fits, an outside geocoder is asked, if one is set up
(`geo.geocoder`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from django.contrib.gis.geos import Point
from django.db import connection

from geo import geocoder
from geo.folding import Typed, fold, fold_number, spelled_out, squeeze, take_apart
from geo.hits import Hit as Hit
from geo.models import Municipality
from geo.names import ALIKE, Names, Where, allowed_errors, names_of
from geo.policy import KIND_ADDRESS

#: Houses shown of the best street, and of the others.
HOUSES, OTHER_HOUSES = 3, 1
_RANGE = re.compile(r"(\d+)[a-z]?-(\d+)[a-z]?")
_DIGITS = re.compile(r"\d+")
#: Columns of `_House`; written as SQL, since composing it costs more than running it.
_HOUSES = (
    "SELECT h.id, h.street_id, h.house_number, h.label, h.postcode, h.place, d.name, s.name, s.place,"
    " ST_X(h.point), ST_Y(h.point) FROM geo_address h JOIN geo_street s ON s.id = h.street_id"
    " LEFT JOIN geo_district d ON d.id = h.district_id"
    " WHERE h.street_id IN (…) AND h.kind = %s AND (h.house_number LIKE %s OR h.house_number LIKE %s)"
)


def _places(names: Names, words: list[str], tail: list[str]) -> tuple[list[str], frozenset[int]]:
    """The words without those that say the town or district, and which places these are.

    Behind a comma (`tail`) a place may be misspelt; elsewhere it stands in front or at the end as it is.
    """
    behind = tail and len(tail) < len(words) and words[-len(tail) :] == tail
    if behind and (found := names.place_like(" ".join(tail))):
        return words[: -len(tail)], found
    for length in range(min(4, len(words) - 1), 0, -1):
        for part, rest in ((words[-length:], words[:-length]), (words[:length], words[length:])):
            number = names.places.get(" ".join(part))
            if number is not None:
                return rest, frozenset({number})
    return words, frozenset()


def _begun_place(names: Names, words: list[str]) -> tuple[list[str], frozenset[int]]:
    """The last word as the beginning of a place, as somebody types it."""
    if len(words) < 2 or len(words[-1]) < 3:
        return words, frozenset()
    found = frozenset(number for name, number in names.places.items() if name.startswith(words[-1]))
    return (words[:-1], found) if found else (words, frozenset())


def _find(names: Names, typed: Typed, whole: list[str], tail: list[str], near: Point | None, limit: int) -> list[int]:
    """Positions of the best names."""
    ranks = names.blank()
    words, places = _places(names, typed.words, tail)
    names.by_words(words, ranks)
    for reading in (spelled_out(" ".join(words)).split(), typed.words, whole):
        if reading != words:
            names.by_words(reading, ranks)
    if not (ranks < ALIKE).any():
        rest, begun = _begun_place(names, words)
        if begun:
            names.by_words(rest, ranks)
            if (ranks < ALIKE).any():
                words, places = rest, begun
    sure = int((ranks < ALIKE).sum())
    if sure < limit:
        # Beside names that fit, only what is nearly the same.
        full = allowed_errors(len(squeeze(" ".join(words))))
        names.by_sound(spelled_out(" ".join(words)).split(), ranks, most=min(1.3, full) if sure else full)
    at = (near.x, near.y) if near is not None else None
    return [int(one) for one in names.order(ranks, Where(places, typed.postcode), at)[:limit]]


class _House(NamedTuple):
    """A house as the database gives it."""

    pk: int
    street: int
    number: str
    label: str
    postcode: str
    place: str
    district: str | None
    street_name: str
    street_place: str
    lon: float | None
    lat: float | None

    @property
    def part(self) -> str:
        """The part of town, else the town."""
        return self.district or self.place or self.street_place

    def hit(self) -> Hit:
        """As it is shown."""
        point = None if self.lon is None or self.lat is None else Point(self.lon, self.lat, srid=4326)
        return Hit(self.label, KIND_ADDRESS, point, self.street_name, self.number, self.part, self.postcode)


def number_rank(own: str, wanted: str) -> int | None:
    """How well a house number (folded) fits the wanted one: 0 itself, 1 begins so, 2 a span holds it, 3 its neighbour.

    “12” finds 12, then 12a and 12-14; “13” finds 12-14 or 11-15; “12b” finds 12b, else 12.
    """
    if own == wanted:
        return 0
    if own.startswith(wanted) and not own[len(wanted) :][:1].isdigit():
        return 1
    digits = _DIGITS.match(wanted)
    if digits is None:
        return None
    if (span := _RANGE.match(own)) and int(span.group(1)) <= int(digits.group()) <= int(span.group(2)):
        return 2
    other = _DIGITS.match(own)
    return 3 if other and int(other.group()) == int(digits.group()) else None


def _houses(names: Names, best: Sequence[int], typed: Typed) -> dict[int, list[_House]]:
    """Houses of the streets at these positions that fit the number, best first, by position."""
    digits = _DIGITS.match(typed.number)
    streets_of = {at: street for at in best if (street := names.streets[at])}
    if not streets_of or digits is None:
        return {}
    wanted = sorted(set(streets_of.values()))
    with connection.cursor() as cursor:
        # Spans (“12-14”) are all looked at; what else begins so is sifted below.
        sql = _HOUSES.replace("(…)", f"({', '.join(['%s'] * len(wanted))})")
        cursor.execute(sql, [*wanted, KIND_ADDRESS, f"{digits.group()}%", "%-%"])
        houses = [_House(*row) for row in cursor.fetchall()]
    ranked: dict[int, list[tuple[int, _House]]] = {}
    for house in houses:
        if typed.postcode and house.postcode not in {"", typed.postcode}:
            continue
        rank = number_rank(fold_number(house.number), typed.number)
        if rank is not None:
            ranked.setdefault(house.street, []).append((rank, house))
    every = list(streets_of.values())
    found: dict[int, list[_House]] = {}
    for at, street in streets_of.items():
        fitting = ranked.get(street, [])
        if every.count(street) > 1:  # one name in several parts of town
            fitting = [one for one in fitting if one[1].part == names.shown[at][2]]
        sure = any(rank < 2 for rank, _house in fitting)
        fitting = sorted(
            (one for one in fitting if one[0] < 2 or not sure),
            key=lambda one: (one[0], len(one[1].number), one[1].number, one[1].pk),
        )
        found[at] = [house for _rank, house in fitting]
    return found


def _tail(query: str) -> list[str]:
    """The words behind the first comma, without numbers."""
    _head, comma, rest = query[:200].partition(",")
    return take_apart(f" {rest}").words if comma else []


def search(municipality: Municipality, query: str, *, near: Point | None = None, limit: int = 8) -> list[Hit]:
    """Places of the municipality (of a county: with all below it) that fit what was typed, best first.

    “Mühlenstr. 12” gives the house, or at least the street. `near` (WGS84) puts the closer of equals first.
    """
    found = search_own(municipality, query, near=near, limit=limit)
    return found or geocoder.search(municipality, query, near=near, limit=limit)


def search_own(municipality: Municipality, query: str, *, near: Point | None = None, limit: int = 8) -> list[Hit]:
    """`search` in the own gazetteer alone."""
    typed = take_apart(query)
    if len(squeeze(typed.text)) < 2:
        return []
    names = names_of(municipality)
    whole = [word for word in fold(query[:200]).split() if word != typed.postcode] if typed.number else typed.words
    best = _find(names, typed, whole, _tail(query), near, limit)
    houses = _houses(names, best, typed) if typed.number else {}
    hits: list[Hit] = []
    for place, at in enumerate(best):
        hits += [house.hit() for house in houses.get(at, [])[: OTHER_HOUSES if place else HOUSES]]
        hits.append(names.hit(at))
    return hits[:limit]

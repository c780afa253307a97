"""Search of the municipality's own gazetteer while somebody types.

The names are compared in memory (`geo.names`), on every database alike: names that are or begin so, names whose words
begin so, and if they are too few, names that look or sound alike. Shown is what the database says of the best ones:
three queries in all, two without a house number. Where nothing fits, an outside geocoder is asked, if one is set up
(`geo.geocoder`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.contrib.gis.geos import Point
from django.db.models import Q

from geo import geocoder
from geo.folding import Typed, fold, fold_number, spelled_out, squeeze, take_apart
from geo.hits import Hit as Hit
from geo.models import Address, Municipality
from geo.names import ALIKE, Names, Where, allowed_errors, names_of
from geo.policy import KIND_ADDRESS, KIND_STREET

#: Houses shown of the best street, and of the others.
HOUSES, OTHER_HOUSES = 3, 1
_RANGE = re.compile(r"(\d+)[a-z]?-(\d+)[a-z]?")
_DIGITS = re.compile(r"\d+")


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
    """Ids of the best names."""
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
    best = names.order(ranks, Where(places, typed.postcode), at)[:limit]
    return [int(pk) for pk in names.ids[best]]


def _place_of(entry: Address) -> str:
    """The part of town, else the town."""
    return (
        (entry.district.name if entry.district else "") or entry.place or (entry.street.place if entry.street else "")
    )


def _hit(entry: Address) -> Hit:
    street = entry.street.name if entry.street else (entry.label if entry.kind == KIND_STREET else "")
    place = _place_of(entry)
    return Hit(
        entry.label, entry.kind, entry.point, street, entry.house_number, place if place != entry.label else "",
        entry.postcode,
    )  # fmt: skip


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


def _houses(streets: Sequence[Address], typed: Typed) -> dict[int, list[Address]]:
    """Houses of the entries that fit the number, best first, by the entry's id."""
    digits = _DIGITS.match(typed.number)
    entries = [entry for entry in streets if entry.street_id and entry.kind == KIND_STREET]
    if not entries or digits is None:
        return {}
    houses = (
        Address.objects.filter(street_id__in={entry.street_id for entry in entries}, kind=KIND_ADDRESS)
        .filter(Q(house_number__regex=rf"^\s*{digits.group()}([^0-9]|$)") | Q(house_number__contains="-"))
        .select_related("street", "district")
        .defer("street__line", "district__boundary")
    )
    if typed.postcode:
        houses = houses.filter(postcode__in=["", typed.postcode])
    ranked: dict[int, list[tuple[int, Address]]] = {}
    for house in houses:
        rank = number_rank(fold_number(house.house_number), typed.number)
        if rank is not None and house.street_id:
            ranked.setdefault(house.street_id, []).append((rank, house))
    streets_of = [entry.street_id for entry in entries]
    found: dict[int, list[Address]] = {}
    for entry in entries:
        fitting = ranked.get(entry.street_id or 0, [])
        if streets_of.count(entry.street_id) > 1:  # one name in several parts of town
            fitting = [one for one in fitting if _place_of(one[1]) == _place_of(entry)]
        sure = any(rank < 2 for rank, _house in fitting)
        fitting = sorted(
            (one for one in fitting if one[0] < 2 or not sure),
            key=lambda one: (one[0], len(one[1].house_number), one[1].house_number, one[1].id),
        )
        found[entry.id] = [house for _rank, house in fitting]
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
    ids = _find(names, typed, whole, _tail(query), near, limit)
    if not ids:
        return []
    rows = Address.objects.select_related("street", "district").defer("street__line", "district__boundary").in_bulk(ids)
    best = [rows[pk] for pk in ids if pk in rows]
    houses = _houses(best, typed) if typed.number else {}
    return _with_houses(best, houses)[:limit]


def _with_houses(best: Iterable[Address], houses: dict[int, list[Address]]) -> list[Hit]:
    hits: list[Hit] = []
    for at, entry in enumerate(best):
        hits += [_hit(house) for house in houses.get(entry.id, [])[: OTHER_HOUSES if at else HOUSES]]
        hits.append(_hit(entry))
    return hits

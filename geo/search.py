"""Search of the municipality's own gazetteer while somebody types.

Names that begin so and names whose words begin so come first; if they are too few, names that look alike.
The last step is `similar`, the only place where the databases differ: PostgreSQL asks its trigram index,
elsewhere a plain twin compares with the same measure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib.gis.geos import Point
from django.db import connections
from django.db.models import BooleanField, F, FloatField, Func, Q, QuerySet, Value

from geo.folding import Typed, fold, fold_number, similarity, squeeze, take_apart, trigrams
from geo.models import Address, District, Municipality
from geo.policy import KIND_ADDRESS, KIND_DISTRICT, KIND_POI, KIND_STREET
from geo.spatial import metres_between

#: Names less alike than this are not offered (pg_trgm's own threshold).
ALIKE = 0.3
#: Candidates looked at per step.
CANDIDATES = 60
#: What is searched by name; houses are found through their street.
NAMED = [KIND_STREET, KIND_POI, KIND_DISTRICT]
_ORDER = {KIND_STREET: 0, KIND_ADDRESS: 1, KIND_POI: 2, KIND_DISTRICT: 3}


class Hit(NamedTuple):
    """One proposal of the search."""

    label: str
    kind: str
    point: Point | None
    street: str
    house_number: str
    place: str
    postcode: str

    def as_json(self) -> dict[str, Any]:
        """For the browser; places without a point have `lat` and `lon` null."""
        return {
            "label": self.label,
            "kind": self.kind,
            "lat": self.point.y if self.point else None,
            "lon": self.point.x if self.point else None,
            "street": self.street,
            "house_number": self.house_number,
            "place": self.place,
            "postcode": self.postcode,
        }


class _Alike(Func):
    """`folded % text` of pg_trgm, which its index answers."""

    arg_joiner = " %% "
    template = "(%(expressions)s)"
    output_field = BooleanField()
    conditional = True


class _Similarity(Func):
    function = "similarity"
    output_field = FloatField()


def similar(entries: QuerySet[Address], text: str, *, limit: int = CANDIDATES) -> list[tuple[int, float]]:
    """Ids of entries whose folded name looks like `text` (folded), with the likeness 0 to 1, best first."""
    if connections[entries.db].vendor == "postgresql":
        rows = (
            entries.filter(_Alike(F("folded"), Value(text)))
            .annotate(likeness=_Similarity(F("folded"), Value(text)))
            .order_by("-likeness", "id")
        )
        return [(pk, float(likeness)) for pk, likeness in rows.values_list("id", "likeness")[:limit]]
    return similar_plain(entries, text, limit=limit)


def similar_plain(entries: QuerySet[Address], text: str, *, limit: int = CANDIDATES) -> list[tuple[int, float]]:
    """The twin of `similar` that needs nothing from the database: compares every name of `entries`."""
    if not trigrams(text):
        return []
    found = []
    for pk, folded in entries.order_by("id").values_list("id", "folded"):
        likeness = similarity(folded, text)
        if likeness >= ALIKE:
            found.append((pk, likeness))
    found.sort(key=lambda one: (-one[1], one[0]))
    return found[:limit]


def _without_places(typed: Typed, municipality: Municipality, ids: list[int]) -> Typed:
    """Drop words that only say the town or district, as long as another word stays."""
    names = {fold(municipality.name)}
    names.update(fold(name) for name in Municipality.objects.filter(id__in=ids).values_list("name", flat=True))
    districts = District.objects.filter(municipality_id__in=ids)
    names.update(fold(name) for name in districts.values_list("name", flat=True))
    words = typed.words
    for name in sorted(names, key=len, reverse=True):
        part = name.split()
        if part and len(words) > len(part) and words[-len(part) :] == part:
            words = words[: -len(part)]
            break
    return typed._replace(words=words)


def _by_words(entries: QuerySet[Address], typed: Typed) -> QuerySet[Address]:
    """Every typed word begins a word of the name, or the whole begins the name."""
    every = Q()
    for word in typed.words:
        every &= Q(folded__startswith=word) | Q(folded__contains=f" {word}")
    return entries.filter(Q(folded__startswith=typed.text) | every)


def _rank(entry: Address, typed: Typed, likeness: float) -> tuple[int, float]:
    """Lower is better: the name itself, its beginning, a word in it, a look-alike."""
    name, wanted = squeeze(entry.folded), squeeze(typed.text)
    if name == wanted:
        return 0, 0.0
    if name.startswith(wanted):
        return 1, 0.0
    if likeness == 1.0:
        return 2, 0.0
    return 3, -likeness


def _hit(entry: Address) -> Hit:
    street = entry.street.name if entry.street else (entry.label if entry.kind == KIND_STREET else "")
    return Hit(
        entry.label,
        entry.kind,
        entry.point,
        street,
        entry.house_number,
        entry.place or (entry.street.place if entry.street else ""),
        entry.postcode,
    )


def _houses(streets: Iterable[Address], number: str, postcode: str) -> dict[int, list[Address]]:
    """Houses of the streets whose number begins with `number`, the exact one first, by street id."""
    wanted = [entry.street_id for entry in streets if entry.street_id]
    houses = Address.objects.filter(street_id__in=wanted, kind=KIND_ADDRESS, house_number__istartswith=number[:1])
    found: dict[int, list[Address]] = {}
    for house in houses.select_related("street"):
        own = fold_number(house.house_number)
        same = own.startswith(number) and not own[len(number) :][:1].isdigit()
        if same and house.street_id and (not postcode or house.postcode in ("", postcode)):
            found.setdefault(house.street_id, []).append(house)
    for rows in found.values():
        rows.sort(key=lambda house: (len(fold_number(house.house_number)), house.house_number, house.id))
    return found


def search(municipality: Municipality, query: str, *, near: Point | None = None, limit: int = 8) -> list[Hit]:
    """Places of the municipality (of a county: with all below it) that fit what was typed, best first.

    “Mühlenstr. 12” gives the house, or at least the street. `near` (WGS84) puts the closer of equals first.
    """
    ids = municipality.family_ids()
    typed = _without_places(take_apart(query), municipality, ids)
    if not typed.text or len(squeeze(typed.text)) < 2:
        return []
    entries = Address.objects.filter(municipality_id__in=ids, kind__in=NAMED)
    likeness: dict[int, float] = {}
    found: dict[int, Address] = {}
    for entry in _by_words(entries, typed).select_related("street").order_by("folded", "id")[:CANDIDATES]:
        found[entry.id] = entry
        likeness[entry.id] = 1.0
    if len(found) < limit and len(typed.text) >= 4:
        alike = dict(similar(entries, typed.text))
        likeness = {**alike, **likeness}
        more = entries.filter(id__in=[pk for pk in alike if pk not in found]).select_related("street")
        found.update({entry.id: entry for entry in more})
        if any(_rank(entry, typed, likeness[entry.id])[0] < 3 for entry in found.values()):
            found = {pk: entry for pk, entry in found.items() if likeness[pk] >= 0.5}

    def order(entry: Address) -> tuple[Any, ...]:
        away = 0.0
        if near is not None:
            away = 1e9
            if entry.point is not None:
                away = metres_between(near.x, near.y, entry.point.x, entry.point.y)
        other_code = bool(typed.postcode and entry.postcode and entry.postcode != typed.postcode)
        rank = _rank(entry, typed, likeness[entry.id])
        return (other_code, *rank, _ORDER[entry.kind], away, len(entry.folded), entry.folded, entry.id)

    best = sorted(found.values(), key=order)[:limit]
    houses = _houses(best, typed.number, typed.postcode) if typed.number else {}
    hits: list[Hit] = []
    for entry in best:
        hits += [_hit(house) for house in houses.get(entry.street_id or 0, [])[:3]]
        hits.append(_hit(entry))
    return hits[:limit]

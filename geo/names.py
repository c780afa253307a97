"""The names of a gazetteer in memory, so that a keystroke costs a millisecond and no scan of a table.

Streets, points of interest and districts, not houses: a town of 200,000 addresses has some 6,000 of them, about 6 MB.
Each process reads them once and again when `Municipality.names_stamp` says that they changed; on both databases the
same names give the same answers.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left, bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from django.contrib.gis.geos import Point
from django.db import connection

from geo.alike import WRONG_TYPE, Pattern, core, grams, sound
from geo.folding import fold, spelled_out, squeeze
from geo.hits import Hit
from geo.models import Address, District, Municipality
from geo.policy import KIND_ADDRESS, KIND_DISTRICT, KIND_POI, KIND_STREET
from geo.spatial import East, North

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: So many names are kept in all (about a kilobyte each); of more, the family that was asked for longest ago goes.
MOST_NAMES = 60_000
#: Names are read again after so many seconds even if no stamp says so (rows changed behind the program's back).
SECONDS = 900.0
#: Names compared letter by letter, and of these, part by part.
CANDIDATES, CLOSER = 40, 20
#: Fewer of both where names were found already that fit.
BESIDE = 12
#: Rank of a name nothing speaks for.
NOTHING = 99.0
#: The name itself, its beginning, words in it, a look-alike (wrong letters are added).
SAME, BEGINS, WORDS, ALIKE = 0.0, 1.0, 2.0, 3.0
#: What is searched by name; houses are found through their street.
NAMED = [KIND_STREET, KIND_POI, KIND_DISTRICT]
_ORDER = {KIND_STREET: 0, KIND_ADDRESS: 1, KIND_POI: 2, KIND_DISTRICT: 3}
_KINDS = {number: kind for kind, number in _ORDER.items()}


class Where(NamedTuple):
    """What the typed text says about the part of town: numbers of places, and a postcode or ""."""

    places: frozenset[int] = frozenset()
    postcode: str = ""


def allowed_errors(length: int) -> float:
    """How many wrong letters a text of so many letters may have."""
    return 0.0 if length < 4 else 1.0 if length < 6 else 2.0 if length < 10 else 3.0 if length < 16 else 4.0


class Names:
    """All names of some municipalities; never changed after it was made."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.made = time.monotonic()
        rows: list[tuple[Any, ...]] = list(
            Address.objects.filter(municipality_id__in=ids, kind__in=NAMED)
            .order_by("id")
            .values_list(
                "id", "kind", "label", "folded", "postcode", "place", "district__name", "municipality__name",
                "street_id", "street__name", "street__place", East("point"), North("point"),
            )
        )  # fmt: skip
        self.ids = np.array([row[0] for row in rows], dtype=np.int64)
        self.kinds = np.array([_ORDER[row[1]] for row in rows], dtype=np.int8)
        self.lons = np.array([np.nan if row[11] is None else row[11] for row in rows], dtype=np.float64)
        self.lats = np.array([np.nan if row[12] is None else row[12] for row in rows], dtype=np.float64)
        self.streets = [row[8] if row[1] == KIND_STREET else None for row in rows]
        #: What is shown of each: name, name of its street, part of town.
        self.shown = [
            (row[2], row[9] or (row[2] if row[1] == KIND_STREET else ""), row[6] or row[5] or row[10] or "")
            for row in rows
        ]
        #: Folded name of a place (town, district) → its number.
        self.places: dict[str, int] = {}
        self._folds: dict[str, str] = {}
        self.folded = [spelled_out(row[3]) for row in rows]
        self.keys = [squeeze(folded) for folded in self.folded]
        self.lengths = np.array([len(key) for key in self.keys], dtype=np.int32)
        self.codes = np.array([row[4] for row in rows], dtype="U10")
        self.where = np.array([[self._place(row[at]) for at in (5, 6, 7)] for row in rows], dtype=np.int32)
        self.where = self.where.reshape(len(rows), 3)
        for name in District.objects.filter(municipality_id__in=ids).order_by("id").values_list("name", flat=True):
            self._place(name)
        for name in Municipality.objects.filter(id__in=ids).order_by("id").values_list("name", flat=True):
            self._place(name)
        self._index_words()
        self._index_sounds()

    def __len__(self) -> int:
        return len(self.folded)

    def hit(self, at: int) -> Hit:
        """The name at a position as the search shows it."""
        label, street, place = self.shown[at]
        lon, lat = float(self.lons[at]), float(self.lats[at])
        point = None if np.isnan(lon) else Point(lon, lat, srid=4326)
        return Hit(
            label, _KINDS[self.kinds[at]], point, street, "", place if place != label else "", str(self.codes[at])
        )

    def _place(self, name: str | None) -> int:
        if not name:
            return -1
        if name not in self._folds:
            self._folds[name] = fold(name)
        folded = self._folds[name]
        return self.places.setdefault(folded, len(self.places)) if folded else -1

    def _index_words(self) -> None:
        """Every name from every of its words on, sorted: what begins so is one stretch of the list."""
        found: list[tuple[str, int, bool]] = []
        for at, folded in enumerate(self.folded):
            words = folded.split()
            found += [("".join(words[begin:]), at, begin == 0) for begin in range(len(words))]
        found.sort()
        self._tails = [tail for tail, _at, _first in found]
        self._tail_of = np.array([at for _tail, at, _first in found], dtype=np.int32)
        self._tail_first = np.array([first for _tail, _at, first in found], dtype=bool)

    def _index_sounds(self) -> None:
        """Which names hold three letters, and how much that says."""
        self._heard = [sound(key) for key in self.keys]
        lists: defaultdict[str, list[int]] = defaultdict(list)
        for at, heard in enumerate(self._heard):
            for gram in grams(heard):
                lists[gram].append(at)
        self._grams = {gram: np.array(found, dtype=np.int32) for gram, found in lists.items()}
        every = max(1, len(self.keys))
        self._weights = {gram: float(np.log1p(every / len(found))) for gram, found in self._grams.items()}
        self._totals = np.zeros(len(self.keys), dtype=np.float32)
        for gram, found in self._grams.items():
            self._totals[found] += self._weights[gram]

    def _stretch(self, begin: str) -> slice:
        return slice(bisect_left(self._tails, begin), bisect_right(self._tails, begin + "\x7f"))

    def by_words(self, words: Sequence[str], ranks: NDArray[np.float32]) -> None:
        """Lower the ranks of names that are the text, begin with it, or whose words begin with the words."""
        text = "".join(words)
        if not text:
            return
        if len(words) > 1:
            common = np.ones(len(self), dtype=np.bool_)
            for word in set(words):
                some = np.zeros(len(self), dtype=np.bool_)
                some[self._tail_of[self._stretch(word)]] = True
                common &= some
            ranks[common] = np.minimum(ranks[common], WORDS)
        stretch = self._stretch(text)
        found, first = self._tail_of[stretch], self._tail_first[stretch]
        ranks[found] = np.minimum(ranks[found], WORDS)
        begun = found[first]
        ranks[begun] = np.minimum(ranks[begun], BEGINS)
        same = begun[self.lengths[begun] == len(text)]
        ranks[same] = SAME

    def by_sound(self, words: Sequence[str], ranks: NDArray[np.float32], *, most: float) -> None:
        """Give names that look or sound like the text their rank; `most` wrong letters are let pass."""
        text = "".join(words)
        heard = sound(text)
        bound = min(most, allowed_errors(len(heard)))
        if bound <= 0 or not len(self.ids):
            return
        scores = np.zeros(len(self.ids), dtype=np.float32)
        total = 0.0
        for gram in grams(heard):
            if gram in self._grams:
                weight = self._weights[gram]
                scores[self._grams[gram]] += weight
                total += weight
        # What the name has beyond the text counts little: somebody may still be typing.
        scores -= 0.12 * np.maximum(self._totals - total, 0)
        scores[ranks < ALIKE] = 0
        beside = bool((ranks < ALIKE).any())
        candidates = BESIDE if beside else CANDIDATES
        order = (
            np.argpartition(-scores, candidates)[:candidates] if len(scores) > candidates else np.arange(len(scores))
        )
        some = [int(at) for at in order[np.argsort(-scores[order], kind="stable")] if scores[at] > 0]
        spoken, written = Pattern(heard), Pattern(text)
        errors: dict[int, float] = {}
        for at in some:
            whole, begun = spoken.distances(self._heard[at])
            errors[at] = min(float(whole), begun + 0.5)
        if not beside and min(errors.values(), default=NOTHING) > 1:
            short = Pattern(core(heard))
            for at in some[:CLOSER]:
                errors[at] = min(errors[at], self._partly(at, spoken, short))
        for at, wrong in errors.items():
            if wrong <= bound:
                # Of two that sound the same, the one that is written more alike.
                wrong += min(9, written.distances(self.keys[at])[0]) * 0.04
                ranks[at] = min(ranks[at], ALIKE + wrong)

    def _partly(self, at: int, spoken: Pattern, short: Pattern) -> float:
        """Wrong letters of a part of the name: without the kind of street, or from its second word on."""
        name, least = self._heard[at], NOTHING
        own = core(name)
        if short.text != spoken.text and own != name:
            least = short.distances(own)[0] + WRONG_TYPE
        words = self.folded[at].split()
        for begin in range(1, len(words)):
            whole, begun = spoken.distances(sound("".join(words[begin:])))
            least = min(least, whole + 0.5, begun + 0.75)
        return least

    def order(self, ranks: NDArray[np.float32], where: Where, near: tuple[float, float] | None) -> NDArray[np.int64]:
        """Positions of the names with a rank, best first: rank, kind, distance (degrees of latitude), length."""
        some = np.flatnonzero(ranks < NOTHING)
        score = np.round(ranks[some] * 2) / 2
        # The name itself is right whatever the part of town; of several the one there comes first.
        if where.places:
            score += 2.0 * ~np.isin(self.where[some], list(where.places)).any(axis=1)
        if where.postcode:
            score += 2.0 * ((self.codes[some] != "") & (self.codes[some] != where.postcode))
        away = np.zeros(len(some))
        if near is not None:
            lon, lat = near
            away = np.hypot((self.lons[some] - lon) * np.cos(np.radians(lat)), self.lats[some] - lat)
            away = np.where(np.isnan(away), 1e9, away)
        order = np.lexsort((self.ids[some], self.lengths[some], ranks[some], away, self.kinds[some], score))
        return some[order]

    def blank(self) -> NDArray[np.float32]:
        """A rank for every name, nothing said yet."""
        return np.full(len(self.ids), NOTHING, dtype=np.float32)

    def place_like(self, text: str) -> frozenset[int]:
        """Numbers of places that are `text` (folded), begin so, or (from five letters on) sound so."""
        if len(text) < 3:
            return frozenset()
        if text in self.places:
            return frozenset({self.places[text]})
        found = {number for name, number in self.places.items() if name.startswith(text)}
        if not found and len(text) >= 5:
            pattern = Pattern(sound(squeeze(text)))
            reach = 1 if len(text) < 9 else 2
            found = {n for name, n in self.places.items() if pattern.distances(sound(squeeze(name)))[0] <= reach}
        return frozenset(found)


_kept: OrderedDict[tuple[int, ...], tuple[object, Names]] = OrderedDict()
_lock = threading.Lock()
#: One thread of a process reads names at a time, the others need not do the same.
_reading = threading.Lock()
_FAMILY = (
    "SELECT id, names_stamp FROM geo_municipality WHERE id = %s OR parent_id = %s"
    " OR parent_id IN (SELECT id FROM geo_municipality WHERE parent_id = %s) ORDER BY id"
)


def names_of(municipality: Municipality) -> Names:
    """The names of a municipality and of all below it; one small query tells whether those kept are still right.

    While one thread reads changed names, the others go on with those before. Inside a transaction nothing is kept: what
    is read there may be rolled back.
    """
    pk = municipality.pk
    with connection.cursor() as cursor:
        cursor.execute(_FAMILY, [pk, pk, pk])
        stamps = tuple(cursor.fetchall())
    ids = tuple(one for one, _stamp in stamps)
    if connection.in_atomic_block:
        return Names(ids)
    names, right = _look(ids, stamps)
    if names is not None and (right or not _reading.acquire(blocking=False)):
        return names
    if names is None:
        _reading.acquire()
    try:
        names, right = _look(ids, stamps)
        if names is None or not right:
            names = Names(ids)
            _keep(ids, stamps, names)
        return names
    finally:
        _reading.release()


def _look(ids: tuple[int, ...], stamps: object) -> tuple[Names | None, bool]:
    """What is kept, and whether it is what the database has."""
    with _lock:
        kept = _kept.get(ids)
        if kept is None:
            return None, False
        _kept.move_to_end(ids)
        return kept[1], kept[0] == stamps and time.monotonic() - kept[1].made < SECONDS


def _keep(ids: tuple[int, ...], stamps: object, names: Names) -> None:
    with _lock:
        _kept[ids] = (stamps, names)
        _kept.move_to_end(ids)
        while len(_kept) > 1 and sum(len(one) for _stamps, one in _kept.values()) > MOST_NAMES:
            _kept.popitem(last=False)


def touch(municipality_ids: Iterable[int]) -> None:
    """Say that names of these municipalities changed: every process reads them again before its next answer."""
    Municipality.objects.filter(pk__in=list(municipality_ids)).update(names_stamp=time.time_ns())


def entry_changed(instance: Address | District, **_kwargs: Any) -> None:
    """Handler of saved and deleted entries and districts, for those who change a single one."""
    if isinstance(instance, District) or instance.kind != KIND_ADDRESS:
        touch([instance.municipality_id])

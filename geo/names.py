"""The names of a gazetteer in memory, so that a keystroke costs a millisecond and no scan of a table.

Streets, points of interest and districts, not houses: a town of 200,000 addresses has some 6,000 of them, about 5 MB.
Each process reads them once and again when `Municipality.names_stamp` says that they changed; on both databases the
same names give the same answers. What is shown of a hit is read fresh from the database.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left, bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from django.db import connection
from django.db.models import Q

from geo.alike import WRONG_TYPE, Pattern, core, grams, sound
from geo.folding import fold, spelled_out, squeeze
from geo.models import Address, District, Municipality
from geo.policy import KIND_ADDRESS, KIND_DISTRICT, KIND_POI, KIND_STREET

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Families of municipalities whose names are kept.
FAMILIES = 32
#: Names are read again after so many seconds even if no stamp says so (rows changed behind the program's back).
SECONDS = 900.0
#: Names compared letter by letter, and of these, part by part.
CANDIDATES, CLOSER = 40, 20
#: Rank of a name nothing speaks for.
NOTHING = 99.0
#: The name itself, its beginning, words in it, a look-alike (wrong letters are added).
SAME, BEGINS, WORDS, ALIKE = 0.0, 1.0, 2.0, 3.0
#: What is searched by name; houses are found through their street.
NAMED = [KIND_STREET, KIND_POI, KIND_DISTRICT]
_ORDER = {KIND_STREET: 0, KIND_ADDRESS: 1, KIND_POI: 2, KIND_DISTRICT: 3}


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
            .values_list("id", "kind", "label", "postcode", "place", "district__name", "municipality__name", "point")
        )
        self.ids = np.array([row[0] for row in rows], dtype=np.int64)
        self.kinds = np.array([_ORDER[row[1]] for row in rows], dtype=np.int8)
        self.lons = np.array([row[7].x if row[7] else np.nan for row in rows], dtype=np.float64)
        self.lats = np.array([row[7].y if row[7] else np.nan for row in rows], dtype=np.float64)
        #: Folded name of a place (town, district) → its number.
        self.places: dict[str, int] = {}
        self.folded = [spelled_out(fold(row[2])) for row in rows]
        self.keys = [squeeze(folded) for folded in self.folded]
        self.lengths = np.array([len(key) for key in self.keys], dtype=np.int32)
        self.codes = np.array([row[3] for row in rows], dtype="U10")
        self.where = np.array([[self._place(row[at]) for at in (4, 5, 6)] for row in rows], dtype=np.int32)
        self.where = self.where.reshape(len(rows), 3)
        for name in District.objects.filter(municipality_id__in=ids).order_by("id").values_list("name", flat=True):
            self._place(name)
        for name in Municipality.objects.filter(id__in=ids).order_by("id").values_list("name", flat=True):
            self._place(name)
        self._index_words()
        self._index_sounds()

    def _place(self, name: str | None) -> int:
        folded = fold(name or "")
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
            common: NDArray[Any] | None = None
            for word in set(words):
                some = np.unique(self._tail_of[self._stretch(word)])
                common = some if common is None else np.intersect1d(common, some, assume_unique=True)
            if common is not None and len(common):
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
        order = (
            np.argpartition(-scores, CANDIDATES)[:CANDIDATES] if len(scores) > CANDIDATES else np.arange(len(scores))
        )
        some = [int(at) for at in order[np.argsort(-scores[order], kind="stable")] if scores[at] > 0]
        spoken, written = Pattern(heard), Pattern(text)
        errors: dict[int, float] = {}
        for at in some:
            whole, begun = spoken.distances(self._heard[at])
            errors[at] = min(float(whole), begun + 0.5)
        if min(errors.values(), default=NOTHING) > 1:
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


def names_of(municipality: Municipality) -> Names:
    """The names of a municipality and of all below it; one small query tells whether those kept are still right.

    Inside a transaction nothing is kept: what is read there may be rolled back.
    """
    pk = municipality.pk
    below = Q(pk=pk) | Q(parent=pk) | Q(parent__parent=pk)
    stamps = tuple(Municipality.objects.filter(below).order_by("pk").values_list("pk", "names_stamp"))
    ids = tuple(one for one, _stamp in stamps)
    if connection.in_atomic_block:
        return Names(ids)
    with _lock:
        kept = _kept.get(ids)
        if kept is not None and kept[0] == stamps and time.monotonic() - kept[1].made < SECONDS:
            _kept.move_to_end(ids)
            return kept[1]
    names = Names(ids)
    with _lock:
        _kept[ids] = (stamps, names)
        _kept.move_to_end(ids)
        while len(_kept) > FAMILIES:
            _kept.popitem(last=False)
    return names


def touch(municipality_ids: Iterable[int]) -> None:
    """Say that names of these municipalities changed: every process reads them again before its next answer."""
    Municipality.objects.filter(pk__in=list(municipality_ids)).update(names_stamp=time.time_ns())


def entry_changed(instance: Address, **_kwargs: Any) -> None:
    """Handler of saved entries, for those who change a single one."""
    if instance.kind != KIND_ADDRESS:
        touch([instance.municipality_id])

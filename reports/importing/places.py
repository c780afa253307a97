"""What an import knows of many places at once: whose it is, district, address in words, responsible unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cases.models import Topic
from cases.routing_many import Routes
from geo.many import Area, Grounds, Near, Numbers, Owners
from geo.models import Municipality
from geo.services import Place


class Places:
    """Answers for one municipality and those below it; what it reads of the database it keeps."""

    def __init__(self, municipality: Municipality, *, stored: bool = True) -> None:
        self.municipality = municipality
        self.stored = stored
        ids = municipality.family_ids() if stored else [municipality.pk]
        self.family = {one.pk: one for one in Municipality.objects.filter(pk__in=ids).select_related("parent__parent")}
        self.family[municipality.pk] = municipality
        self._owners = Owners()
        self._grounds = Grounds()
        self._routes = Routes()

    def owners(self, xs: Sequence[float], ys: Sequence[float]) -> list[Municipality | int | None]:
        """The municipality of the family that owns each place; the id of another one, None outside of all."""
        east, north = np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64)
        ids = [int(pk) or None for pk in self._owners.of(east, north)]
        if self.municipality.boundary is None:
            return [self.family.get(pk, self.municipality) if pk else self.municipality for pk in ids]
        found: list[Municipality | int | None] = [self.family.get(pk, pk) if pk else None for pk in ids]
        if not self.stored:
            # About to be made (dry run): what belongs to nobody yet and lies inside will be its own.
            for index in Area(0, self.municipality.boundary).among(east, north).tolist():
                found[index] = self.municipality if found[index] is None else found[index]
        return found

    def near(self, owner: Municipality, xs: Numbers, ys: Numbers) -> list[Near | None]:
        """The nearest house of each place."""
        return self._grounds.near(owner, xs, ys)

    def words(self, owner: Municipality, near: Near | None) -> str:
        """A place in words, by the nearest house."""
        return "" if near is None else Place(owner, None, near.text, near.metres).text

    def districts(self, owner: Municipality, xs: Numbers, ys: Numbers, near: Sequence[Near | None]) -> list[int | None]:
        """The district whose boundary covers each place, else that of the nearest house."""
        return self._grounds.districts(owner, xs, ys, near)

    def units(self, owner: Municipality, topic: Topic, xs: Numbers, ys: Numbers) -> list[int | None]:
        """The unit responsible for a topic at each place (NaN: no place); rules of cases.routing."""
        return self._routes.units(owner, topic, xs, ys)

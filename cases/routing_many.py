"""Who settles what at many places at once: `cases.routing.unit_for` for a whole batch (a test compares)."""

from __future__ import annotations

import numpy as np

from cases import routing
from cases.models import Responsibility, Topic
from geo.many import Area, Numbers
from geo.models import Municipality


class Routes:
    """The tables of responsibility of some municipalities; each is read once, its areas are prepared once."""

    def __init__(self) -> None:
        self._rows: dict[int, list[tuple[Responsibility, Area | None]]] = {}
        self._ordered: dict[tuple[int, int], list[tuple[Responsibility, Area | None]]] = {}

    def units(self, owner: Municipality, topic: Topic, xs: Numbers, ys: Numbers) -> list[int | None]:
        """The unit responsible for a topic at each place (NaN: no place), None where nobody is."""
        found = np.zeros(len(xs), dtype=np.int64)
        if not topic.confidential:
            for row, area in self._candidates(owner, topic):
                if area is None:
                    found[found == 0] = row.unit_id
                else:
                    covered = area.among(xs, ys)
                    found[covered[found[covered] == 0]] = row.unit_id
                if found.all():
                    break
        return [int(pk) or None for pk in found]

    def _candidates(self, owner: Municipality, topic: Topic) -> list[tuple[Responsibility, Area | None]]:
        """The rows about a topic, the one that wins first."""
        if (owner.pk, topic.pk) in self._ordered:
            return self._ordered[owner.pk, topic.pk]
        if owner.pk not in self._rows:
            rows = Responsibility.objects.filter(municipality__in=owner.chain(), unit__active=True)
            self._rows[owner.pk] = [
                (row, Area(row.pk, row.area) if row.area is not None else None) for row in rows.select_related("topic")
            ]
        of_topic, chain = routing.lineage(topic), owner.chain_ids()
        fit = [one for one in self._rows[owner.pk] if one[0].topic is None or one[0].topic.slug in of_topic]
        fit.sort(key=lambda one: routing.weight(one[0], of_topic=of_topic, chain=chain))
        self._ordered[owner.pk, topic.pk] = fit
        return fit

"""What a search for places finds, whoever found it."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib.gis.geos import Point


class Hit(NamedTuple):
    """One proposal of the search; `place` is the part of town, else the town, as far as the gazetteer says."""

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

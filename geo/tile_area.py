"""Which tiles we fetch for whoever asks: what a map of ours can show, so that nobody empties a source through us."""

from __future__ import annotations

import math
from typing import Any

from django.conf import settings
from django.core.cache import cache

from geo.models import Municipality

_KEY = "geo:tiles:area"
_SECONDS = 3600
#: A map can be moved by half a municipality beyond its boundary (static/js/map/base.js).
_BEYOND = 0.5
#: Tiles from the middle of a screen to its edge.
_SCREEN = 8


def forget(**kwargs: Any) -> None:
    """A boundary changed."""
    cache.delete(_KEY)


def _boxes() -> list[tuple[float, float, float, float]]:
    """West, south, east and north (WGS84) of each municipality with a boundary."""
    kept: list[tuple[float, float, float, float]] | None = cache.get(_KEY)
    if kept is None:
        shapes = Municipality.objects.active().exclude(boundary=None).values_list("boundary", flat=True)
        kept = [shape.extent for shape in shapes.iterator(chunk_size=20) if shape is not None]
        cache.set(_KEY, kept, _SECONDS)
    return kept


def _at(lon: float, lat: float, zoom: int) -> tuple[float, float]:
    """Column and row, with what lies between."""
    sine = math.sin(math.radians(max(-85.0, min(85.0, lat))))
    size = 1 << zoom
    return (lon + 180) / 360 * size, (0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * size


def holds(z: int, x: int, y: int) -> bool:
    """Whether the tile lies around a municipality; always, where no boundary is known or TILE_EVERYWHERE is set."""
    if settings.TILE_EVERYWHERE:
        return True
    boxes = _boxes()
    for west, south, east, north in boxes:
        wide, high = (east - west) * _BEYOND, (north - south) * _BEYOND
        left, top = _at(west - wide, north + high, z)
        right, bottom = _at(east + wide, south - high, z)
        if left - _SCREEN <= x + 1 and x <= right + _SCREEN and top - _SCREEN <= y + 1 and y <= bottom + _SCREEN:
            return True
    return not boxes

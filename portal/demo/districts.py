"""Approximate districts of an invented town plan, cut by the real boundary."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

SWING = 0.0035
"""How far a border swings from the straight line between two districts, in degrees."""


def _swung(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = xy[:, 0], xy[:, 1]
    return np.column_stack([x + SWING * np.sin(y * 520) * 0.7, y + SWING * 0.6 * np.sin(x * 330)])


def divide(boundary: BaseGeometry, centres: Mapping[str, tuple[float, float]]) -> dict[str, BaseGeometry]:
    """Areas by name that share the boundary (WGS84) out among the centres; {} for less than two."""
    if len(centres) < 2:
        return {}
    points = shapely.MultiPoint(list(centres.values()))
    cells = shapely.voronoi_polygons(points, extend_to=boundary.envelope.buffer(0.05))
    found = {}
    for name, centre in centres.items():
        cell = next(cell for cell in cells.geoms if cell.covers(shapely.Point(centre)))
        swung = shapely.transform(shapely.segmentize(cell, 0.002), _swung)
        found[name] = shapely.make_valid(swung).intersection(boundary)
    return found

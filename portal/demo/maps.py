"""The demo's own base map, so that no map is empty without a network."""

from __future__ import annotations

from geo import base_map
from geo.models import Municipality
from portal.demo.data import towns
from portal.demo.municipalities import Say


def put_maps(say: Say) -> None:
    """Draw the towns that have no base map yet."""
    for row in towns():
        town = Municipality.objects.get(slug=row["slug"])
        if not base_map.tag_of(base_map.path_of(town.slug)):
            say(f"  {town.name}: {base_map.build(town)} features")

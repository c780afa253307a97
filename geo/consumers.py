"""What follows from another ground: base maps made of it are made anew."""

from __future__ import annotations

from geo import base_map
from geo.models import Municipality
from geo.signals import GROUND_CHANGED
from outbox.models import Event
from outbox.registry import consumer


@consumer("geo.base_map", events=[GROUND_CHANGED], atomic=False)
def build_again(event: Event) -> None:
    """Build the archives that show the municipality (slow, repeatable); what was built since then is left alone."""
    municipality = Municipality.objects.filter(pk=event.payload["municipality"]).first()
    if municipality is not None:
        base_map.build_again(municipality, since=event.at)

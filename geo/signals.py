"""What others may want to know about places."""

from django.dispatch import Signal

#: Streets, addresses or districts of `municipality` have changed.
gazetteer_changed = Signal()

GROUND_CHANGED = "geo.ground_changed"
"""Event of the outbox: streets, houses, districts or boundaries of a `municipality` (id) are others now; `districts`
tells whether boundaries of districts are among them."""

"""What others may want to know about places."""

from django.dispatch import Signal

#: Streets, addresses or districts of `municipality` have changed.
gazetteer_changed = Signal()

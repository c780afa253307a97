"""What is left of a mail after its words were blanked goes as well, a year later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from notifications.models import Delivery

KEEP_NOTE: Final = timedelta(days=365)
"""How long it is known that a mail went out (to whom, and the words, are blanked much earlier; see policy.KEEP)."""
_CHUNK = 1000


def delete_blanked(*, at: datetime) -> int:
    """Delete blanked deliveries older than KEEP_NOTE; returns how many. In chunks, so that the write lock is short."""
    old = Delivery.objects.filter(created_at__lt=at - KEEP_NOTE).exclude(blanked_at=None).exclude(done_at=None)
    deleted = 0
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[:_CHUNK]):
        deleted += Delivery.objects.filter(pk__in=ids).delete()[0]
    return deleted

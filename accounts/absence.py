"""Who is away, and who stands in for them.

The cases of somebody who is away appear with the deputy as well, who acts with the rights of their own role, as if
the case had been handed to them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import Absence, User


def stands_in_for(user: User | Any, on: date) -> list[int]:
    """Ids of the people `user` stands in for on a day; read once per user object (a request) and day."""
    if not isinstance(user, User) or user.pk is None:
        return []
    cached: dict[date, list[int]] = user.__dict__.setdefault("_stands_in_for", {})
    if on not in cached:
        rows = Absence.objects.filter(deputy=user, from_on__lte=on, until_on__gte=on)
        cached[on] = list(rows.order_by("user_id").values_list("user_id", flat=True).distinct())
    return cached[on]


def deputised(user: User | Any) -> set[int]:
    """Whose cases are on somebody's desk today: their own id, and those of the people they stand in for."""
    own = {user.pk} if isinstance(user, User) else set()
    return own | set(stands_in_for(user, timezone.localdate()))

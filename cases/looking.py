"""The access log: who of the staff looked at contact data or at an original, when and what for."""

from __future__ import annotations

from datetime import datetime

from accounts.policy import Permission
from cases.change import By, require
from cases.models import Case, File, Look
from cases.policy import LookedAt, LookFor


def note_look(
    *,
    case: Case,
    by: By,
    what: LookedAt,
    purpose: LookFor,
    permission: Permission,
    at: datetime,
    file: File | None = None,
) -> Look:
    """Note one look before anything is shown. Raises Denied without `permission` on the case.

    The case itself does not change: no version, no entry, no event.
    """
    require(case, by, permission)
    return Look.objects.create(case=case, user=by.user, at=at, what=what.value, purpose=purpose.value, file=file)

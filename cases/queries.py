"""Who may read which cases, as queryset methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from accounts.models import Unit, User
from accounts.policy import Permission
from accounts.services import reach
from cases.policy import ACTIVE, CLOSED

if TYPE_CHECKING:
    pass


class CaseQuerySet(QuerySet["Case"]):
    """Reading rules. `public()` for everybody, `visible_to(user)` for staff; nothing else decides."""

    def public(self) -> CaseQuerySet:
        """Cases of which something is released and nothing hides them."""
        return self.filter(public_at__isnull=False, confidential=False)

    def visible_to(self, user: User | Any) -> CaseQuerySet:
        """Cases of the own municipality, or handed to an own unit (or a unit of the own municipality).

        Confidential ones only for the complaint management, the unit or person they were handed to.
        """
        see, trusted = reach(user, Permission.SEE), reach(user, Permission.CONFIDENTIAL)
        if not see:
            return self.none()
        handed = Q(unit_id__in=see.units) | Q(assignee_id=user.pk)
        of_house = Q(municipality_id__in=see.municipalities) | Q(
            unit_id__in=Unit.objects.filter(municipality_id__in=see.municipalities).values("pk")
        )
        of_trusted = Q(municipality_id__in=trusted.municipalities)
        return self.filter(handed | (of_house & Q(confidential=False)) | of_trusted)

    def active(self) -> CaseQuerySet:
        """Cases that still need something."""
        return self.filter(state__in=ACTIVE)

    def closed(self) -> CaseQuerySet:
        """Cases that are settled, rejected or withdrawn."""
        return self.filter(state__in=CLOSED)

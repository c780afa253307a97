"""What reaches beyond one municipality: who looks after which, opening and closing, the first administrators.

The operator runs the platform and belongs to no municipality; a county administrator looks after the municipalities of
the county. Neither sees a case by that.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.invitations import Invited, first_role, invite, roles_for
from accounts.models import User
from accounts.policy import Permission, Role
from accounts.rulelog import note
from accounts.services import is_operator, reach
from geo.models import Municipality


def looked_after(user: User | AnonymousUser | Any) -> QuerySet[Municipality]:
    """The municipalities whose state somebody may see: all for the operator, the county with those below it."""
    rows = Municipality.objects.defer("boundary").select_related("parent__parent").order_by("name", "pk")
    if is_operator(user):
        return rows
    counties = reach(user, Permission.APPOINT).municipalities
    if not counties:
        return rows.none()
    return rows.filter(Q(pk__in=counties) | Q(parent__in=counties) | Q(parent__parent__in=counties))


@transaction.atomic
def set_open(*, municipality: Municipality, opened: bool, by: User) -> Municipality:
    """Open a municipality or close it: closed, its public pages say so, nothing is taken in, and all data stay.

    Raises PermissionDenied for everybody but the operator, ValidationError for the last one that is open.
    """
    if not is_operator(by):
        raise PermissionDenied
    row = Municipality.objects.select_for_update().get(pk=municipality.pk)
    if not opened and not Municipality.objects.active().exclude(pk=row.pk).exists():
        raise ValidationError(_("One municipality must stay open: it answers for unknown addresses."))
    note(
        municipality=row,
        actor=by,
        subject="municipality",
        label=row.title,
        before={"active": row.active},
        after={"active": opened},
    )
    row.active = opened
    row.save(update_fields=["active", "updated_at"])
    return row


def may_appoint(by: User, municipality: Municipality) -> Role | None:
    """The role somebody may appoint to in a municipality from above; None for nobody."""
    found = roles_for(by, municipality)
    role = first_role(municipality)
    if role in found:
        return role
    return Role.ADMIN if Role.ADMIN in found else None


def appoint(*, email: str, name: str, municipality: Municipality, by: User) -> Invited:
    """Invite somebody who administers a municipality. Raises PermissionDenied, or ValidationError per field."""
    role = may_appoint(by, municipality)
    if role is None:
        raise PermissionDenied
    return invite(email=email, name=name, municipality=municipality, role=role, by=by)

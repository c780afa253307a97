"""The accounts of the people of a municipality: closed when somebody leaves, opened again, a lost second factor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.invitations import administrators, roles_for
from accounts.models import Membership, User
from accounts.policy import GRANTS, Permission, Role
from accounts.rulelog import note
from accounts.services import is_operator
from geo.models import Municipality


def works_only_here(user: User, municipality: Municipality) -> bool:
    """Whether the account is this municipality's alone: no role elsewhere, and not the platform's operator."""
    return not user.is_superuser and not user.memberships.exclude(municipality=municipality).exists()


def factors(users: list[User]) -> dict[int, set[str]]:
    """By user id the sorts of second factors they have ("totp", "webauthn"); one query."""
    found: dict[int, set[str]] = {}
    rows = Authenticator.objects.filter(user__in=users).exclude(type=Authenticator.Type.RECOVERY_CODES)
    for user, kind in rows.values_list("user_id", "type"):
        found.setdefault(user, set()).add(str(kind))
    return found


@transaction.atomic
def deactivate(*, user: User, municipality: Municipality, by: User, at: datetime) -> User:
    """Close an account: nobody logs in with it, and whoever is logged in is out at once. Roles and cases stay.

    Raises PermissionDenied without the right to give all of the person's roles, ValidationError for oneself, for
    somebody who works elsewhere too, and for the last one who may administer.
    """
    row, roles = _checked(user, municipality, by)
    if any(Permission.ADMINISTER in GRANTS[Role(one.role)] for one in roles) and not administrators(
        municipality, besides=roles[0]
    ):
        raise ValidationError(_("Somebody must be left who may administer. Invite another administrator first."))
    return _set(row, municipality, by, active=False, at=at)


@transaction.atomic
def reactivate(*, user: User, municipality: Municipality, by: User, at: datetime) -> User:
    """Open an account again, with the roles it had; old sessions stay ended."""
    row, _roles = _checked(user, municipality, by)
    return _set(row, municipality, by, active=True, at=at)


@transaction.atomic
def reset_factors(*, user: User, municipality: Municipality, by: User, at: datetime) -> int:
    """Take away authenticator app, passkeys and recovery codes of somebody who lost them; returns how many. They are
    logged out, log in with their password and set a new one up. Raises as `deactivate`."""
    row, _roles = _checked(user, municipality, by)
    found = Authenticator.objects.filter(user=row)
    count: int = found.count()
    found.delete()
    row.sessions_ended_at = at
    row.save(update_fields=["sessions_ended_at"])
    _note(row, municipality, by, {"second_factor": bool(count)}, {"second_factor": False})
    return count


def _checked(user: User, municipality: Municipality, by: User) -> tuple[User, list[Membership]]:
    Municipality.objects.select_for_update().filter(pk=municipality.pk).first()
    row = User.objects.select_for_update().get(pk=user.pk)
    roles = list(row.memberships.filter(municipality=municipality))
    given = roles_for(by, municipality)
    if not roles or any(Role(one.role) not in given for one in roles) or is_operator(row):
        raise PermissionDenied
    if row.pk == by.pk:
        raise ValidationError(_("This is your own account. Somebody else must do that."))
    if not works_only_here(row, municipality):
        raise ValidationError(_("This person works elsewhere too. Take the roles here away instead."))
    return row, roles


def _set(row: User, municipality: Municipality, by: User, *, active: bool, at: datetime) -> User:
    _note(row, municipality, by, {"active": row.is_active}, {"active": active})
    row.is_active, row.sessions_ended_at = active, at
    row.save(update_fields=["is_active", "sessions_ended_at"])
    return row


def _note(row: User, municipality: Municipality, by: User, before: dict[str, Any], after: dict[str, Any]) -> None:
    note(municipality=municipality, actor=by, subject="person", label=str(row.pk), before=before, after=after)

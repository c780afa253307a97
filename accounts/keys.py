"""Keys of programs: made and revoked by an administrator, hashed, for one municipality or one unit, for some time.

A key whose scopes are those of staff has an account behind it, as a crew's phone has: without mailbox and password,
with the roles of `policy.SCOPE_ROLES` in that municipality alone. So verbs, lists and the history need to know nothing
of keys, and what a key may do is the table of permissions.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import ApiKey, Unit, User
from accounts.policy import NO_MAILBOX, SCOPE_ROLES, WHOLE_HOUSE_SCOPES, Permission, Scope
from accounts.rulelog import note
from accounts.services import grant, may
from geo.models import Municipality

MARK: Final = "anl_"
"""Every key begins so: whoever finds one in a log or a repository knows what it is."""
LONGEST: Final = timedelta(days=3 * 366)
USED_EVERY: Final = timedelta(minutes=1)
NAME_MAX: Final = 120


@transaction.atomic
def make(
    *,
    municipality: Municipality,
    name: str,
    scopes: Collection[Scope],
    expires_at: datetime,
    by: User,
    at: datetime,
    unit: Unit | None = None,
) -> tuple[ApiKey, str]:
    """A new key, with the secret that is shown this once. Raises PermissionDenied; ValidationError per field."""
    if not may(by, Permission.ADMINISTER, municipality_id=municipality.pk):
        raise PermissionDenied
    name = " ".join(name.replace("\x00", "").split())
    if not 0 < len(name) <= NAME_MAX:
        raise ValidationError({"name": [_("Please give the key a name of at most 120 characters.")]})
    if not scopes:
        raise ValidationError({"scopes": [_("Please choose what the key is for.")]})
    if not at < expires_at <= at + LONGEST:
        raise ValidationError({"expires_on": [_("Please choose a day within the next three years.")]})
    if unit is not None and (unit.municipality_id != municipality.pk or not unit.active):
        raise ValidationError({"unit": [_("This unit does not work for the municipality.")]})
    if unit is not None and WHOLE_HOUSE_SCOPES & set(scopes):
        raise ValidationError({"unit": [_("Administration is for the whole house only.")]})
    secret = MARK + secrets.token_urlsafe(32)
    chosen = [scope.value for scope in Scope if scope in scopes]
    key = ApiKey.objects.create(
        municipality=municipality,
        unit=unit,
        user=_account(municipality, unit, name, scopes),
        name=name,
        begin=secret[:8],
        digest=_hash(secret),
        scopes=chosen,
        made_at=at,
        made_by=by,
        expires_at=expires_at,
    )
    after = {"name": name, "scopes": chosen, "unit": str(unit or ""), "expires_at": expires_at}
    note(municipality=municipality, actor=by, subject="api_key", label=name, before={}, after=after)
    return key, secret


def _account(municipality: Municipality, unit: Unit | None, name: str, scopes: Collection[Scope]) -> User | None:
    roles = [SCOPE_ROLES[scope] for scope in scopes if scope in SCOPE_ROLES]
    if not roles:
        return None
    user = User.objects.create_user(f"{secrets.token_hex(8)}@{NO_MAILBOX}", None, name=name)
    for role in roles:
        grant(user=user, municipality=municipality, role=role, unit=unit)
    return user


@transaction.atomic
def revoke(*, key: ApiKey, by: User, at: datetime) -> ApiKey:
    """Shut a key out at once and for good; once more changes nothing. Raises PermissionDenied."""
    row = ApiKey.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=key.pk)
    if not may(by, Permission.ADMINISTER, municipality_id=row.municipality_id):
        raise PermissionDenied
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        User.objects.filter(api_key=row).update(is_active=False)
        note(
            municipality=row.municipality,
            actor=by,
            subject="api_key",
            label=row.name,
            before={"active": True},
            after={"active": False},
        )
    return row


def known(secret: str, *, at: datetime) -> ApiKey | None:
    """The key with this secret, if it is good now; that it was used is noted once a minute."""
    if not secret.startswith(MARK):
        return None
    rows = ApiKey.objects.select_related("municipality", "unit", "user").defer("municipality__boundary")
    key = rows.filter(digest=_hash(secret), revoked_at=None, expires_at__gt=at, municipality__active=True).first()
    if key is not None and (key.used_at is None or key.used_at < at - USED_EVERY):
        late = Q(used_at=None) | Q(used_at__lt=at - USED_EVERY)
        ApiKey.objects.filter(late, pk=key.pk).update(used_at=at)
    return key


def _hash(secret: str) -> str:
    """Of 256 random bits a plain SHA-256 is enough."""
    return sha256(secret.encode()).hexdigest()

"""Phones of crews: enrolled by a code that works once, opened by the phone itself and a PIN, revoked at the desk.

The account behind a phone has neither mailbox nor password. What the phone keeps (a random secret in a cookie) is one
factor, the PIN the other; after five wrong PINs in a row the phone must be enrolled anew, so four digits suffice
(NIST SP 800-63B-4, activation secrets). Of code, secret and PIN only hashes are stored.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Phone, Unit, User
from accounts.policy import NO_MAILBOX, Permission, Role
from accounts.rulelog import note
from accounts.services import grant, may

CODE_LIFETIME: Final = timedelta(hours=24)
TRIES: Final = 5
"""Wrong PINs in a row, then the phone must be enrolled anew."""
PIN_DIGITS: Final = (4, 8)
"""At least, at most."""


class WrongPin(Exception):
    """The PIN is another one; `left` more may be tried."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


def may_lead(by: User, unit: Unit) -> bool:
    """Whether somebody may hand out and revoke the phones of a unit: who gives it its work."""
    return may(by, Permission.ASSIGN, municipality_id=unit.municipality_id, unit=unit)


@transaction.atomic
def make(*, unit: Unit, name: str, by: User, at: datetime) -> tuple[Phone, str]:
    """A new phone for the crew of an inner unit, with the code that enrols it once within a day.

    Raises PermissionDenied; ValidationError ({"name" | "unit": …}).
    """
    name = " ".join(name.split())
    if not may_lead(by, unit):
        raise PermissionDenied
    if not unit.active or unit.external:
        raise ValidationError({"unit": [_("This team cannot be planned for.")]})
    if not 0 < len(name) <= 120:
        raise ValidationError({"name": [_("Please give the phone a name of at most 120 characters.")]})
    user = User.objects.create_user(f"{secrets.token_hex(8)}@{NO_MAILBOX}", None, name=name)
    grant(user=user, municipality=unit.municipality, role=Role.FIELD, unit=unit)
    phone = Phone(user=user, municipality=unit.municipality, made_at=at, made_by=by)
    code = _new_code(phone, at)
    _note(phone, by, {}, {"unit": str(unit), "enrolled": False})
    return phone, code


@transaction.atomic
def renew(*, phone: Phone, by: User, at: datetime) -> str:
    """Another code, for a lost or new phone or a forgotten PIN; the phone enrolled before is out at once.

    Raises PermissionDenied, also for a phone that was revoked.
    """
    row = _led(phone, by)
    if row.revoked_at is not None:
        raise PermissionDenied
    row.user.set_unusable_password()
    Authenticator.objects.filter(user=row.user).delete()
    _end_sessions(row.user, at)
    enrolled, row.secret, row.pin, row.enrolled_at, row.wrong = row.secret is not None, None, "", None, 0
    code = _new_code(row, at)
    _note(row, by, {"enrolled": enrolled}, {"enrolled": False})
    return code


@transaction.atomic
def revoke(*, phone: Phone, by: User, at: datetime) -> Phone:
    """Shut a phone out at once and for good; what it did stays. Once more changes nothing. Raises PermissionDenied."""
    row = _led(phone, by)
    if row.revoked_at is None:
        row.secret = row.code = row.code_until = None
        row.pin, row.revoked_at = "", at
        row.save()
        row.user.is_active = False
        _end_sessions(row.user, at)
        _note(row, by, {"active": True}, {"active": False})
    return row


def waiting(code: str, *, at: datetime) -> Phone | None:
    """The phone that a code would enrol now; None if it means nothing (any more)."""
    rows = Phone.objects.select_related("user", "municipality")
    return rows.filter(code=_hash(code), code_until__gt=at, revoked_at=None, user__is_active=True).first()


@transaction.atomic
def enrol(*, code: str, pin: str, at: datetime) -> tuple[Phone, str] | None:
    """Bind the phone that holds the code, with a PIN its crew chose; returns it and what it has to keep.

    None where the code means nothing (any more). Raises ValidationError ({"pin": …}) for a PIN that is none.
    """
    check_pin(pin)
    found = waiting(code, at=at)
    row = Phone.objects.select_for_update().select_related("user").get(pk=found.pk) if found is not None else None
    if row is None or row.code != _hash(code):
        return None
    secret = secrets.token_urlsafe(32)
    row.code = row.code_until = None
    row.secret, row.pin, row.wrong, row.enrolled_at, row.seen_at = _hash(secret), make_password(pin), 0, at, at
    row.save()
    return row, secret


def known(secret: str) -> Phone | None:
    """The phone that keeps this secret; None if it was revoked or enrolled anew."""
    if not secret:
        return None
    rows = Phone.objects.select_related("user", "municipality")
    return rows.filter(secret=_hash(secret), revoked_at=None, user__is_active=True).first()


def unlock(*, secret: str, pin: str, at: datetime) -> Phone | None:
    """The phone, where secret and PIN are right; None for a phone that is none (any more).

    Raises WrongPin, with 0 left when it has to be enrolled anew; a right PIN does not help then.
    """
    with transaction.atomic():
        found = known(secret)
        row = Phone.objects.select_for_update().select_related("user").get(pk=found.pk) if found is not None else None
        if row is None or row.secret != _hash(secret):
            return None
        if row.wrong < TRIES and check_password(pin, row.pin):
            row.wrong, row.seen_at = 0, at
            row.save(update_fields=["wrong", "seen_at"])
            return row
        row.wrong = min(TRIES, row.wrong + 1)
        row.save(update_fields=["wrong"])
    # Outside of the transaction: the count stays.
    raise WrongPin(TRIES - row.wrong)


def check_pin(pin: str) -> None:
    """Raises ValidationError ({"pin": …}) for another length, other signs, or a PIN that everybody tries."""
    least, most = PIN_DIGITS
    if not (pin.isascii() and pin.isdigit() and least <= len(pin) <= most):
        raise ValidationError(
            {"pin": [_("Please choose %(least)d to %(most)d digits.") % {"least": least, "most": most}]}
        )
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if steps in ({0}, {1}, {9}):
        raise ValidationError({"pin": [_("Everybody would try this PIN first. Please choose another one.")]})


def _led(phone: Phone, by: User) -> Phone:
    row = Phone.objects.select_for_update().select_related("user", "municipality").get(pk=phone.pk)
    unit = unit_of(row)
    allowed = (
        may_lead(by, unit) if unit is not None else may(by, Permission.ASSIGN, municipality_id=row.municipality_id)
    )
    if not allowed:
        raise PermissionDenied
    return row


def unit_of(phone: Phone) -> Unit | None:
    """The team whose phone it is; None where its role was taken away."""
    role = phone.user.memberships.filter(role=Role.FIELD.value).select_related("unit").order_by("pk").first()
    return role.unit if role is not None else None


def _new_code(phone: Phone, at: datetime) -> str:
    code = secrets.token_urlsafe(16)
    phone.code, phone.code_until = _hash(code), at + CODE_LIFETIME
    phone.save()
    return code


def _end_sessions(user: User, at: datetime) -> None:
    user.sessions_ended_at = at
    user.save(update_fields=["is_active", "password", "sessions_ended_at"])


def _hash(secret: str) -> str:
    """Of a random secret of at least 128 bits a plain SHA-256 is enough."""
    return sha256(secret.encode()).hexdigest()


def _note(phone: Phone, by: User, before: dict[str, object], after: dict[str, object]) -> None:
    """By the number of its account: a crew may be called after a person."""
    note(
        municipality=phone.municipality,
        actor=by,
        subject="phone",
        label=str(phone.user_id),
        before=before,
        after=after,
    )

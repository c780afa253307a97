"""People are invited, nobody signs up: a role is given at once, and a link sets the first password, once.

The link is no row: it is signed and holds a fingerprint of the password that does not exist yet, so it dies with the
first use, with another invitation that starts anew, and after two weeks.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import ROLES, Membership, Unit, User
from accounts.policy import GRANTS, NO_MAILBOX, WHOLE_MUNICIPALITY, Permission, Role
from accounts.rulelog import note
from accounts.services import grant, is_county, is_operator, may, reach
from geo.models import Municipality

LIFETIME: Final = timedelta(days=14)
_SALT: Final = "accounts.invitation"


@dataclass(frozen=True)
class Invited:
    """Who was invited to what. `new`: the role is new. `waiting`: the person has no password yet and needs the link."""

    membership: Membership
    new: bool
    waiting: bool

    @property
    def user(self) -> User:
        """The person."""
        return self.membership.user

    @property
    def url(self) -> str:
        """Where the person goes first: to choose a password, or to log in."""
        base = self.membership.municipality.base_url()
        path = reverse("invitation", args=[token_of(self.user)]) if self.waiting else reverse("account_login")
        return base + path


@transaction.atomic
def invite(
    *, email: str, name: str, municipality: Municipality, role: Role, unit: Unit | None = None, by: User | None = None
) -> Invited:
    """Give a role to the person with this address, who is made if there is none. The same again changes nothing.

    `by` must have the right to give this role; None is the platform itself. Raises ValidationError ({field: messages}).
    Does not mail; see notifications.invitations.
    """
    email, name = email.strip().lower(), " ".join(name.split())
    errors: dict[str, list[str]] = {}
    try:
        validate_email(email)
    except ValidationError as error:
        errors["email"] = list(error.messages)
    if email.endswith(f"@{NO_MAILBOX}"):
        errors["email"] = [_("No mail reaches this address.")]
    if len(name) > 120:
        errors["name"] = [_("Please shorten the name.")]
    if role not in roles_for(by, municipality):
        errors["role"] = [_("You cannot give this role.")]
    if role in WHOLE_MUNICIPALITY:
        unit = None
    elif unit is None:
        errors["unit"] = [_("Which unit do they work for?")]
    elif unit.municipality_id != municipality.pk:
        errors["unit"] = [_("This unit belongs to another municipality.")]
    if errors:
        raise ValidationError(errors)
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=name or email)
    existed = Membership.objects.filter(user=user, municipality=municipality, unit=unit, role=role.value).exists()
    membership = grant(user=user, municipality=municipality, role=role, unit=unit)
    if not existed:
        _note(membership, by, given=True)
    return Invited(membership, not existed, not user.has_usable_password())


def roles_for(by: User | None, municipality: Municipality) -> list[Role]:
    """The roles that `by` (None: the platform itself) may give and take in a municipality: whoever administers it
    gives all but the county administrator's, which county administrators give. Those also appoint the administrators
    of the municipalities below; the operator appoints the first ones, until one of them has come."""
    own = [Role(value) for value, _words in ROLES if Role(value) is not Role.COUNTY]
    above = [Role.COUNTY] if is_county(municipality) else []
    if by is None:
        return own + above
    found = set(own if may(by, Permission.ADMINISTER, municipality_id=municipality.pk) else [])
    appointing = reach(by, Permission.APPOINT).municipalities
    if municipality.pk in appointing:
        found.update(above)
    if appointing & set(municipality.chain_ids()):
        found.add(Role.ADMIN)
    first = first_role(municipality)
    if is_operator(by) and not arrived(municipality, first):
        found.add(first)
    return [role for role in own + above if role in found]


def first_role(municipality: Municipality) -> Role:
    """What the first person of a municipality becomes."""
    return Role.COUNTY if is_county(municipality) else Role.ADMIN


def arrived(municipality: Municipality, role: Role) -> bool:
    """Whether somebody with this role can log in and has begun to (has a password, or came from a directory)."""
    begun = Q(user__last_login__isnull=False) | ~Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return Membership.objects.filter(begun, municipality=municipality, role=role.value, user__is_active=True).exists()


def _note(membership: Membership, by: User | None, *, given: bool) -> None:
    """In the log of the rules the person stands by the number of their account."""
    facts = {"role": membership.role, "unit": str(membership.unit) if membership.unit else ""}
    note(
        municipality=membership.municipality,
        actor=by,
        subject="person",
        label=str(membership.user_id),
        before={} if given else facts,
        after=facts if given else {},
    )


def again(membership: Membership) -> Invited:
    """The invitation of somebody who has not come yet, to be sent once more."""
    return Invited(membership, False, not membership.user.has_usable_password())


def token_of(user: User) -> str:
    """A signed token for the link of somebody who has no password yet; one word, as logs know secrets by."""
    signed = signing.dumps({"user": user.pk, "print": _fingerprint(user)}, salt=_SALT)
    return urlsafe_b64encode(signed.encode()).decode().rstrip("=")


def invited(token: str) -> User | None:
    """Whose token it is; None if it is forged, too old or used, or if the person has no role any more."""
    try:
        signed = urlsafe_b64decode(token.encode() + b"==").decode()
        told: Any = signing.loads(signed, salt=_SALT, max_age=LIFETIME)
        user = User.objects.filter(pk=int(told["user"]), is_active=True).first()
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None
    if user is None or user.has_usable_password() or not user.memberships.exists():
        return None
    return user if constant_time_compare(_fingerprint(user), str(told.get("print"))) else None


@transaction.atomic
def accept(*, token: str, password: str, name: str = "") -> User | None:
    """Set the first password; None if the link means nothing (any more). Raises ValidationError for a weak one."""
    user = invited(token)
    if user is None:
        return None
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.has_usable_password():
        return None
    validate_password(password, user)
    user.set_password(password)
    user.name = " ".join(name.split())[:120] or user.name
    user.save(update_fields=["password", "name"])
    return user


def _fingerprint(user: User) -> str:
    return salted_hmac(_SALT, user.password, algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def dismiss(*, membership: Membership, by: User | None = None) -> None:
    """Take a role away; `by` must be somebody who could give it (None: the platform itself).

    Raises ValidationError for the last one who may administer: somebody must be left.
    """
    Municipality.objects.select_for_update().filter(pk=membership.municipality_id).first()
    if Role(membership.role) not in roles_for(by, membership.municipality):
        raise ValidationError(_("You cannot take this role away."))
    if Permission.ADMINISTER in GRANTS[Role(membership.role)] and not administrators(
        membership.municipality, besides=membership
    ):
        raise ValidationError(_("Somebody must be left who may administer. Invite another administrator first."))
    _note(membership, by, given=False)
    membership.delete()


def administrators(municipality: Municipality, *, besides: Membership | None = None) -> int:
    """How many people may administer a municipality and can log in (or have just been invited)."""
    roles = [role.value for role, permissions in GRANTS.items() if Permission.ADMINISTER in permissions]
    rows = Membership.objects.filter(municipality=municipality, role__in=roles, user__is_active=True)
    if besides is not None:
        rows = rows.exclude(user_id=besides.user_id)
    return rows.values("user_id").distinct().count()

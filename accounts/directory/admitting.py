"""Who comes in by the directory of a municipality: account, link, and roles from groups.

A directory speaks for one municipality. So an account that works anywhere else, or for the platform, is never opened by
it, whatever e-mail address the directory names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts import rulelog
from accounts.directory.tokens import Person, fold
from accounts.directory.troubles import Why
from accounts.models import Directory, Membership, User
from accounts.policy import NO_MAILBOX
from geo.models import Municipality

LAPSE: Final = timedelta(days=30)
"""A role the directory has not confirmed for so long is gone: whoever left it never logs in by it again."""


@dataclass(frozen=True)
class Admission:
    """What became of a login: the person who may go on, or why nobody may."""

    user: User | None = None
    why: Why | None = None


@transaction.atomic
def admit(*, directory: Directory, person: Person, at: datetime) -> Admission:
    """Find or make the account and bring its roles in line. A refusal also takes roles away that a known person has
    lost in the directory; nothing is made for somebody unknown who is refused."""
    Municipality.objects.select_for_update().filter(pk=directory.municipality_id).first()
    wanted = _wanted(directory, person)
    user, why = _known(directory, person)
    if user is None and why is None and wanted:
        user = User.objects.create_user(person.email, name=person.name or person.email.partition("@")[0])
        SocialAccount.objects.create(user=user, provider=directory.key, uid=person.subject)
    if why is not None:
        return Admission(why=why)
    if user is not None:
        _align(directory, user, wanted, at)
        _rename(user, person)
    return Admission(user) if user is not None and wanted else Admission(why=Why.NO_GROUP)


def _wanted(directory: Directory, person: Person) -> set[tuple[str, int | None]]:
    return {(rule.role, rule.unit_id) for rule in directory.groups.all() if fold(rule.group) in person.groups}


def _known(directory: Directory, person: Person) -> tuple[User | None, Why | None]:
    """The account of this person, linked now if that is right; (None, None) where there is none yet."""
    link = SocialAccount.objects.filter(provider=directory.key, uid=person.subject).select_related("user").first()
    if link is not None:
        user = User.objects.select_for_update().get(pk=link.user_id)
        return (None, why) if (why := _barred(user, directory)) else (user, None)
    try:
        validate_email(person.email)
    except ValidationError:
        return None, Why.NO_EMAIL
    if person.email.casefold().endswith(f"@{NO_MAILBOX}"):
        return None, Why.NO_EMAIL
    found = User.objects.select_for_update().filter(email__iexact=person.email).first()
    if found is None:
        return None, None
    if not person.email_verified:
        return None, Why.UNVERIFIED
    if why := _barred(found, directory):
        return None, why
    if SocialAccount.objects.filter(provider=directory.key, user=found).exists():
        return None, Why.OTHER_PERSON
    if _wanted(directory, person):
        SocialAccount.objects.create(user=found, provider=directory.key, uid=person.subject)
        return found, None
    return None, Why.NO_GROUP


def _barred(user: User, directory: Directory) -> Why | None:
    """Why this account is not the directory's to open."""
    if not user.is_active:
        return Why.INACTIVE
    if user.is_superuser or user.memberships.exclude(municipality=directory.municipality_id).exists():
        return Why.ELSEWHERE
    return None


def _align(directory: Directory, user: User, wanted: set[tuple[str, int | None]], at: datetime) -> None:
    """Roles by the directory are as it says now; those given by hand stay as they are."""
    town = directory.municipality
    held = {(one.role, one.unit_id): one for one in user.memberships.filter(municipality=town)}
    for place, one in held.items():
        if one.directory_at is not None and place in wanted:
            Membership.objects.filter(pk=one.pk).update(directory_at=at)
        elif one.directory_at is not None:
            _note(user, town, one, given=False)
            one.delete()
    for role, unit_id in sorted(wanted - set(held), key=str):
        new = Membership.objects.create(user=user, municipality=town, role=role, unit_id=unit_id, directory_at=at)
        _note(user, town, new, given=True)
    if hasattr(user, "_memberships"):
        del user._memberships


def _note(user: User, town: Municipality, row: Membership, *, given: bool) -> None:
    facts = {"role": row.role, "unit": row.unit, "directory": True}
    rulelog.note(
        municipality=town,
        actor=None,
        subject="person",
        label=str(user.pk),
        before={} if given else facts,
        after=facts if given else {},
    )


def _rename(user: User, person: Person) -> None:
    """Name and address follow the directory, for accounts that live by it alone (nobody ever set a password)."""
    if user.has_usable_password():
        return
    user.name = person.name or user.name
    taken = User.objects.filter(email__iexact=person.email).exclude(pk=user.pk).exists()
    if person.email and person.email_verified and not taken:
        user.email = person.email
    user.save(update_fields=["name", "email"])


@transaction.atomic
def lapse(*, at: datetime) -> int:
    """Takes away roles that no directory has confirmed for LAPSE; returns how many."""
    count = 0
    rows = Membership.objects.select_for_update(of=("self",)).filter(directory_at__lt=at - LAPSE)
    for row in rows.select_related("user", "municipality", "unit"):
        _note(row.user, row.municipality, row, given=False)
        row.delete()
        count += 1
    return count


@transaction.atomic
def unlink(*, directory: Directory, user: User, by: User) -> None:
    """Undo the connection of an account with a person of the directory, with the roles it gave."""
    SocialAccount.objects.filter(provider=directory.key, user=user).delete()
    for row in user.memberships.filter(municipality=directory.municipality_id, directory_at__isnull=False):
        _note(user, directory.municipality, row, given=False)
        row.delete()
    rulelog.note(
        municipality=directory.municipality,
        actor=by,
        subject="directory",
        label=str(user.pk),
        before={"connected": True},
        after={"connected": False},
    )

"""Support ("mir auch aufgefallen") and following, both confirmed by mail and counted once.

They do not bump the version of a case: a supporter never gets in the way of a clerk.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from cases.errors import Denied, Invalid
from cases.models import Case, Contact, Follow, Support
from outbox.events import emit

PATIENCE = timedelta(minutes=1)
"""Who asks for the same mail again before it passed has pressed the button twice, and gets one."""


def checked_email(address: str) -> str:
    """A valid address in lower case; Invalid otherwise. Invisible characters, which come with copying, are left out."""
    clean = "".join(one for one in address if unicodedata.category(one) != "Cf").strip().lower()
    try:
        validate_email(clean)
    except ValidationError:
        raise Invalid({"email": [_("This is not a valid e-mail address. Please check it.")]})
    return clean


def email_hash(address: str) -> str:
    """Keyed SHA-256 of an address: enough to count each person once, not enough to write to them."""
    return hmac.new(settings.SECRET_KEY.encode(), address.lower().encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def ask(*, case: Case, email: str, support: bool, follow: bool, language: str, at: datetime) -> None:
    """Note an unconfirmed support and/or follow and mail a link to confirm.

    Asking again mails again (after PATIENCE), counts once. Says nothing about whether the address was known.
    Raises Invalid (address), Denied (the case is not public).
    """
    address = checked_email(email)
    if not Case.objects.public().filter(pk=case.pk).exists():
        raise Denied
    ids: dict[str, Any] = {}
    if support:
        row, new = Support.objects.get_or_create(
            case=case, email_hash=email_hash(address), defaults={"created_at": at, "language": language}
        )
        if row.confirmed_at is None and row.email != address:
            row.email = address
            row.save(update_fields=["email"])
        if row.confirmed_at is None and (new or at - row.created_at >= PATIENCE):
            ids["support"] = row.pk
    if follow:
        wish, new = Follow.objects.get_or_create(
            case=case, email=address, defaults={"created_at": at, "language": language}
        )
        if wish.confirmed_at is None and (new or at - wish.created_at >= PATIENCE):
            ids["follow"] = wish.pk
    if ids:
        emit("case.interest_asked", case=case.pk, **ids)


@transaction.atomic
def confirm(*, token: str, at: datetime) -> Case | None:
    """Confirm what the mailed token stands for, and what the same person asked for on this case at the same time."""
    follow = Follow.objects.filter(token=token).select_related("case").first()
    support = Support.objects.filter(token=token).select_related("case").first()
    if follow is None and support is None:
        return None
    case = follow.case if follow else support.case  # type: ignore[union-attr]
    if follow is not None:
        Follow.objects.filter(pk=follow.pk, confirmed_at=None).update(confirmed_at=at)
        Support.objects.filter(case=case, email_hash=email_hash(follow.email), confirmed_at=None).update(
            confirmed_at=at, email=""
        )
    if support is not None:
        Support.objects.filter(pk=support.pk, confirmed_at=None).update(confirmed_at=at, email="")
    return case


def reporter_confirmed(*, contact: Contact, at: datetime) -> None:
    """The reporter of a merged case proved the address: from now on they hear of the original."""
    original = Case.objects.filter(contact=contact).values_list("duplicate_of", flat=True).first()
    if original is not None and contact.email:
        Follow.objects.filter(case=original, email=contact.email.lower(), confirmed_at=None).update(confirmed_at=at)


@transaction.atomic
def unfollow(*, token: str) -> Case | None:
    """Stop following (one click, RFC 8058). Again, or with an unknown token: None, no harm."""
    follow = Follow.objects.filter(token=token).select_related("case").first()
    if follow is None:
        return None
    case = follow.case
    follow.delete()
    return case


@transaction.atomic
def withdraw_support(*, case: Case, email: str) -> None:
    """Somebody who proved the address takes the support back; again is the same."""
    Support.objects.filter(case=case, email_hash=email_hash(email)).delete()


def supporters(case: Case) -> int:
    """How many people confirmed that they noticed it too."""
    return Support.objects.filter(case=case, confirmed_at__isnull=False).count()

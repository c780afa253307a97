"""The verbs of "Meine Meldungen": ask for the link, open it, see what belongs to the address, end, delete.

Asking does the same for every address: one row and one event. Only the worker looks whether anything belongs to it,
so neither the answer nor its time says whether somebody ever reported anything.
"""

from __future__ import annotations

from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import QuerySet

from cases import services as case_services
from cases.change import Act, By
from cases.following import checked_email, email_hash
from cases.models import Case, Follow, Support
from citizens.models import Access, Passkey
from citizens.policy import LINK, OPEN
from geo.models import Municipality
from outbox.events import emit
from reports.policy import KIND
from subscriptions import services as subscription_services
from subscriptions.models import Subscriber

ASKED = "citizens.link_asked"
"""Event: {access}."""
PASSKEY_ADDED = "citizens.passkey_added"
"""Event: {passkey}."""
_SIGNER = Signer(salt="citizens.access")
"""For nothing else: a token made for another purpose opens nothing here."""


# The link -------------------------------------------------------------------------------------------------------------
@transaction.atomic
def ask(*, municipality: Municipality, email: str, language: str, at: datetime) -> None:
    """Ask for the link. Raises Invalid (address)."""
    access = Access.objects.create(
        municipality=municipality, email=checked_email(email), language=language, asked_at=at
    )
    emit(ASKED, at=at, access=access.pk)


def token_of(access: Access) -> str:
    """What stands in the mailed address: the row, signed."""
    return _SIGNER.sign(str(access.pk))


def find(*, token: str, municipality: Municipality, at: datetime) -> Access | None:
    """The access of a mailed token that was not opened yet and is not too old; None otherwise."""
    try:
        pk = int(_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    rows = Access.objects.filter(municipality=municipality, asked_at__gt=at - LINK, asked_at__lte=at)
    return rows.filter(pk=pk, opened_at=None).first()


def open_once(*, access: Access, at: datetime) -> bool:
    """Open it for the browser that asks; False when another one was first."""
    return bool(Access.objects.filter(pk=access.pk, opened_at=None).update(opened_at=at))


def opened(*, access_id: int, municipality: Municipality, at: datetime) -> Access | None:
    """The access that a browser opened a while ago, as long as it lasts and on the same site."""
    rows = Access.objects.select_related("municipality__parent__parent").defer(
        "municipality__boundary", "municipality__parent__boundary", "municipality__parent__parent__boundary"
    )
    return rows.filter(pk=access_id, municipality=municipality, opened_at__gt=at - OPEN).first()


def end(*, access: Access) -> None:
    """Log out; the row with the address goes."""
    Access.objects.filter(pk=access.pk).delete()


def forget(*, at: datetime) -> int:
    """Delete what can no longer be opened or has been open for long enough; returns how many."""
    return Access.objects.filter(asked_at__lt=at - LINK - OPEN).delete()[0]


# What belongs to the address ------------------------------------------------------------------------------------------
def reports(access: Access) -> QuerySet[Case, Case]:
    """Reports whose reporter proved this very address. An unconfirmed one may be a stranger's slip of the pen."""
    return Case.objects.filter(
        kind=KIND,
        municipality__in=access.municipality.family_ids(),
        contact__email=access.email,
        contact__confirmed_at__isnull=False,
    )


def follows(access: Access) -> QuerySet[Follow, Follow]:
    """Reports of others that this address follows."""
    return Follow.objects.filter(
        email=access.email, confirmed_at__isnull=False, case__municipality__in=access.municipality.family_ids()
    )


def supports(access: Access) -> QuerySet[Support, Support]:
    """Reports that somebody with this address noticed too."""
    return Support.objects.filter(
        email_hash=email_hash(access.email),
        confirmed_at__isnull=False,
        case__municipality__in=access.municipality.family_ids(),
    )


def subscriber(access: Access) -> Subscriber | None:
    """The subscriptions of this address, if one of them is confirmed."""
    rows = Subscriber.objects.select_related("municipality__parent__parent")
    return (
        rows.filter(municipality=access.municipality, email=access.email, subscriptions__confirmed_at__isnull=False)
        .distinct()
        .first()
    )


def known(access: Access) -> bool:
    """Whether anything belongs to the address."""
    return (
        reports(access).exists()
        or follows(access).exists()
        or supports(access).exists()
        or subscriber(access) is not None
    )


@transaction.atomic
def delete_all(*, access: Access, at: datetime) -> int:
    """Delete the address wherever it stands in this municipality; returns of how many reports.

    The reports stay, and so does how many people noticed something too. Ends the access.
    """
    own = list(reports(access))
    for case in own:
        case_services.delete_contact(case=case, by=By.citizen(), act=Act(at=at))
    follows(access).delete()
    Passkey.objects.filter(municipality__in=access.municipality.family_ids(), email=access.email).delete()
    for row in Subscriber.objects.filter(municipality=access.municipality, email=access.email):
        subscription_services.end_rhythm(subscriber=row)
    end(access=access)
    return len(own)

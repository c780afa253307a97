"""Passkeys for "Meine Meldungen": made while the page is open, they open it again without a mail.

A passkey is bound to the site (host) it was made on and to an e-mail address that was proved by the link of a mail. It
lies on the device and asks there who it is; the server keeps the public part. Nothing is said before a key has signed,
so the way tells nobody whether an address is known. Deleting the address deletes its keys.
"""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from fido2.cose import UnsupportedKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from cases.pieces import in_pieces
from citizens import services
from citizens.models import Access, Passkey
from citizens.policy import PASSKEY_UNUSED, PASSKEYS
from geo.models import Municipality
from outbox.events import emit

State = dict[str, Any]
BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, struct.error)
"""What the library raises for an answer that is none, or not to the question that was asked."""
ANSWER_MAX = 20_000


@dataclass(frozen=True)
class Site:
    """Where a passkey works: the origin ("https://melden.example.org", with port where there is one)."""

    origin: str
    host: str
    name: str

    def server(self) -> Fido2Server:
        """Takes answers of pages of this very origin only."""
        party = PublicKeyCredentialRpEntity(name=self.name, id=self.host)
        return Fido2Server(party, verify_origin=lambda origin: origin == self.origin)


def of(access: Access) -> QuerySet[Passkey, Passkey]:
    """The passkeys of an address on this site, newest first."""
    return Passkey.objects.filter(municipality=access.municipality, email=access.email).order_by("-pk")


# Adding ---------------------------------------------------------------------------------------------------------------
def begin_adding(*, access: Access, site: Site) -> tuple[State, State] | None:
    """(options for the browser, state for the session); None when there are enough."""
    if of(access).count() >= PASSKEYS:
        return None
    known = [AttestedCredentialData(websafe_decode(row.credential)) for row in of(access)]
    # The library of the staff's login reads this as a number of an account: a citizen's is none.
    handle = f"citizen.{secrets.token_urlsafe(16)}".encode()
    options, state = site.server().register_begin(
        PublicKeyCredentialUserEntity(name=access.email, id=handle, display_name=access.email),
        credentials=known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


def add(*, access: Access, site: Site, state: State, answer: Any, at: datetime) -> Passkey | None:
    """Keep a new passkey; None for an answer that is not one to this question."""
    if of(access).count() >= PASSKEYS:
        return None
    try:
        made = site.server().register_complete(state, RegistrationResponse.from_dict(answer)).credential_data
    except BROKEN:
        return None
    if made is None or isinstance(made.public_key, UnsupportedKey):
        return None
    try:
        with transaction.atomic():
            row = Passkey.objects.create(
                municipality=access.municipality,
                email=access.email,
                language=access.language,
                credential_id=websafe_encode(made.credential_id),
                credential=websafe_encode(made),
                created_at=at,
                used_at=at,
            )
            emit(services.PASSKEY_ADDED, at=at, passkey=row.pk)
            return row
    except IntegrityError:  # sent twice
        return of(access).filter(credential_id=websafe_encode(made.credential_id)).first()


# Opening --------------------------------------------------------------------------------------------------------------
def begin_opening(*, site: Site) -> tuple[State, State]:
    """(options for the browser, state for the session): whatever passkey the device has for this site."""
    options, state = site.server().authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return dict(options), state


def open_by(*, municipality: Municipality, site: Site, state: State, answer: Any, at: datetime) -> Access | None:
    """Open what belongs to the address of the passkey that signed; None for every other answer."""
    try:
        name = str(answer["id"])
        row = Passkey.objects.filter(municipality=municipality, credential_id=name[:1400]).first()
        if row is None:
            return None
        known = AttestedCredentialData(websafe_decode(row.credential))
        site.server().authenticate_complete(state, [known], answer)
    except BROKEN:
        return None
    Passkey.objects.filter(pk=row.pk).update(used_at=at)
    return Access.objects.create(
        municipality=municipality, email=row.email, language=row.language, asked_at=at, opened_at=at
    )


# Forgetting -----------------------------------------------------------------------------------------------------------
def forget(*, at: datetime) -> int:
    """Delete passkeys that were not used for long, or whose address nothing belongs to any more; returns how many."""
    deleted = Passkey.objects.filter(used_at__lt=at - PASSKEY_UNUSED).delete()[0]
    for row in in_pieces(Passkey.objects.select_related("municipality__parent__parent").order_by("pk")):
        stand_in = Access(municipality=row.municipality, email=row.email, asked_at=at)
        if not services.known(stand_in):
            row.delete()
            deleted += 1
    return deleted

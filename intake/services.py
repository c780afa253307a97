"""The verbs of incoming mails: take one in, and what the desk does with it.

Taking in only keeps a mail and answers at once, so that the machine that brought it may forget it; what becomes of it
is decided under a lease (`intake.sorting`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import Permission
from accounts.services import may, reach
from cases.errors import Denied, Invalid
from cases.marks import case_of
from cases.models import new_secret
from cases.services import checked_text
from geo.models import Municipality
from intake import letters, parsing
from intake.draining import drain_incoming
from intake.models import FOLDER, IncomingMail, IncomingMailQuerySet
from intake.policy import HEAD_BYTES, MAX_BYTES
from outbox.bell import ring_after_commit

_DEFERRED = ("boundary", "parent__boundary", "parent__parent__boundary")


class Homeless(Exception):
    """There is no municipality yet that could have got a mail."""


def receive(
    *, raw: bytes, at: datetime, municipality: Municipality | None = None, recipient: str = "", size: int | None = None
) -> IncomingMail:
    """Keep a mail; the same one again is the row made before, on whatever way it came.

    Without `municipality` it is found by the addresses; `recipient` is the one of the envelope. `size` is given where
    `raw` is only the beginning of a mail that is too large. Raises Homeless, and what database and storage raise: then
    nothing is kept, and whoever brought it must try again.
    """
    size = len(raw) if size is None else size
    if size > MAX_BYTES:
        raw = raw[:HEAD_BYTES]
    about = parsing.head(raw)
    town = municipality or _town_of([recipient.strip().lower(), *about.recipients])
    digest = _digest(raw, about)
    name = about.message_id or f"sha256:{digest}"
    if (known := _known(town, name, digest)) is not None:
        return known
    key = new_secret()
    default_storage.save(f"{FOLDER}/{key}", ContentFile(raw))
    try:
        with transaction.atomic():
            taken = IncomingMail.objects.filter(municipality=town, message_id=name).exists()
            mail = IncomingMail.objects.create(
                municipality=town,
                message_id=f"{name}#{digest[:16]}" if taken else name,
                digest=digest,
                received_at=at,
                due_at=at,
                bytes=size,
                recipient=recipient.strip()[:254],
                raw_key=key,
                sender=about.sender,
                sender_name=about.sender_name,
                subject=about.subject,
            )
            ring_after_commit(drain_incoming)
    except IntegrityError:
        default_storage.delete(f"{FOLDER}/{key}")
        if (known := _known(town, name, digest)) is None:
            raise
        return known
    return mail


def _known(town: Municipality, name: str, digest: str) -> IncomingMail | None:
    """The same mail taken in before. Another one under the same Message-ID is not the same."""
    rows = IncomingMail.objects.filter(municipality=town, message_id__in=[name, f"{name}#{digest[:16]}"])
    return rows.filter(digest=digest).first()


def _digest(raw: bytes, about: parsing.Parsed) -> str:
    """What stays the same on every way a mail takes: without the lines that machines put above it."""
    end = min((at for at in (raw.find(b"\n\r\n"), raw.find(b"\n\n")) if at >= 0), default=0)
    body = raw[end:].replace(b"\r\n", b"\n").strip()
    return hashlib.sha256(f"{about.sender}\0{about.subject}\0".encode() + body).hexdigest()


def _town_of(addresses: Iterable[str]) -> Municipality:
    """Whose mail it is: by address or by the mark of a case in it, else the default municipality's. Raises Homeless."""
    towns = Municipality.objects.select_related("parent__parent").defer(*_DEFERRED)
    own = {town.intake_address.lower(): town for town in towns.filter(active=True).exclude(intake_address="")}
    for address in addresses:
        local, _at, domain = address.rpartition("@")
        base, _plus, mark = local.partition("+")
        if (town := own.get(f"{base}@{domain}")) is not None:
            if mark and (case := case_of(mark)) is not None:
                return towns.get(pk=case.municipality_id)
            return town
    found = Municipality.objects.default()
    if found is None:
        raise Homeless
    return found


# At the desk ---------------------------------------------------------------------------------------------------------
def visible_to(user: User) -> IncomingMailQuerySet:
    """The mails somebody may read: they name people, so it takes the right to see contact data in the whole house."""
    rows: IncomingMailQuerySet = IncomingMail.objects.filter(
        municipality_id__in=reach(user, Permission.SEE_CONTACT).municipalities
    )
    return rows


def _require(mail: IncomingMail, by: User) -> None:
    for permission in (Permission.SEE_CONTACT, Permission.MOVE):
        if not may(by, permission, municipality_id=mail.municipality_id):
            raise Denied


@transaction.atomic
def close(*, mail: IncomingMail, by: User, at: datetime, closed: bool = True) -> IncomingMail:
    """Nothing is left to do with it, or there is again. The same again changes nothing. Raises Denied."""
    _require(mail, by)
    row = IncomingMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
    if closed and row.closed_at is None:
        row.closed_at, row.closed_by = at, by
    elif not closed:
        row.closed_at = row.closed_by = None
    row.save(update_fields=["closed_at", "closed_by"])
    return row


@transaction.atomic
def answer(*, mail: IncomingMail, text: str, by: User, at: datetime) -> None:
    """Write to the sender and note that it is done. Raises Denied, Invalid (no words, nobody to write to)."""
    _require(mail, by)
    words = checked_text(text)
    row = IncomingMail.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=mail.pk)
    if not row.sender:
        raise Invalid({"text": [_("The sender is not known any more.")]})
    letters.send_answer(mail=row, text=words, at=at)
    row.closed_at, row.closed_by = at, by
    row.save(update_fields=["closed_at", "closed_by"])

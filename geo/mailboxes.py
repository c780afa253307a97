"""The verb that sets where a municipality gets reports by mail: the address, and the mailbox that is fetched for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from geo.models import Municipality

LOCAL_MAX: Final = 30
"""Signs before the "@": the mark of a case follows them, and 64 are possible in all (RFC 5321, 4.5.3.1.1)."""


@dataclass(frozen=True)
class Mailbox:
    """A mailbox in parts; `scheme` is imaps or imap+tls, "" where a mail server brings the mails or none come."""

    scheme: str = ""
    host: str = ""
    port: int | None = None
    user: str = ""
    password: str = ""
    """What was typed; empty keeps the one there is, as long as machine and user stay the same."""
    folder: str = "INBOX"


def mailbox_of(municipality: Municipality) -> Mailbox:
    """Its mailbox without the password, which no page ever shows."""
    parts = urlsplit(municipality.intake_imap)
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    return Mailbox(parts.scheme, parts.hostname or "", parts.port, unquote(parts.username or ""), folder=folder)


@transaction.atomic
def set_intake(*, municipality: Municipality, address: str, mailbox: Mailbox) -> Municipality:
    """Set or drop address and mailbox. Raises ValidationError ({address, host, user, password, folder: …})."""
    row = Municipality.objects.select_for_update().get(pk=municipality.pk)
    row.intake_address = address.strip().lower()
    _check(row, mailbox)
    row.intake_imap = _url(row, mailbox) if mailbox.scheme else ""
    names = {"intake_address": "address", "intake_imap": "host"}
    try:
        row.clean_fields(exclude={field.name for field in Municipality._meta.fields} - set(names))
    except ValidationError as error:
        raise ValidationError({names[name]: texts for name, texts in error.message_dict.items()}) from error
    row.save(update_fields=[*names, "updated_at"])
    return row


def _check(row: Municipality, mailbox: Mailbox) -> None:
    address = row.intake_address
    local = address.rpartition("@")[0]
    if mailbox.scheme and not address:
        raise ValidationError({"address": [_("Which address do citizens write to?")]})
    if "+" in local or len(local) > LOCAL_MAX:
        told = _("At most %(n)d signs before the @, and no +: the mark of the report follows there.")
        raise ValidationError({"address": [told % {"n": LOCAL_MAX}]})
    if address and Municipality.objects.filter(intake_address=address).exclude(pk=row.pk).exists():
        raise ValidationError({"address": [_("Another municipality has this address.")]})


def _url(row: Municipality, mailbox: Mailbox) -> str:
    """The mailbox as one address. A password is never sent to another machine than it was typed for."""
    host, folder = mailbox.host.strip(), mailbox.folder.strip() or "INBOX"
    if not host:
        raise ValidationError({"host": [_("On which machine is the mailbox?")]})
    if not mailbox.user:
        raise ValidationError({"user": [_("Which user does the mailbox belong to?")]})
    if not (folder.isascii() and folder.isprintable()):
        raise ValidationError({"folder": [_("Please choose a folder without umlauts in its name.")]})
    before = urlsplit(row.intake_imap)
    password = quote(mailbox.password, safe="")
    if not mailbox.password:
        same = (before.hostname, unquote(before.username or "")) == (host.lower(), mailbox.user)
        if not same or not before.password:
            raise ValidationError({"password": [_("Please type the password for this machine and user.")]})
        password = before.password
    login = f"{quote(mailbox.user, safe='')}:{password}@"
    return f"{mailbox.scheme}://{login}{host}" + (f":{mailbox.port}" if mailbox.port else "") + f"/{quote(folder)}"

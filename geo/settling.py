"""The verbs by which a municipality is set up: what it is called, how it looks, how its mails go out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from geo.models import Municipality

NAME_FIELDS: Final = (
    "name",
    "designation",
    "contact_phone",
    "contact_email",
    "website",
    "phone_on_call",
    "first_answer_days",
    "allow_anonymous",
    "proof_of_work",
)
MAIL_FIELDS: Final = ("sender_name", "sender_address", "reply_to")


@transaction.atomic
def settle(*, municipality: Municipality, **facts: Any) -> Municipality:
    """Set some fields, such as NAME_FIELDS, MAIL_FIELDS, accent or working_days. Raises ValidationError per field."""
    row = Municipality.objects.select_for_update().get(pk=municipality.pk)
    for name, value in facts.items():
        setattr(row, name, " ".join(value.split()) if isinstance(value, str) else value)
    row.clean_fields(exclude={field.name for field in Municipality._meta.fields} - set(facts))
    row.save(update_fields=[*facts, "updated_at"])
    return row


@dataclass(frozen=True)
class Relay:
    """A mail relay in parts; `scheme` is smtp+tls, smtps or smtp, "" for the platform's relay."""

    scheme: str = ""
    host: str = ""
    port: int | None = None
    user: str = ""
    password: str = ""
    """What was typed; empty keeps the one there is, as long as the host stays the same."""


def relay_of(municipality: Municipality) -> Relay:
    """Its own relay without the password, which no page ever shows."""
    parts = urlsplit(municipality.smtp_relay)
    return Relay(parts.scheme, parts.hostname or "", parts.port, unquote(parts.username or ""))


@transaction.atomic
def set_relay(*, municipality: Municipality, relay: Relay) -> Municipality:
    """Set or (without a scheme) drop the own relay. Raises ValidationError ({host, password: …})."""
    row = Municipality.objects.select_for_update().get(pk=municipality.pk)
    row.smtp_relay = _address(row, relay) if relay.scheme else ""
    try:
        row.clean_fields(exclude={field.name for field in Municipality._meta.fields} - {"smtp_relay"})
    except ValidationError as error:
        raise ValidationError({"host": error.messages}) from error
    row.save(update_fields=["smtp_relay", "updated_at"])
    return row


def _address(row: Municipality, relay: Relay) -> str:
    """The relay as one address. A password is never sent to another host than it was typed for."""
    host = relay.host.strip()
    if not host:
        raise ValidationError({"host": [_("Which machine takes the mails?")]})
    before = urlsplit(row.smtp_relay)
    password = quote(relay.password, safe="")
    if relay.user and not relay.password:
        same = (before.hostname, unquote(before.username or "")) == (host.lower(), relay.user)
        if not same or not before.password:
            raise ValidationError({"password": [_("Please type the password for this machine and user.")]})
        password = before.password
    login = f"{quote(relay.user, safe='')}:{password}@" if relay.user else ""
    return f"{relay.scheme}://{login}{host}" + (f":{relay.port}" if relay.port else "")

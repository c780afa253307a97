"""Bounces that come back as mail: which of our mails did not arrive.

Read are delivery status notifications (RFC 3464, `multipart/report; report-type=delivery-status`) of failures that will
not pass. Our mail is known again by its Message-ID in the part that was sent back. It is random, so nobody who has not
seen a mail can declare it undeliverable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message

from notifications.models import Delivery
from notifications.services import note_rejected

LARGEST = 2**20
"""Bytes of a notification that are read; what it sends back stands in the first part of it."""
UNKNOWN_CODE = 550
"""Where the notification names no SMTP code (RFC 5321: mailbox unavailable)."""
_CODE = re.compile(r"\b(5\d\d)\b")
_ID = re.compile(r"<[^<>\s]{3,300}>")


@dataclass(frozen=True)
class Failure:
    """What a notification says: the SMTP code, and the Message-IDs that our mail may have."""

    code: int
    message_ids: tuple[str, ...]


def read(data: bytes) -> Failure | None:
    """The lasting failure that a mail tells of; None for every other mail."""
    message = message_from_bytes(data[:LARGEST], policy=policy.compat32)
    if message.get_content_type() != "multipart/report":
        return None
    if str(message.get_param("report-type", "")).lower() != "delivery-status":
        return None
    blocks = [block for part in _parts(message, "message/delivery-status") for block in _blocks(part)]
    failed = next((block for block in blocks if _lasts(block)), None)
    if failed is None:
        return None
    code = _CODE.search(str(failed.get("Diagnostic-Code", "")))
    sent = [*_parts(message, "message/rfc822"), *_parts(message, "text/rfc822-headers")]
    found = [_id_of(part) for part in sent] + _ID.findall(f"{message.get('In-Reply-To')} {message.get('References')}")
    return Failure(int(code.group(1)) if code else UNKNOWN_CODE, tuple(dict.fromkeys(filter(None, found))))


def note(data: bytes, *, at: datetime) -> Delivery | None:
    """Note on our mail that it did not arrive (see `note_rejected`); returns it, None where the mail tells of none."""
    failure = read(data)
    if failure is None:
        return None
    delivery = Delivery.objects.filter(message_id__in=failure.message_ids).select_related("case").first()
    if delivery is not None:
        note_rejected(delivery=delivery, code=failure.code, at=at)
    return delivery


def _parts(message: Message, kind: str) -> Iterator[Message]:
    return (part for part in message.walk() if part.get_content_type() == kind)


def _blocks(part: Message) -> list[Message]:
    """The groups of fields of a `message/delivery-status`: one for the mail, one per recipient."""
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _lasts(block: Message) -> bool:
    action, status = str(block.get("Action", "")).strip().lower(), str(block.get("Status", "")).strip()
    return action == "failed" and not status.startswith("4")


def _id_of(part: Message) -> str:
    """The Message-ID of a mail sent back whole or by its head."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(inner, Message):
        raw = part.get_payload(decode=True)
        inner = message_from_bytes(raw if isinstance(raw, bytes) else b"", policy=policy.compat32)
    found = _ID.search(str(inner.get("Message-ID", "")))
    return found.group(0) if found else ""

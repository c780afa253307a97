"""What a municipality's settings accept. Migrations know these by their names in `geo.models`, which imports them."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from geo.localized import validate_localized
from geo.policy import PATIENCE, PATIENCE_MAX, WORKING_DAYS
from net.sealed import seal_password

RELAY_LENGTH = 300
_ORIGIN = re.compile(r"^https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$")
ORIGINS = 20
_RELAY = re.compile(r"^(smtp|smtp\+tls|smtps)://[^\s]+$")
_MAILBOX = re.compile(r"^(imaps|imap\+tls)://[^\s]+$")


def default_working_days() -> list[int]:
    """Monday to Friday."""
    return list(WORKING_DAYS)


def validate_working_days(value: Any) -> None:
    """Accept a list of different weekdays, 0 (Monday) to 6, not empty."""
    whole = isinstance(value, list) and all(type(day) is int and 0 <= day <= 6 for day in value)
    if not whole or not value or len(set(value)) != len(value):
        raise ValidationError(_("Name the working days as a list of 0 (Monday) to 6 (Sunday)."), code="days")


def validate_closed_days(value: Any) -> None:
    """Accept a list of "MM-DD" (every year) and "YYYY-MM-DD" (once)."""
    pattern = re.compile(r"^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
    if not isinstance(value, list) or not all(isinstance(day, str) and pattern.match(day) for day in value):
        raise ValidationError(_("Name closed days as “12-24” or “2026-05-02”."), code="days")


def validate_texts(value: Any) -> None:
    """Accept {key: {"de": "…", …}, …}."""
    if not isinstance(value, dict):
        raise ValidationError(_("Texts are written as {“key”: {“de”: “…”}}."), code="texts")
    for text in value.values():
        validate_localized(text)


def validate_origins(value: Any) -> None:
    """Accept a list of web sites as `frame-ancestors` names them: "https://www.example.org", "https://*.example.org"."""
    if not isinstance(value, list) or not all(isinstance(one, str) and _ORIGIN.match(one) for one in value):
        raise ValidationError(_("Write each site as https://www.example.org, without a path."), code="origins")
    if len(value) > ORIGINS:
        raise ValidationError(_("At most %(n)d sites.") % {"n": ORIGINS}, code="origins")


def validate_patience(value: Any) -> None:
    """Accept {subject: [reminder, escalation]} of known subjects, in working days from 0 (never) to PATIENCE_MAX."""

    def fits(pair: Any) -> bool:
        whole = isinstance(pair, list) and len(pair) == 2 and all(type(one) is int for one in pair)
        return whole and all(0 <= one <= PATIENCE_MAX for one in pair) and (not all(pair) or pair[0] <= pair[1])

    if not isinstance(value, dict) or not set(value) <= set(PATIENCE) or not all(map(fits, value.values())):
        raise ValidationError(
            _("Name for each subject the days until the reminder and, not fewer, until the escalation."),
            code="patience",
        )


def validate_relay(value: str) -> None:
    """Accept an SMTP address such as `smtp+tls://user:password@mail.example.org:587`."""
    if value and not _RELAY.match(value):
        raise ValidationError(_("Write the relay as smtp+tls://user:password@host:587."), code="relay")
    if len(seal_password(value)) > RELAY_LENGTH:
        raise ValidationError(_("Address and password of the relay are too long."), code="relay")


def validate_mailbox(value: str) -> None:
    """Accept an IMAP address such as `imaps://user:password@mail.example.org:993/INBOX`; never without TLS."""
    if value and not _MAILBOX.match(value):
        raise ValidationError(_("Write the mailbox as imaps://user:password@host:993/INBOX."), code="mailbox")
    if len(seal_password(value)) > RELAY_LENGTH:
        raise ValidationError(_("Address and password of the mailbox are too long."), code="mailbox")

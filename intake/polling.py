"""Fetching the mailboxes of the municipalities: take a mail in, commit, then put it away.

A process that ends in between leaves the mail in the folder; the next one fetches it again and finds that it is known.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog
from django.core.cache import cache
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from geo.models import Municipality
from intake.models import IncomingMail, Mailbox
from intake.policy import HEAD_BYTES, MAX_BYTES
from intake.services import receive
from net.guard import NetError
from net.imap import Box, Gone
from net.sealed import Unreadable, unseal_password

log = structlog.get_logger("anliegen.intake")

AT_ONCE: Final = 50
"""Mails of one mailbox in one run; the next run comes within a minute."""
ANSWER_SECONDS: Final = 20.0
SESSION_SECONDS: Final = 240.0


def poll_all(*, at: datetime) -> int:
    """Fetch every mailbox that is set up; one that fails keeps nobody from the others. Returns how many new mails."""
    rows = Municipality.objects.filter(active=True).exclude(intake_imap="").defer("boundary").order_by("pk")
    return sum(poll(municipality=town, at=at) for town in rows)


def poll(*, municipality: Municipality, at: datetime) -> int:
    """Fetch one mailbox and note how it went; returns how many mails are new."""
    lock = f"intake:poll:{municipality.pk}"
    if not cache.add(lock, 1, int(SESSION_SECONDS) + 30):
        return 0  # another worker is at it
    before = _count(municipality)
    error = ""
    try:
        with Box(unseal_password(municipality.intake_imap), timeout=ANSWER_SECONDS, total=SESSION_SECONDS) as box:
            for uid in box.waiting(most=AT_ONCE):
                _take(box, uid, municipality)
    except (NetError, Unreadable) as failed:
        error = failed.log_text[:300]
        log.warning("mailbox_failed", municipality=municipality.slug, error=error)
    finally:
        cache.delete(lock)
    _note(municipality, error, at)
    return _count(municipality) - before


def _take(box: Box, uid: str, municipality: Municipality) -> None:
    try:
        size = box.size(uid)
        raw = box.fetch(uid, most=size if size <= MAX_BYTES else HEAD_BYTES)
    except Gone:
        return
    receive(raw=raw, at=timezone.now(), municipality=municipality, size=size if size > MAX_BYTES else None)
    box.done(uid)


def _count(municipality: Municipality) -> int:
    found = IncomingMail.objects.filter(municipality=municipality).aggregate(all=Count("pk"))
    return int(found["all"])


@transaction.atomic
def _note(municipality: Municipality, error: str, at: datetime) -> None:
    row, _new = Mailbox.objects.select_for_update().get_or_create(municipality=municipality)
    row.polled_at, row.error = at, error
    if error:
        row.failing_since = row.failing_since or at
    else:
        row.worked_at, row.failing_since = at, None
    row.save()


def silent(*, at: datetime, seconds: float) -> list[Mailbox]:
    """Mailboxes that are set up and have not been read for so long, for whoever watches."""
    rows = Mailbox.objects.filter(failing_since__isnull=False, municipality__active=True)
    rows = rows.exclude(municipality__intake_imap="").select_related("municipality").defer("municipality__boundary")
    return [row for row in rows if row.failing_since and (at - row.failing_since).total_seconds() > seconds]

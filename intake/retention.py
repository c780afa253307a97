"""What is deleted of mails that came in: first the mail itself, then sender and words, then the row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from intake.models import FOLDER, IncomingMail
from intake.policy import KEEP_RAW, KEEP_ROW, KEEP_WORDS

_CHUNK: Final = 200
_LOOSE: Final = timedelta(days=2)
"""A file without a row is what a process left that ended in between."""


def forget_old(*, at: datetime) -> int:
    """Delete what is past its time; returns how many rows and files were touched. In chunks."""
    done = 0
    raw = IncomingMail.objects.filter(received_at__lt=at - KEEP_RAW).exclude(raw_key="").exclude(outcome="")
    while keys := list(raw.values_list("pk", "raw_key")[:_CHUNK]):
        _remove([key for _pk, key in keys])
        done += IncomingMail.objects.filter(pk__in=[pk for pk, _key in keys]).update(raw_key="")
    while ids := list(_old(at, KEEP_WORDS).values_list("pk", flat=True)[:_CHUNK]):
        done += blank(IncomingMail.objects.filter(pk__in=ids), at=at)
    rows = IncomingMail.objects.filter(received_at__lt=at - KEEP_ROW).exclude(blanked_at=None)
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:_CHUNK]):
        done += IncomingMail.objects.filter(pk__in=ids).delete()[0]
    return done + _sweep(at)


def _old(at: datetime, term: timedelta) -> QuerySet[IncomingMail]:
    return IncomingMail.objects.kept().filter(received_at__lt=at - term)


def blank(rows: QuerySet[IncomingMail], *, at: datetime) -> int:
    """Delete sender, words and the mail itself; what was not sorted yet never will be. Returns how many rows."""
    with transaction.atomic():
        keys = [key for key in rows.values_list("raw_key", flat=True) if key]
        rows.filter(done_at=None).update(done_at=at)
        number = rows.update(
            sender="", sender_name="", subject="", text="", attachments=[], recipient="", raw_key="", blanked_at=at
        )
        transaction.on_commit(lambda: _remove(keys))
    return number


def _remove(keys: list[str]) -> None:
    for key in keys:
        default_storage.delete(f"{FOLDER}/{key}")


def _sweep(at: datetime) -> int:
    """Delete stored mails without a row."""
    try:
        names = default_storage.listdir(FOLDER)[1]
    except FileNotFoundError:
        return 0
    number = 0
    for start in range(0, len(names), _CHUNK):
        chunk = names[start : start + _CHUNK]
        known = set(IncomingMail.objects.filter(raw_key__in=chunk).values_list("raw_key", flat=True))
        for key in set(chunk) - known:
            written = default_storage.get_modified_time(f"{FOLDER}/{key}")
            if (written if written.tzinfo else written.replace(tzinfo=UTC)) < at - _LOOSE:
                default_storage.delete(f"{FOLDER}/{key}")
                number += 1
    return number

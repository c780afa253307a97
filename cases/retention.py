"""What is deleted by itself because nobody confirmed or finished it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef

from cases import files
from cases.models import Draft, File, Follow, Support
from cases.pieces import in_pieces
from cases.policy import CONTACT_DAYS

DRAFT_DAYS = 30
"""Days without a change after which a draft is deleted with its photos."""
UNATTACHED_DAYS = 2
"""Days after which a file that nothing refers to is deleted: its upload was broken off, or its deed was refused."""
_CHUNK = 500


@transaction.atomic
def delete_unconfirmed_interest(*, at: datetime, days: int = CONTACT_DAYS) -> int:
    """Delete supports and follows that nobody confirmed within `days` days; returns how many."""
    before = at - timedelta(days=days)
    supports = Support.objects.filter(confirmed_at=None, created_at__lt=before).delete()[0]
    follows = Follow.objects.filter(confirmed_at=None, created_at__lt=before)
    number = follows.count()
    follows.delete()
    return supports + number


def delete_old_drafts(*, at: datetime, days: int = DRAFT_DAYS) -> int:
    """Delete drafts that nobody touched for `days` days, with the photos that belong to no case; returns how many."""
    old = Draft.objects.filter(changed_at__lt=at - timedelta(days=days))
    number = 0
    for draft in in_pieces(old):
        with transaction.atomic():
            for file in draft.files.filter(case=None):
                files.delete(file=file)
            draft.files.update(draft=None)
            draft.delete()
        number += 1
    return number


def delete_unattached_files(*, at: datetime, days: int = UNATTACHED_DAYS) -> int:
    """Delete files that belong to no draft, no entry and no row of any kind of case; returns how many."""
    uses = [
        Exists(relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")}))
        for relation in File._meta.related_objects
    ]
    loose = File.objects.filter(
        *[~use for use in uses], draft=None, entry=None, created_at__lt=at - timedelta(days=days)
    )
    number = 0
    for file in in_pieces(loose):
        with transaction.atomic():
            files.delete(file=file)
        number += 1
    return number


def delete_orphans_in_storage(*, at: datetime, days: int = UNATTACHED_DAYS) -> int:
    """Delete stored pictures without a row: a process ended between writing the file and its row. Returns how many."""
    number = 0
    for kind, part in (("originals", 1), ("variants", 0)):
        try:
            names = default_storage.listdir(kind)[part]
        except FileNotFoundError:
            continue
        for start in range(0, len(names), _CHUNK):
            chunk = names[start : start + _CHUNK]
            known = set(File.objects.filter(key__in=chunk).values_list("key", flat=True))
            for key in chunk:
                if key not in known and _written_at(kind, key) < at - timedelta(days=days):
                    files.remove(key)
                    number += 1
    return number


def _written_at(kind: str, key: str) -> datetime:
    """When a stored picture was written, in UTC; a folder of variants is as old as its newest part."""
    path = f"{kind}/{key}"
    names = [path] if kind == "originals" else [f"{path}/{name}" for name in default_storage.listdir(path)[1]]
    times = [default_storage.get_modified_time(name) for name in names]
    return max(times, default=datetime.min.replace(tzinfo=UTC))

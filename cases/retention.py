"""What is deleted by itself because nobody confirmed or finished it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from cases import files
from cases.models import Draft, Follow, Support
from cases.policy import CONTACT_DAYS

DRAFT_DAYS = 30
"""Days without a change after which a draft is deleted with its photos."""


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
    for draft in old.iterator():
        with transaction.atomic():
            for file in draft.files.filter(case=None):
                files.delete(file=file)
            draft.files.update(draft=None)
            draft.delete()
        number += 1
    return number

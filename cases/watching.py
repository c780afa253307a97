"""Colleagues who want to hear of a case that is not theirs. Watching never changes the case or its version."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.policy import Permission
from cases.change import By, require
from cases.models import Case, Watcher


@transaction.atomic
def watch(*, case: Case, user: User, at: datetime) -> Watcher:
    """Begin to watch; again is the same. Raises Denied for somebody who does not see the case."""
    require(case, By.staff(user), Permission.SEE)
    row, _new = Watcher.objects.get_or_create(case=case, user=user, defaults={"created_at": at})
    return row


@transaction.atomic
def unwatch(*, case: Case, user: User) -> None:
    """Watch no more; again, or without having watched, is the same."""
    Watcher.objects.filter(case=case, user=user).delete()


def watches(case: Case, user: User) -> bool:
    """Whether somebody watches a case."""
    return Watcher.objects.filter(case=case, user=user).exists()

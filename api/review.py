"""Reports that are being looked at: whoever knows the number learns that, and nothing else."""

from __future__ import annotations

from django.db.models import Q

from cases.models import Case, CaseQuerySet
from cases.policy import State
from reports.policy import KIND


def in_review() -> CaseQuerySet:
    """Cases under review: none that is confidential, hidden, withdrawn, a part of another or for practice."""
    return Case.objects.filter(
        Q(stage=None) | Q(stage__hides=False),
        kind=KIND,
        confidential=False,
        public_at=None,
        part_of=None,
        practice_by=None,
    ).exclude(state=State.WITHDRAWN.value)

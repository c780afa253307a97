"""Who gets in, and which buttons somebody sees. The verbs check the same rights again."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.desk import staff as staff
from accounts.desk import staff_only as staff_only
from accounts.models import User
from accounts.policy import Permission
from cases.change import permits
from cases.models import Case, CaseQuerySet


def rights(user: User, case: Case) -> frozenset[Permission]:
    """What `user` may do with a case they see; the verbs ask the same rule."""
    return frozenset(permission for permission in Permission if permits(case, user, permission))


def seen_by(user: User) -> QuerySet[Case]:
    """The cases of somebody's desk, with those they practise on."""
    return Case.objects.visible_to(user)


def listed_for(user: User) -> CaseQuerySet:
    """The same for lists and numbers: without practice."""
    return Case.objects.visible_to(user).real()

"""What a row of the work list needs to know of a case, out of what the case keeps (see reports.attention)."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import GreaterThan

from cases.models import Case, Stage
from cases.models.case import (
    ANSWERED,
    HANDED_BACK,
    OUTSIDE_ANSWERED,
    PHOTO_WAITS,
    STAFF_PHOTO_WAITS,
    STILL_THERE,
    TEXT_WAITS,
)
from cases.policy import ACTIVE, State
from reports.models import Category, Photo
from reports.policy import RULES

PUBLIC_SORTS = [sort.value for sort, rules in RULES.items() if rules.public]
ACTIVE_VALUES = [state.value for state in ACTIVE]


def _bit(column: str, bit: int) -> GreaterThan:
    return GreaterThan(F(column).bitand(bit), 0)


def to_release() -> Q:
    """Something of a case out of `marked` waits to be released: `reports.services.releasable` as SQL."""
    # What may not be released waits for nobody.
    hidden = Q(stage_id__in=Stage.objects.filter(hides=True).values("pk")) | Q(
        state=State.WITHDRAWN.value, public_at=None
    )
    public = Category.objects.filter(sort__in=PUBLIC_SORTS).values("topic_id")
    may_be_public = Q(confidential=False, part_of=None, topic_id__in=public) & ~hidden
    waits = Q(state__in=ACTIVE_VALUES) & (Q(text_waits=True) | Q(photo_waits=True))
    return may_be_public & (waits | Q(staff_photo_waits=True))


def marked(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with the marks of a row: has_photo, still_there, answered, outside_answered, handed_back, danger."""
    return cases.annotate(
        has_photo=Exists(Photo.objects.filter(report__case_id=OuterRef("pk"))),
        still_there=_bit("unanswered", STILL_THERE),
        answered=_bit("unanswered", ANSWERED),
        outside_answered=_bit("unanswered", OUTSIDE_ANSWERED),
        handed_back=_bit("unanswered", HANDED_BACK),
        danger=Exists(Category.objects.filter(topic_id=OuterRef("topic_id"), danger=True)),
    ).alias(
        text_waits=_bit("unreleased", TEXT_WAITS),
        photo_waits=_bit("unreleased", PHOTO_WAITS),
        staff_photo_waits=_bit("unreleased", STAFF_PHOTO_WAITS),
    )

"""What a row of the work list needs to know of a case, as SQL."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from cases.models import Case, Entry
from cases.policy import ACTIVE, Actor, Deed, State
from reports.models import Photo
from reports.policy import RULES

PUBLIC_SORTS = [sort.value for sort, rules in RULES.items() if rules.public]
ACTIVE_VALUES = [state.value for state in ACTIVE]


def _undecided_photos() -> QuerySet[Photo]:
    """Photos of the outer case that are neither released nor kept back on purpose."""
    kept_back = (
        Entry.objects.filter(case_id=OuterRef("report__case_id"), deed=Deed.PHOTO_WITHDRAWN.value)
        .annotate(photo_id=Cast(KeyTextTransform("photo", "data"), BigIntegerField()))
        .filter(photo_id=OuterRef("pk"))
    )
    return Photo.objects.filter(report__case_id=OuterRef("pk"), released=False).exclude(Exists(kept_back))


def _unanswered(**what: Any) -> Exists:
    """Entries of citizens or outside bodies that no member of staff has followed with anything yet."""
    later = Entry.objects.filter(case_id=OuterRef("case_id"), actor=Actor.STAFF.value, version__gt=OuterRef("version"))
    return Exists(Entry.objects.filter(case_id=OuterRef("pk"), **what).exclude(Exists(later)))


def marked(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with the marks of a row: has_photo, to_release, still_there, answered, outside_answered, handed_back."""
    # `reports.services.releasable` as SQL: what may not be released waits for nobody.
    hidden = Q(stage__hides=True) | Q(state=State.WITHDRAWN.value, public_at=None)
    may_be_public = Q(confidential=False, part_of=None, topic__category__sort__in=PUBLIC_SORTS) & ~hidden
    kept_back = Exists(Entry.objects.filter(case_id=OuterRef("pk"), deed=Deed.TEXT_WITHDRAWN.value))
    text = Q(report__text_released=False, state__in=ACTIVE_VALUES) & ~kept_back
    photo = (Q(state__in=ACTIVE_VALUES) & Exists(_undecided_photos())) | Exists(
        _undecided_photos().filter(by_staff=True)
    )
    return cases.annotate(
        has_photo=Exists(Photo.objects.filter(report__case_id=OuterRef("pk"))),
        still_there=_unanswered(deed=Deed.FEEDBACK.value, data__still_there=True),
        answered=_unanswered(deed=Deed.ANSWER.value),
        outside_answered=_unanswered(actor=Actor.OUTSIDE.value),
        handed_back=_unanswered(deed=Deed.HANDED_BACK.value),
    ).alias(to_release=Exists(Case.objects.filter(pk=OuterRef("pk")).filter(may_be_public & (text | photo))))

"""Reports whose text or photos nobody has decided about: a rule of cases.patience."""

from __future__ import annotations

from django.db.models import BigIntegerField, DateTimeField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, When
from django.db.models import Case as If
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from cases.models import Case, Entry
from cases.patience import Rule
from cases.policy import ACTIVE, Deed
from reports.models import Photo
from reports.policy import RULES

_PUBLIC = [sort.value for sort, rules in RULES.items() if rules.public]


def _undecided(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Neither released nor kept back on purpose, of what may become public at all; see reports.services.releasable."""
    may_be_public = cases.filter(
        state__in=[state.value for state in ACTIVE], confidential=False, part_of=None, topic__category__sort__in=_PUBLIC
    ).exclude(stage__hides=True)
    kept_text = Entry.objects.filter(case_id=OuterRef("pk"), deed=Deed.TEXT_WITHDRAWN.value)
    kept_photo = (
        Entry.objects.filter(case_id=OuterRef("report__case_id"), deed=Deed.PHOTO_WITHDRAWN.value)
        .annotate(photo_id=Cast(KeyTextTransform("photo", "data"), BigIntegerField()))
        .filter(photo_id=OuterRef("pk"))
    )
    photos = Photo.objects.filter(report__case_id=OuterRef("pk"), released=False).exclude(Exists(kept_photo))
    text = Q(report__text_released=False) & ~Exists(kept_text)
    oldest = photos.order_by().values("report__case_id").annotate(first=Min("file__created_at")).values("first")
    # A text waits since the report came in, a photo since it was added.
    since = If(When(text, then=F("submitted_at")), default=Subquery(oldest), output_field=DateTimeField())
    return may_be_public.filter(text | Exists(photos)).annotate(since=since)


RELEASE = Rule("release", _undecided)

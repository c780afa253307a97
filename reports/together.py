"""What the pages of a report say of the reports it was merged with."""

from __future__ import annotations

from dataclasses import dataclass

from cases.models import Case
from reports.models import Photo
from reports.policy import KIND
from reports.showing import Picture, picture, public_path


@dataclass(frozen=True)
class Original:
    """The earlier report under which the work goes on."""

    number: str
    url: str
    """Of its public page, "" while nothing of it is released."""


def original_of(case: Case) -> Original | None:
    """The report that this one is a duplicate of; its own people may know the number also before it is public."""
    original = case.duplicate_of
    if original is None:
        return None
    public = original.public_at is not None and not original.confidential
    return Original(str(original.number), public_path(original) if public else "")


def pictures_of_duplicates(case: Case) -> list[Picture]:
    """The released pictures of public reports that were merged into this one; one query."""
    merged = Case.objects.public().filter(duplicate_of=case, kind=KIND)
    photos = Photo.objects.filter(released=True, report__case__in=merged).select_related("file")
    return [picture(photo) for photo in photos.order_by("report__case_id", "position", "pk")]

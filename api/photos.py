"""Photos that come with a report: looked at before anything is kept, kept once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cases import files
from cases.change import Act, By
from cases.errors import Invalid
from cases.models import Case
from reports.models import Photo
from reports.policy import PhotoRule
from reports.services import attach_photo
from reports.submission import photo_problem

Uploads = Sequence["UploadedFile[Any]"]


def check_photos(uploads: Uploads) -> None:
    """Raises Invalid({"photos": …}) for too many, and for what is no picture."""
    if len(uploads) > settings.PHOTO_MAX_COUNT:
        raise Invalid({"photos": [_too_many()]})
    files.check(uploads=uploads)


def take_photos(*, case: Case, uploads: Uploads, photo_key: uuid.UUID | None = None) -> None:
    """Keep photos of a report; the same photo again is kept once. Raises Invalid after the last good one."""
    if not uploads:
        return
    if case.topic.category.photo_rule == PhotoRule.NONE:
        raise Invalid({"photos": [photo_problem(case.topic.category, len(uploads))]})
    act = Act()
    for upload in uploads:
        file, _position = files.store(upload=upload, case=case, at=act.at, client_key=photo_key)
        with transaction.atomic():
            Case.objects.select_for_update().filter(pk=case.pk).values_list("pk").first()
            if Photo.objects.filter(file=file).exists():
                continue
            kept = Photo.objects.filter(report__case=case, file__entry__isnull=True).count()
            if kept < settings.PHOTO_MAX_COUNT:
                attach_photo(case=case, file=file, by=By.citizen(), act=act)
                continue
        files.delete(file=file)
        raise Invalid({"photos": [_too_many()]})


def _too_many() -> str:
    return _("At most %(n)d photos are possible.") % {"n": settings.PHOTO_MAX_COUNT}

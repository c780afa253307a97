"""The video in sign language: stored as it was sent, under a new random name, and served in parts."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from geo.models import Municipality
from pages.models import Video
from pages.policy import VIDEO_MAX_BYTES

FOLDER = "pages"


def path_of(video: Video) -> str:
    """Where it lies in the default storage."""
    return f"{FOLDER}/{video.name}"


def video_of(municipality: Municipality) -> Video | None:
    """The nearest video: the municipality's own, else its county's."""
    rows = {row.municipality_id: row for row in Video.objects.filter(municipality__in=municipality.chain())}
    return next((rows[one.pk] for one in municipality.chain() if one.pk in rows), None)


def kind_of(head: bytes) -> str:
    """Format by content (the first twelve bytes at least), "" for anything else."""
    if head[4:8] == b"ftyp":
        return "mp4"
    return "webm" if head.startswith(b"\x1a\x45\xdf\xa3") else ""


def put_video(*, municipality: Municipality, upload: UploadedFile[Any], at: datetime, by: User | None) -> Video:
    """Store a video (MP4 or WebM) in place of the one before. Raises ValidationError."""
    if (upload.size or 0) > VIDEO_MAX_BYTES:
        raise ValidationError(_("The video is too large: at most %(n)d MB.") % {"n": VIDEO_MAX_BYTES // 2**20})
    upload.seek(0)
    kind = kind_of(upload.read(32))
    upload.seek(0)
    if not kind:
        raise ValidationError(_("Please choose a video as MP4 or WebM."))
    name = f"{secrets.token_urlsafe(16)}.{kind}"
    default_storage.save(f"{FOLDER}/{name}", upload)
    try:
        with transaction.atomic():
            remove_video(municipality=municipality)
            return Video.objects.create(
                municipality=municipality,
                name=name,
                format=kind,
                bytes=upload.size or 0,
                changed_at=at,
                changed_by=by,
            )
    except Exception:
        default_storage.delete(f"{FOLDER}/{name}")
        raise


@transaction.atomic
def remove_video(*, municipality: Municipality) -> None:
    """Take the municipality's own video away; its file is deleted once that is certain."""
    for video in Video.objects.select_for_update().filter(municipality=municipality):
        path = path_of(video)
        video.delete()
        transaction.on_commit(lambda path=path: default_storage.delete(path))  # type: ignore[misc]

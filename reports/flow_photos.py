"""Photos of a draft: kept at once, so that they survive every error of the form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import files as stored
from cases.errors import Invalid
from cases.models import Draft, File
from geo.services import inside, locate
from geo.spatial import make_point, metres_between
from reports import flow

FAR_METRES = 100
"""A photo taken further away than this proposes its own place; nearer is the usual error of a phone."""


def add(*, draft: Draft, upload: UploadedFile[Any], at: datetime, position: tuple[float, float] | None = None) -> File:
    """Keep one upload with the draft; its position may become a proposal. Raises Invalid({"photos": …}).

    `position` (lon, lat) is what the browser read before it made the photo smaller.
    """
    limit = settings.PHOTO_MAX_COUNT
    if draft.files.count() >= limit:
        raise Invalid(
            {"photos": [ngettext("One photo is possible.", "At most %(n)d photos are possible.", limit) % {"n": limit}]}
        )
    file, inside_file = stored.store(upload=upload, draft=draft, at=at, preview=True)
    taken_at = position or inside_file
    if taken_at is not None:
        propose(draft=draft, position=taken_at)
    return file


def add_all(*, draft: Draft, uploads: list[UploadedFile[Any]], at: datetime) -> list[str]:
    """Keep all usable ones and say in words what is wrong with the others."""
    problems: list[str] = []
    for upload in uploads:
        try:
            add(draft=draft, upload=upload, at=at)
        except Invalid as invalid:
            problems += invalid.errors["photos"]
    return list(dict.fromkeys(problems))


def propose(*, draft: Draft, position: tuple[float, float]) -> None:
    """Remember where a photo was taken, if that is here and not the place already chosen."""
    if not inside(draft.municipality, make_point(*position)):
        return
    with flow.editing(draft) as typed:
        if typed.point is None or metres_between(*typed.point, *position) > FAR_METRES:
            typed.photo_place = position


def take_place(*, draft: Draft) -> None:
    """The place of the photo is the place of the report."""
    with flow.editing(draft) as typed:
        if typed.photo_place is not None:
            typed.point, typed.photo_place, typed.placeless = typed.photo_place, None, False
            typed.address = locate(make_point(*typed.point)).text


def remove(*, draft: Draft, key: str) -> None:
    """Delete one photo of the draft; an unknown one was deleted before."""
    with transaction.atomic():
        file = draft.files.filter(key=key).first()
        if file is not None:
            stored.delete(file=file)


def shown(file: File, position: int) -> dict[str, Any]:
    """A photo for the page: its key, its words, and its address; WebP once the variants are made."""
    return {
        "key": file.key,
        "alt": _("Photo %(n)d") % {"n": position},
        "src": reverse("internal_picture", args=[file.key, "small", "jpg"]) if stored.previewed(file) else "",
        "webp": reverse("internal_picture", args=[file.key, "small", "webp"]) if file.ready_at else "",
        "failed": file.failed,
    }


def all_shown(draft: Draft) -> list[dict[str, Any]]:
    """All photos of the draft for the page."""
    return [shown(file, position) for position, file in enumerate(flow.photos(draft), start=1)]

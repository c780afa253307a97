"""Painting over photos of a report, and looking at an original: what that means for what is public."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import IO

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.policy import Permission
from cases import redacting
from cases.areas import Area
from cases.change import Act, By
from cases.errors import NoSuchEdge
from cases.looking import note_look
from cases.models import Entry
from cases.policy import LookedAt, LookFor
from reports.models import Photo
from reports.services import withdraw_photo


def uncovers(photo: Photo, shapes: Sequence[Area]) -> bool:
    """Whether something painted over before would be seen again."""
    stored = [shape.stored() for shape in shapes]
    return not all(one in stored for one in photo.file.redaction or [])


def redact_photo(*, photo: Photo, shapes: Sequence[Area], by: By, act: Act | None = None) -> Entry:
    """Paint over a photo. A released one stays public as it looks now, unless something is uncovered: then it has to
    be released again. Raises what cases.redacting.redact raises."""
    act = act or Act()
    if not (photo.released and uncovers(photo, shapes)):
        return redacting.redact(file=photo.file, shapes=shapes, by=by, act=act)
    with transaction.atomic():
        entry = redacting.redact(file=photo.file, shapes=shapes, by=by, act=act)
        key = uuid.uuid5(act.client_key, "withdraw") if act.client_key is not None else None
        withdraw_photo(photo=photo, by=by, act=replace(act, version=None, client_key=key))
    return entry


def open_original(*, photo: Photo, by: By, purpose: LookFor, act: Act | None = None) -> IO[bytes]:
    """The photo as it was sent, with all that its camera wrote into it. The look is noted first.

    Raises Denied without the right to release, NoSuchEdge when it is deleted.
    """
    file = photo.file
    case = photo.report.case
    with transaction.atomic():
        note_look(
            case=case,
            by=by,
            what=LookedAt.ORIGINAL,
            purpose=purpose,
            permission=Permission.RELEASE,
            file=file,
            at=(act or Act()).at,
        )
        if file.original_deleted_at is not None:
            raise NoSuchEdge
        try:
            return default_storage.open(f"originals/{file.key}")
        except FileNotFoundError as error:
            raise NoSuchEdge from error

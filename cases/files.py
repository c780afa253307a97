"""Uploaded pictures: kept as sent in a place nobody serves, shown as re-encoded variants without metadata.

Storage layout below the default storage: `originals/<key>` and `variants/<key>/<variant>.<jpg|webp>`. The key is
internal; a public address has its own random name, given by a release and dead after it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from cases import areas, pictures
from cases.errors import Invalid
from cases.models import Case, Draft, File, new_secret
from outbox.events import emit

log = structlog.get_logger("anliegen.files")

VARIANTS = tuple(pictures.SIZES)
SUFFIXES = ("webp", "jpg")
PREVIEW = "small.jpg"
"""The variant that may be there before the worker has made the others."""


def store(
    *,
    upload: UploadedFile[Any],
    at: datetime,
    draft: Draft | None = None,
    case: Case | None = None,
    client_key: uuid.UUID | None = None,
    preview: bool = False,
    by_key: bool = False,
) -> tuple[File, tuple[float, float] | None]:
    """Check an upload by content and keep it; returns the File and the position its metadata name (lon, lat).

    The variants are made by the worker; with `preview` the small JPEG stands there at once, for a sender who wants to
    see what arrived. The position is for proposing the place and is stored nowhere. The same file
    for the same draft or case again (back button, replay) is the one kept before; `by_key`: only that of the same
    `client_key`, because a queue sends each picture under its own. Raises Invalid({"photos": …}), Draft.DoesNotExist
    (it was discarded meanwhile).
    """
    content, picture = _inspected(upload, preview=preview)
    digest = hashlib.sha256(content).hexdigest()
    content_of = "" if by_key else digest
    if (same := _same(case, draft, content_of, client_key)) is not None:
        return same, picture.position
    key = new_secret()
    default_storage.save(f"originals/{key}", ContentFile(content))
    if picture.preview is not None:
        default_storage.save(f"variants/{key}/{PREVIEW}", ContentFile(picture.preview))
    try:
        with transaction.atomic():
            # The same photo sent twice at once waits here for the other one.
            if case is not None:
                Case.objects.select_for_update().filter(pk=case.pk).values_list("pk").first()
            elif draft is not None:
                Draft.objects.select_for_update().get(pk=draft.pk)
            if (same := _same(case, draft, content_of, client_key)) is not None:
                remove(key)
                return same, picture.position
            file = File.objects.create(
                case=case,
                draft=draft,
                key=key,
                format=picture.format,
                bytes=len(content),
                sha256=digest,
                width=picture.width,
                height=picture.height,
                client_key=client_key,
                created_at=at,
            )
            emit("file.stored", file=file.pk)
    except Draft.DoesNotExist:
        remove(key)
        raise
    except IntegrityError:
        remove(key)
        return File.objects.get(case=case, client_key=client_key), picture.position
    return file, picture.position


def _same(case: Case | None, draft: Draft | None, digest: str, client_key: uuid.UUID | None) -> File | None:
    """The file kept before for the same key or, for the same draft or case, with the same content ("": any)."""
    siblings = File.objects.filter(case=case) if case is not None else File.objects.filter(draft=draft)
    same = siblings.filter(client_key=client_key).first() if client_key else None
    return same or (siblings.filter(sha256=digest).first() if digest and (case or draft) else None)


def check(*, uploads: Sequence[UploadedFile[Any]]) -> None:
    """Look at uploads before anything is kept. Raises Invalid({"photos": …}) with the messages of all of them."""
    errors: list[str] = []
    for upload in uploads:
        try:
            _inspected(upload)
        except Invalid as invalid:
            errors += invalid.errors["photos"]
    if errors:
        raise Invalid({"photos": errors})


def _inspected(upload: UploadedFile[Any], *, preview: bool = False) -> tuple[bytes, pictures.Picture]:
    upload.seek(0)
    content = upload.read(settings.PHOTO_MAX_BYTES + 1)
    try:
        picture = pictures.inspect(
            ContentFile(content),
            max_bytes=settings.PHOTO_MAX_BYTES,
            max_pixels=settings.PHOTO_MAX_PIXELS,
            preview=preview,
        )
    except pictures.Unusable as unusable:
        name = (upload.name or "").replace("\x00", "")[:80]
        raise Invalid({"photos": [f"{name}: {unusable.message}" if name else unusable.message]})
    return content, picture


def make_variants(*, file: File, at: datetime) -> None:
    """Write all variants of a file; repeatable. A file that cannot be decoded is marked failed."""
    try:
        with default_storage.open(f"originals/{file.key}") as original:
            made = pictures.variants(original, max_pixels=settings.PHOTO_MAX_PIXELS, areas=areas.read(file.redaction))
    except pictures.Unusable as unusable:
        log.warning("variants_failed", file=file.pk, code=unusable.code)
        File.objects.filter(pk=file.pk).update(failed=True)
        return
    write_variants(key=file.key, made=made)
    # Under another key meanwhile, it was redacted: then that made the variants.
    File.objects.filter(pk=file.pk, key=file.key, ready_at=None).update(ready_at=at)


def write_variants(*, key: str, made: dict[str, bytes]) -> None:
    """Store the variants of a picture by name, in place of those that are there."""
    for name, content in made.items():
        path = f"variants/{key}/{name}"
        if default_storage.exists(path):
            default_storage.delete(path)
        default_storage.save(path, ContentFile(content))


def previewed(file: File) -> bool:
    """Whether the small JPEG can be shown to who may see the file."""
    return file.ready_at is not None or default_storage.exists(f"variants/{file.key}/{PREVIEW}")


def delete(*, file: File) -> None:
    """Remove a file with everything stored of it."""
    key = file.key
    file.delete()
    transaction.on_commit(lambda: remove(key))


def remove(key: str) -> None:
    """Remove everything stored under a key; what is not there is no error. The row is the caller's matter."""
    for path in [
        f"originals/{key}",
        *[f"variants/{key}/{name}.{suffix}" for name in VARIANTS for suffix in SUFFIXES],
    ]:
        default_storage.delete(path)
    with suppress(OSError):  # a worker is writing there; what it writes has no row, so the weekly sweep takes it
        default_storage.delete(f"variants/{key}")


def release(*, file: File) -> None:
    """Give the file a public name that nobody can have known before."""
    if file.public_name is None:
        file.public_name = new_secret()
        file.save(update_fields=["public_name"])


def withdraw(*, file: File) -> None:
    """Take the public name away; the old address is dead for ever."""
    file.public_name = None
    file.save(update_fields=["public_name"])

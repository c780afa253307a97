"""Painting over what a photo must not show, and the end of its original.

A redaction gives the file a new key: everything served is made anew under it, the folder of before is deleted as a
whole, and no address or cache of before leads to a picture any more (also not to one that a worker is writing at this
moment). The original moves along, for nobody but who may release, until its date; then the redaction stands for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.policy import Permission
from cases import files, pictures, terms
from cases.areas import Area
from cases.change import Act, By, change, require
from cases.errors import Conflict, Invalid
from cases.models import Entry, File, Hold, new_secret
from cases.pieces import in_pieces
from cases.policy import Deed

log = structlog.get_logger("anliegen.files")
_SOURCE = "large.jpg"
"""What is painted on once the original is gone."""


def redact(*, file: File, shapes: Sequence[Area], by: By, act: Act | None = None) -> Entry:
    """Paint `shapes` over a photo, instead of what was painted before; none lifts the redaction.

    A released picture is public under a new name from then on. Once the original is deleted areas can only be added.
    Raises Invalid({"shapes": …}) for nothing to do or an unusable file, and what `change` raises.
    """
    act = act or Act()
    case = file.case
    if case is None:
        raise Invalid({"shapes": [_("This photo does not belong to the case.")]})
    stored = [shape.stored() for shape in shapes]
    asked = {"file": file.pk, "shapes": stored}
    require(case, by, Permission.RELEASE)
    replayed = act.client_key is not None and Entry.objects.filter(case=case, client_key=act.client_key).exists()
    # Decoding takes a second, so it is done before the case is locked, under a key that nobody knows yet.
    fresh = "" if replayed else _made(file, shapes)
    try:
        with change(
            case=case, by=by, deed=Deed.PHOTO_REDACTED, permission=Permission.RELEASE, asked=asked, act=act
        ) as step:
            if not step.replayed:
                row = File.objects.select_for_update().get(pk=file.pk)
                seen = (file.key, file.redaction, file.original_deleted_at)
                if (row.key, row.redaction, row.original_deleted_at) != seen:
                    raise Conflict(step.case)
                before = len(row.redaction or [])
                row.key, row.redaction, row.redacted_at = fresh, stored or None, step.entry.at
                row.ready_at, row.failed = row.ready_at or step.entry.at, False
                row.public_name = new_secret() if row.public_name else None
                row.save(update_fields=["key", "redaction", "redacted_at", "ready_at", "failed", "public_name"])
                step.entry.data = {"file": row.pk, "areas": len(stored), "before": before}
                old = file.key
                transaction.on_commit(lambda: files.remove(old))
    except BaseException:
        if fresh:
            files.remove(fresh)
        raise
    if fresh and step.replayed:  # sent twice at once
        files.remove(fresh)
    file.refresh_from_db()
    return step.entry


def _made(file: File, shapes: Sequence[Area]) -> str:
    """Original and variants under a new key."""
    gone = file.original_deleted_at is not None
    stored = [shape.stored() for shape in shapes]
    if stored == (file.redaction or []):
        raise Invalid({"shapes": [_("Please mark what must not be seen.")]})
    if gone and not all(one in stored for one in file.redaction or []):
        raise Invalid({"shapes": [_("The original is deleted: what is painted over stays so.")]})
    source, key = f"variants/{file.key}/{_SOURCE}" if gone else f"originals/{file.key}", new_secret()
    try:
        with default_storage.open(source) as content:
            made = pictures.variants(content, max_pixels=settings.PHOTO_MAX_PIXELS, areas=shapes)
            if not gone:
                content.seek(0)
                default_storage.save(f"originals/{key}", content)
        files.write_variants(key=key, made=made)
    except pictures.Unusable as unusable:
        raise Invalid({"shapes": [unusable.message]}) from unusable
    except FileNotFoundError as error:
        raise Invalid({"shapes": [_("This file cannot be shown.")]}) from error
    return key


# The end of originals ------------------------------------------------------------------------------------------------
def delete_originals(*, at: datetime) -> int:
    """Delete the originals whose day has come; the variants stay, and so does what is under a hold. Returns how many.

    A file without variants loses its picture: they could not be made within all these days.
    """
    number = 0
    waiting = (
        File.objects.filter(original_deleted_at=None, case__closed_at__lte=terms.closed_before(terms.ORIGINALS, at))
        .filter(Q(ready_at__isnull=False) | Q(failed=True))
        .exclude(Exists(Hold.objects.filter(case=OuterRef("case"), ended_at=None)))
        .select_related("case__topic__parent", "case__municipality__parent__parent")
        .defer(
            "case__municipality__boundary",
            "case__municipality__parent__boundary",
            "case__municipality__parent__parent__boundary",
        )
        .order_by(F("case__closed_at").asc(), "pk")
    )
    for file in in_pieces(waiting):
        assert file.case is not None
        day = terms.ends_on(file.case, terms.ORIGINALS)
        if day is None or day > localdate(at):
            continue
        # The key may have changed by a redaction meanwhile; then the next night finds it.
        if File.objects.filter(pk=file.pk, key=file.key, original_deleted_at=None).update(original_deleted_at=at):
            default_storage.delete(f"originals/{file.key}")
            number += 1
    if number:
        log.info("originals_deleted", files=number)
    return number

"""The coat of arms somebody uploads: drawn anew as PNG, so that nothing of the file itself is ever shown.

`Municipality.coat_of_arms` is a path below the static files, or `upload/<name>` for one that was uploaded. SVG is not
taken: it is a program as much as a picture.
"""

from __future__ import annotations

import re
import secrets
import warnings
from io import BytesIO
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from PIL import Image

from geo.models import Municipality

MARK: Final = "upload/"
FOLDER: Final = "arms"
MAX_BYTES: Final = 5 * 2**20
MAX_SIDE: Final = 512
"""Pixels; it is never shown larger than 54."""
_NAME: Final = re.compile(r"^[A-Za-z0-9_-]{22}$")


def address(municipality: Municipality) -> str:
    """Where the uploaded coat of arms is fetched, "" where none was uploaded."""
    name = municipality.coat_of_arms
    return reverse("geo:arms", args=[name.removeprefix(MARK)]) if name.startswith(MARK) else ""


def drawn(upload: UploadedFile[Any]) -> bytes:
    """The picture as PNG, at most MAX_SIDE pixels, transparent where it was. Raises ValidationError."""
    if (upload.size or 0) > MAX_BYTES:
        raise ValidationError(_("The picture is too large: at most %(n)d MB.") % {"n": MAX_BYTES // 2**20})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=("PNG", "JPEG", "WEBP")) as picture:
                if picture.width * picture.height > settings.PHOTO_MAX_PIXELS:
                    raise ValidationError(_("The picture has too many pixels."))
                plain = picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(_("Please choose a picture as PNG, JPEG or WebP.")) from error
    plain.thumbnail((MAX_SIDE, MAX_SIDE))
    buffer = BytesIO()
    plain.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def put_arms(*, municipality: Municipality, upload: UploadedFile[Any]) -> Municipality:
    """Set the coat of arms to an uploaded picture; the one before is deleted. Raises ValidationError."""
    content, name = drawn(upload), secrets.token_urlsafe(16)
    default_storage.save(f"{FOLDER}/{name}.png", ContentFile(content))
    try:
        return _set(municipality, MARK + name)
    except Exception:
        default_storage.delete(f"{FOLDER}/{name}.png")
        raise


def remove_arms(*, municipality: Municipality) -> Municipality:
    """Show no coat of arms any more."""
    return _set(municipality, "")


@transaction.atomic
def _set(municipality: Municipality, name: str) -> Municipality:
    row = Municipality.objects.select_for_update().get(pk=municipality.pk)
    before, row.coat_of_arms = row.coat_of_arms, name
    row.save(update_fields=["coat_of_arms", "updated_at"])
    if before.startswith(MARK):
        transaction.on_commit(lambda: default_storage.delete(f"{FOLDER}/{before.removeprefix(MARK)}.png"))
    return row


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def show(request: HttpRequest, name: str) -> HttpResponseBase:
    """An uploaded coat of arms; a new one has a new name, so it may be kept for ever."""
    if not _NAME.match(name):
        raise Http404
    try:
        return FileResponse(default_storage.open(f"{FOLDER}/{name}.png"), content_type="image/png")
    except FileNotFoundError:
        raise Http404

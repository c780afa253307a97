"""The one place that serves pictures: public names for everybody, keys for staff who may see the case."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cases.files import SUFFIXES, VARIANTS
from cases.models import Case, File

TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}


def _serve(file: File, variant: str, suffix: str) -> FileResponse:
    if variant not in VARIANTS or suffix not in SUFFIXES:
        raise Http404
    try:
        content = default_storage.open(f"variants/{file.key}/{variant}.{suffix}")
    except FileNotFoundError:
        raise Http404
    response = FileResponse(content, content_type=TYPES[suffix])
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response


@require_safe
def picture(request: HttpRequest, name: str, variant: str, suffix: str) -> HttpResponseBase:
    """A released picture. Its name dies with the release, so shared caches keep it for minutes only."""
    file = get_object_or_404(File.objects.select_related("case"), public_name=name, case__isnull=False)
    if file.ready_at is None or not Case.objects.public().filter(files=file).exists():
        raise Http404
    response = _serve(file, variant, suffix)
    response["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
def internal_picture(request: HttpRequest, key: str, variant: str, suffix: str) -> HttpResponseBase:
    """Any picture of a case that the person may see: staff, or the reporter by the secret of the case or draft.

    The secret travels in the session (set by the own page or the report flow), never in the address of a picture.
    """
    file = get_object_or_404(File, key=key)
    known = request.session.get("secrets", [])
    own = file.case is not None and file.case.secret in known
    drafted = file.draft is not None and file.draft.secret in known
    seen = file.case_id is not None and Case.objects.visible_to(request.user).filter(pk=file.case_id).exists()
    if not (own or drafted or seen):
        raise Http404
    response = _serve(file, variant, suffix)
    response["Cache-Control"] = "private, max-age=600"
    return response

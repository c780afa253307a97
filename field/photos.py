"""Photos of crews: kept as they were sent, each found by the key of its phone."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.policy import Permission
from accounts.services import may
from cases import files
from cases.change import permits
from cases.errors import Denied, KeyReused, Refused
from cases.models import Case, Entry, File
from cases.policy import Deed
from field.deeds import ROLES, Gone, once_had
from field.models import Shot
from reports.models import Photo, Report
from reports.services import releasable
from reports.submission import show_photo


class Damaged(Refused):
    """Other bytes arrived than were sent."""


def receive(
    *,
    key: UUID,
    upload: UploadedFile[Any],
    sha256: str,
    role: str,
    user: User,
    at: datetime,
    case: int | None = None,
    report: UUID | None = None,
) -> Shot:
    """Keep a photo of a case, or of a report that this person has just made (by its client_key); once per key.

    Raises Gone, Denied, Damaged, KeyReused, Invalid (no picture).
    """
    earlier = Shot.objects.filter(key=key).select_related("file").first()
    if earlier is not None:
        return _again(earlier, user, sha256)
    row = _own_report(report, user) if report is not None else _case(case, user)
    upload.seek(0)
    if hashlib.sha256(upload.read()).hexdigest() != sha256.lower():
        raise Damaged
    file, _position = files.store(upload=upload, at=at, case=row, client_key=key, preview=True, by_key=True)
    if file.sha256 != sha256.lower():
        raise KeyReused
    try:
        with transaction.atomic():
            shot = Shot.objects.create(
                key=key, case=row, file=file, user=user, role=role if role in ROLES else "", received_at=at
            )
            if shot.role and not file.role and not Photo.objects.filter(file=file).exists():
                File.objects.filter(pk=file.pk).update(role=shot.role)
            if report is not None:
                _into_report(row, file, user)
    except IntegrityError:
        # The same sent twice at one moment: the other one was first.
        return _again(Shot.objects.select_related("file").get(key=key), user, sha256)
    return shot


def _again(shot: Shot, user: User, sha256: str) -> Shot:
    """The photo as it came before. Raises KeyReused for another one, or another sender."""
    if shot.user_id != user.pk or shot.file.sha256 != sha256.lower():
        raise KeyReused
    return shot


def _case(pk: int | None, user: User) -> Case:
    row = Case.objects.select_related("unit").filter(pk=pk or 0).first()
    if row is None:
        raise Gone
    if not Case.objects.visible_to(user).filter(pk=row.pk).exists():
        if not once_had(row, user):
            raise Gone
    elif not permits(row, user, Permission.NOTE):
        raise Denied
    return row


def _own_report(key: UUID, user: User) -> Case:
    """The case that this person reported under a key, wherever it lies now."""
    made = Entry.objects.filter(case__client_key=key, deed=Deed.SUBMITTED.value, user=user)
    entry = made.select_related("case__topic__category", "case__unit", "case__stage").first()
    if entry is None:
        raise Gone
    return entry.case


def _into_report(case: Case, file: File, user: User) -> None:
    """A picture of the report itself; public at once where its words are, and the category or the person allows it."""
    report = Report.objects.get(case=case)
    first = Entry.objects.filter(case=case, deed=Deed.SUBMITTED.value).first()
    File.objects.filter(pk=file.pk, entry=None).update(entry=first)
    photo, new = Photo.objects.get_or_create(
        file=file, defaults={"report": report, "position": report.photos.count(), "by_staff": True}
    )
    right = may(user, Permission.RELEASE, municipality_id=case.municipality_id, unit=case.unit)
    if new and report.text_released and releasable(case) and (right or case.topic.category.release_at_once):
        show_photo(photo)

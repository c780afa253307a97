"""A municipality leaves: asked for, closed, exported, and deleted after a time in which it can be taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.platform import set_open
from accounts.services import is_operator
from geo.models import Municipality
from portal.backup.dump import backup
from portal.backup.reading import verify
from portal.models import Departure
from portal.platform.removing import remove

WAIT: Final = timedelta(days=30)
PLATFORM: Final = "manage.py"


def departure_of(town: Municipality) -> Departure | None:
    """The departure that is under way, None without one."""
    return Departure.objects.filter(slug=town.slug, cancelled_at=None, deleted_at=None).first()


@transaction.atomic
def ask(*, town: Municipality, confirmed: str, by: User, at: datetime) -> Departure:
    """Begin: the public pages close at once, nothing is deleted before WAIT is over. `confirmed`: its short name.

    Raises PermissionDenied for everybody but the operator, ValidationError.
    """
    if not is_operator(by):
        raise PermissionDenied
    if confirmed.strip() != town.slug:
        raise ValidationError(_("Please type the short name of the municipality: %(slug)s") % {"slug": town.slug})
    if town.children.exists():
        raise ValidationError(_("Others inherit from it. They leave first, or get another county."))
    if departure_of(town) is not None:
        raise ValidationError(_("It is leaving already."))
    set_open(municipality=town, opened=False, by=by)
    return Departure.objects.create(
        slug=town.slug, name=town.title, ags=town.ags, asked_at=at, asked_by=str(by), due_at=at + WAIT
    )


@transaction.atomic
def cancel(*, town: Municipality, by: User, at: datetime) -> None:
    """Take it back: everything stays, and the pages are open again. Raises PermissionDenied; without a departure
    nothing happens."""
    if not is_operator(by):
        raise PermissionDenied
    row = Departure.objects.select_for_update().filter(slug=town.slug, cancelled_at=None, deleted_at=None).first()
    if row is not None:
        row.cancelled_at, row.cancelled_by = at, str(by)
        row.save(update_fields=["cancelled_at", "cancelled_by"])
        set_open(municipality=town, opened=True, by=by)


def carry_out(*, town: Municipality, confirmed: str, export: Path, at: datetime, passphrase: str = "") -> Departure:
    """Write and check the export, then delete everything of the municipality. Raises ValidationError before its time
    and for a short name that does not fit, BackupError for an export that is not sound."""
    row = departure_of(town)
    if row is None:
        raise ValidationError(_("Nobody has asked for it. The operator does so on the page of the municipality."))
    if at < row.due_at:
        raise ValidationError(_("Not before %(when)s.") % {"when": row.due_at.date().isoformat()})
    if confirmed.strip() != town.slug:
        raise ValidationError(_("Please type the short name of the municipality: %(slug)s") % {"slug": town.slug})
    backup(export, municipality=town.slug, passphrase=passphrase)
    verify(export, passphrase=passphrase)
    with transaction.atomic():
        row = Departure.objects.select_for_update().get(pk=row.pk)
        locked = Municipality.objects.select_for_update().get(pk=town.pk)
        row.rows, row.files = remove(locked)
        row.deleted_at, row.deleted_by = at, PLATFORM
        row.save(update_fields=["rows", "files", "deleted_at", "deleted_by"])
    return row

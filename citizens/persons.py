"""Links and passkeys of "Meine Meldungen" of a person, for information and erasure."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from cases.change import By
from cases.persons import Holder, Piece, register, stamp
from citizens.models import Access, Passkey
from geo.models import Municipality


def _find(address: str, municipality: Municipality) -> list[Piece]:
    asked = [(_("Link to own reports"), row.asked_at) for row in Access.objects.filter(**_of(address, municipality))]
    keys = [(_("Passkey"), row.created_at) for row in Passkey.objects.filter(**_of(address, municipality))]
    return [Piece(what, [(_("Since"), stamp(at))]) for what, at in [*asked, *keys]]


def _erase(address: str, municipality: Municipality, by: By, at: datetime) -> int:
    rows = (Access.objects.filter(**_of(address, municipality)), Passkey.objects.filter(**_of(address, municipality)))
    return sum(one.delete()[0] for one in rows)


def _of(address: str, municipality: Municipality) -> dict[str, object]:
    return {"municipality": municipality, "email__iexact": address}


register(Holder("own reports", _find, _erase))
